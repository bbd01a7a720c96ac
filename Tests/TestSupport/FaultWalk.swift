#if FAULTS
  package import Host

  #if canImport(Darwin)
    import Darwin
  #else
    import Glibc
  #endif

  /// All that can go wrong at the calls of one operation, from the trace of a run without faults.
  package enum FaultWalk {
    /// How many of the faults are tried.
    package enum Extent: Sendable {
      /// Each call × each fault, also those that leave the same files as another one does.
      case full
      /// Each fault that can leave other files or take another way through the code.
      case distinct
      /// The calls that change something: each crash, and one error.
      case key
    }

    /// The faults in the order of the calls, each for the call of one number and no other.
    package static func faults(for trace: [TracedCall], _ extent: Extent) -> [Fault] {
      var faults: [Fault] = []
      var isChanged = true
      for (index, traced) in trace.enumerated() {
        for effect in effects(on: traced.call, isChanged: isChanged, extent) {
          faults.append(Fault(effect, occurrence: index + 1))
        }
        isChanged = traced.call.changesFiles
      }
      return faults
    }

    private static let parts: [TransferCut] = [.bytes(1), .half, .allButOne]

    /// `isChanged` says whether the call before left other files than the one before that.
    private static func effects(
      on call: SystemCall, isChanged: Bool, _ extent: Extent
    ) -> [Fault.Effect] {
      let crashes: [Fault.Effect] =
        call == .write ? (parts + [.bytes(.max)]).map { .crashAfter($0) } : []
      let shorts: [Fault.Effect] =
        call == .write || call == .read ? parts.map { .short($0) } : []
      let errors: [Fault.Effect] = [.fail(EIO), .fail(ENOSPC), .fail(EDQUOT)]
      switch extent {
      case .full: return [.crash] + crashes + shorts + errors + [.interrupt]
      case .distinct:
        return (isChanged ? [.crash] : []) + crashes + shorts
          + (call.changesFiles ? errors : [.fail(EIO)]) + [.interrupt]
      case .key:
        let first: [Fault.Effect] = isChanged ? [.crash] : []
        guard call.changesFiles else { return first }
        return first + crashes.prefix(2) + shorts.prefix(1) + [.fail(EIO)]
      }
    }
  }

  extension SystemCall {
    /// Whether a call of this kind can change what the files hold or what of it is durable.
    package var changesFiles: Bool {
      switch self {
      case .stat, .read, .flock, .poll, .readdir, .statfs, .inotify, .getrandom, .getcwd,
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
