#if FAULTS
  package import Host
  import Synchronization

  #if canImport(Darwin)
    import Darwin
  #else
    import Glibc
  #endif

  /// All that can go wrong at the calls of one operation, learnt from a run without faults.
  package struct FaultWalk: Sendable {
    /// How many of the faults are tried.
    package enum Extent: Sendable {
      /// Each call × each fault, also those that leave the same files as another one does.
      case full
      /// Each fault that can leave other files or take another way through the code.
      case distinct
      /// Each state of the files that a crash can leave, one error for each call that changes them,
      /// and some of the others by chance.
      case key
    }

    /// A call that passed, and whether the files were others after it.
    package struct Step: Sendable {
      package let traced: TracedCall
      package let hasChanged: Bool
    }

    package let steps: [Step]

    /// Runs the operation without a fault, flushes left out, and looks at the files after each call.
    package init<Value>(
      of root: String, _ operation: () throws -> Value, result: (Value) throws -> Void
    ) throws {
      let found = Mutex<(image: TreeImage, steps: [Step])>((try TreeImage(of: root), []))
      let plan = FaultPlan(Fault.unflushed) { traced in
        let image = Faults.$plan.withValue(nil) { try? TreeImage(of: root) }
        found.withLock { found in
          let image = image ?? found.image
          found.steps.append(Step(traced: traced, hasChanged: image != found.image))
          found.image = image
        }
      }
      try result(try plan.run(operation))
      steps = found.withLock { $0.steps }
    }

    /// The faults in the order of the calls, each for the call of one number and no other.
    package func faults(_ extent: Extent, using random: inout RandomSource) -> [Fault] {
      var faults: [Fault] = []
      var isNew = true
      for (index, step) in steps.enumerated() {
        for effect in Self.effects(on: step, isNew: isNew, extent, using: &random) {
          faults.append(Fault(effect, occurrence: index + 1))
        }
        isNew = step.hasChanged
      }
      return faults
    }

    private static let parts: [TransferCut] = [.bytes(1), .half, .allButOne]

    /// `isNew` says whether the files before the call are others than before the call before it.
    private static func effects(
      on step: Step, isNew: Bool, _ extent: Extent, using random: inout RandomSource
    ) -> [Fault.Effect] {
      let call = step.traced.call
      let cuts: [Fault.Effect] =
        call == .write ? (parts + [.bytes(.max)]).map { .crashAfter($0) } : []
      let shorts: [Fault.Effect] =
        call == .write || call == .read ? parts.map { .short($0) } : []
      let errors: [Fault.Effect] = [.fail(EIO), .fail(ENOSPC), .fail(EDQUOT)]
      let crash: [Fault.Effect] = isNew ? [.crash] : []
      switch extent {
      case .full: return [.crash] + cuts + shorts + errors + [.interrupt]
      case .distinct:
        return crash + cuts + shorts + (call.changesFiles ? errors : [.fail(EIO)]) + [.interrupt]
      case .key:
        let others = shorts + errors + [.interrupt]
        let isWeighty = step.hasChanged || (call.changesFiles && call != .open)
        guard isWeighty else { return crash + (random.once(in: 8) ? [random.pick(others)] : []) }
        return crash + cuts.dropFirst().prefix(1) + shorts.prefix(1) + [.fail(EIO)]
      }
    }
  }

  extension SystemCall {
    /// Whether a call of this kind can change what the files hold or what of it is durable.
    package var changesFiles: Bool {
      switch self {
      case .stat, .read, .flock, .poll, .readdir, .statfs, .inotify, .getrandom, .getcwd, .realpath,
        .setrlimit, .prctl, .signal:
        false
      default: true
      }
    }
  }

  extension Fault {
    /// No flush is made: what a test reads back is the same, and it need not wait for the disk.
    package static let unflushed = [SystemCall.fsync, .fdatasync].map {
      Fault(.pretend, call: $0, isLasting: true)
    }
  }

  extension Fault.Effect {
    /// Whether a caller that is written well does not notice it: an interruption, a part at a time.
    package var isHarmless: Bool {
      switch self {
      case .interrupt, .short, .pretend: true
      case .fail, .crash, .crashAfter: false
      }
    }
  }
#endif
