import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Work shared out among the processors, by plain threads.
package enum Parallel {
  /// Processors that were online when it was first asked for, at least 1: sysconf(3).
  ///
  /// Asked once: the answer is a file to open, which a reader of one new line would feel.
  package static let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// The results of the body for 0 and up, in this order, however many threads came by them.
  ///
  /// The calling thread works too, and alone tells how many are done. After an error no new piece
  /// is begun, and the first error is thrown.
  package static func map<Value: Sendable>(
    _ count: Int, threads: Int = processorCount, done: (@Sendable (Int) -> Void)? = nil,
    _ body: @Sendable (Int) throws(HostError) -> Value
  ) throws(HostError) -> [Value] {
    let board = Board<Value>(count: count)
    // No thread outlives this call: all are joined before it returns.
    withoutActuallyEscaping(body) { body in
      let helpers = (1..<max(1, min(threads, count))).compactMap { _ in
        Worker { while board.step(body) {} }.start()
      }
      while board.step(body) { done?(board.doneCount) }
      for helper in helpers { pthread_join(helper, nil) }
    }
    return try board.results()
  }
}

/// What is to do, what is done, and the first error.
private final class Board<Value: Sendable>: Sendable {
  private struct State {
    var next = 0
    var doneCount = 0
    var values: [Value?]
    var failure: HostError?
  }

  private let state: Mutex<State>

  init(count: Int) {
    state = Mutex(State(values: Array(repeating: nil, count: count)))
  }

  var doneCount: Int { state.withLock { $0.doneCount } }

  /// Does the next piece; false when there is none.
  func step(_ body: (Int) throws(HostError) -> Value) -> Bool {
    let taken: Int? = state.withLock { state in
      guard state.failure == nil, state.next < state.values.count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
    guard let taken else { return false }
    do throws(HostError) {
      let value = try body(taken)
      state.withLock { state in
        state.values[taken] = value
        state.doneCount += 1
      }
    } catch {
      state.withLock { $0.failure = $0.failure ?? error }
    }
    return true
  }

  func results() throws(HostError) -> [Value] {
    let (values, failure) = state.withLock { ($0.values, $0.failure) }
    if let failure { throw failure }
    return values.compactMap { $0 }
  }
}
