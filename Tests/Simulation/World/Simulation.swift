#if FAULTS
  /// Runs a plan from the founding to the last check.
  package enum Simulation {
    package struct Outcome: Sendable {
      package let violation: Violation?
      package let trace: [String]
      package let counts: [String: Int]
    }

    /// With a trace where one is wanted; it costs time.
    package static func run(_ plan: Plan, isTracing: Bool = false) -> Outcome {
      let world = World(plan)
      world.isTracing = isTracing
      var violation: Violation?
      do {
        try world.found()
        for (index, step) in plan.steps.enumerated() {
          if isTracing { world.trace.append(step.description) }
          try world.take(step)
          try world.checkStep()
          if index % 8 == 7 {
            try world.checkMembers()
            try world.checkProofs()
            try world.checkAgreement()
          }
        }
        try world.checkEnd()
      } catch let error as Violation {
        violation = error
      } catch {
        violation = Violation(promise: "a simulation ends", words: "\(error)")
      }
      return Outcome(violation: violation, trace: world.trace, counts: world.ledger.counts)
    }

    /// The plan with as few steps as still break the same promise.
    package static func shrink(_ plan: Plan, _ violation: Violation) -> Plan {
      var plan = plan
      var size = max(1, plan.steps.count / 2)
      var budget = 400
      while size >= 1, budget > 0 {
        var start = 0
        var hasShrunk = false
        while start < plan.steps.count, budget > 0 {
          var shorter = plan
          shorter.steps.removeSubrange(start..<min(start + size, plan.steps.count))
          budget -= 1
          if run(shorter).violation?.promise == violation.promise {
            plan = shorter
            hasShrunk = true
          } else {
            start += size
          }
        }
        if !hasShrunk || size > plan.steps.count { size /= 2 }
      }
      return plan
    }
  }
#endif
