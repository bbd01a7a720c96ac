#if FAULTS
  import Foundation

  /// Lets one of several simulated processes run at a time, and says at each call who goes on.
  package final class Turnstile: @unchecked Sendable {
    private final class Runner: Sendable {
      let turn = DispatchSemaphore(value: 0)
    }

    private var random: SimulationRandom
    private var runners: [Runner] = []
    private var current: Runner?

    package init(_ random: SimulationRandom) { self.random = random }

    /// Runs all bodies, their calls interleaved, and returns when the last one has ended.
    package func run(_ bodies: [@Sendable () -> Void]) {
      let done = DispatchSemaphore(value: 0)
      let all = bodies.map { _ in Runner() }
      runners = all
      for (runner, body) in zip(all, bodies) {
        let thread = Thread { [self] in
          runner.turn.wait()
          body()
          leave(runner)
          done.signal()
        }
        thread.stackSize = 4 << 20
        thread.start()
      }
      current = all[0]
      all[0].turn.signal()
      for _ in all { done.wait() }
      current = nil
    }

    private func leave(_ runner: Runner) {
      runners.removeAll { $0 === runner }
      guard !runners.isEmpty else { return }
      let next = random.pick(runners)
      current = next
      next.turn.signal()
    }

    /// A place where another process may go on; one that sleeps lets another go first.
    func pass(yielding: Bool = false) {
      guard runners.count > 1, let me = current, yielding || random.once(in: 3) else { return }
      let others = runners.filter { $0 !== me }
      let next = yielding ? random.pick(others) : random.pick(runners)
      guard next !== me else { return }
      current = next
      next.turn.signal()
      me.turn.wait()
    }
  }
#endif
