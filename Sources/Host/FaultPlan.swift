#if FAULTS
  import Synchronization

  /// A script of faults for all calls of one task, and the trace of these calls.
  ///
  ///     let plan = FaultPlan([Fault(.fail(ENOSPC), call: .write, occurrence: 2)])
  ///     try plan.run { … }
  ///
  /// After a crash every call throws the same crash and nothing is done, but for close(2), which
  /// the death of a process would do as well. Run once without faults to learn the points.
  package final class FaultPlan: Sendable {
    private struct State {
      var trace: [TracedCall] = []
      var counts: [Int]
      var hasCrashed = false
    }

    private let faults: [Fault]
    private let state: Mutex<State>
    private let observer: (@Sendable (TracedCall) -> Void)?

    /// A plan of these faults; none of them only records.
    ///
    /// The observer is told of each call that passed, in whole or in part, before its caller is. It
    /// runs under the plan: what it does to files itself, it does under another one or none.
    package init(
      _ faults: [Fault] = [], observer: (@Sendable (TracedCall) -> Void)? = nil
    ) {
      self.faults = faults
      self.observer = observer
      state = Mutex(State(counts: faults.map { _ in 0 }))
    }

    /// All calls so far in order, those that failed or came after a crash included.
    package var trace: [TracedCall] { state.withLock { $0.trace } }

    /// Whether a crash has come.
    package var hasCrashed: Bool { state.withLock { $0.hasCrashed } }

    /// Runs the body under this plan.
    package func run<Value>(_ body: () throws -> Value) rethrows -> Value {
      try Faults.$plan.withValue(self, operation: body)
    }

    /// Tells the observer of a call that passed, and passes on what it gave.
    func passed(_ traced: TracedCall, _ outcome: Int) -> Int {
      if outcome >= 0 { observer?(traced) }
      return outcome
    }

    /// Records a call and tells what is to happen to it; nil lets it pass.
    func next(_ traced: TracedCall) -> Fault.Effect? {
      state.withLock { state in
        state.trace.append(traced)
        if state.hasCrashed { return .crash }
        var effect: Fault.Effect?
        for (index, fault) in faults.enumerated() where fault.matches(traced) {
          state.counts[index] += 1
          let count = state.counts[index]
          let isDue = count == fault.occurrence || (fault.isLasting && count > fault.occurrence)
          if isDue && effect == nil { effect = fault.effect }
        }
        switch effect {
        case .crash, .crashAfter: state.hasCrashed = true
        case .fail, .short, .interrupt, .pretend, nil: break
        }
        return effect
      }
    }
  }
#endif
