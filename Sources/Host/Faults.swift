#if FAULTS
  #if canImport(Darwin)
    import Darwin
  #else
    import Glibc
  #endif

  /// How much of a transfer is let through.
  package enum TransferCut: Equatable, Sendable {
    /// This many at most, also none.
    case bytes(Int)
    /// One half, but not nothing.
    case half
    /// The last one is missing, unless it is the only one.
    case allButOne

    /// The bytes let through of so many.
    package func count(of byteCount: Int) -> Int {
      switch self {
      case .bytes(let count): min(max(count, 0), byteCount)
      case .half: min(byteCount, max(1, byteCount / 2))
      case .allButOne: min(byteCount, max(1, byteCount - 1))
      }
    }
  }

  /// One thing to go wrong, and when.
  package struct Fault: Equatable, Sendable {
    /// What goes wrong.
    package enum Effect: Equatable, Sendable {
      /// The call is not made and reports this error number.
      case fail(Int32)
      /// The call moves only a part of the bytes, and succeeds.
      case short(TransferCut)
      /// The call is not made and reports EINTR.
      case interrupt
      /// The call is not made and succeeds, as a flush of a disk that nobody looks at may.
      case pretend
      /// The process is killed before the call.
      case crash
      /// The process is killed when the call has moved a part of the bytes.
      case crashAfter(TransferCut)
    }

    /// What happens to the call.
    package var effect: Effect
    /// The kind of call it waits for; nil for any.
    package var call: SystemCall?
    /// The end of the path it waits for, of a rename the new one; nil for any.
    package var pathSuffix: String?
    /// Which of the matching calls is struck, from 1.
    package var occurrence: Int
    /// Whether all later matching calls are struck too.
    package var isLasting: Bool

    /// A fault on the `occurrence`-th matching call, counted from 1; nil matches everything.
    ///
    /// A lasting fault stays for all later matching calls too, as a full disk does.
    package init(
      _ effect: Effect, call: SystemCall? = nil, pathSuffix: String? = nil, occurrence: Int = 1,
      isLasting: Bool = false
    ) {
      self.effect = effect
      self.call = call
      self.pathSuffix = pathSuffix
      self.occurrence = occurrence
      self.isLasting = isLasting
    }

    func matches(_ traced: TracedCall) -> Bool {
      if let call, call != traced.call { return false }
      if let pathSuffix, !traced.path.hasSuffix(pathSuffix) { return false }
      return true
    }
  }

  /// One call that was made, or would have been, under a plan.
  package struct TracedCall: Equatable, Sendable, CustomStringConvertible {
    /// The kind of call.
    package let call: SystemCall
    /// What it was made on, of a rename the new name; empty when there is none.
    package let path: String

    /// Such as `write /x/y`.
    package var description: String { "\(call.rawValue) \(path)" }
  }

  /// The injection point that `Kernel` consults; it is not compiled into a release.
  package enum Faults {
    /// The plan of the running task; a raw thread has none until it is given one.
    @TaskLocal package static var plan: FaultPlan?

    /// The computer that the running task sees instead of the real one.
    @TaskLocal package static var machine: (any Machine)?

    static func outcome(
      of call: SystemCall, _ path: String, byteCount: Int, _ body: (Int) -> Int
    ) throws(HostError) -> Int {
      let traced = TracedCall(call: call, path: path)
      if let machine {
        switch machine.before(call, path) {
        case .pass: break
        case .fail(let code): return -Int(code)
        case .short(let count): return body(min(count, byteCount))
        case .die(let count):
          if count > 0 { _ = body(min(count, byteCount)) }
          throw .crashed(traced)
        }
      }
      guard let plan else { return body(byteCount) }
      switch plan.next(traced) {
      case nil: return plan.passed(traced, body(byteCount))
      case .fail(let code): return -Int(code)
      case .interrupt: return -Int(EINTR)
      case .pretend: return plan.passed(traced, 0)
      case .short(let cut): return plan.passed(traced, body(cut.count(of: byteCount)))
      case .crash: throw .crashed(traced)
      case .crashAfter(let cut):
        _ = body(cut.count(of: byteCount))
        throw .crashed(traced)
      }
    }
  }

  extension SystemError {
    /// No system has an error of this number.
    static let crashCode = Int32.min
  }

  extension HostError {
    static func crashed(_ traced: TracedCall) -> HostError {
      .system(
        SystemError(call: traced.call, path: traced.path, code: SystemError.crashCode))
    }

    /// Whether a fault plan threw this to model the death of the process: unwind, do no more.
    package var isCrash: Bool { code == SystemError.crashCode }
  }
#endif
