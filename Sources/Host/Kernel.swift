#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Where every system call passes: the one loop over EINTR and the one place for faults.
///
/// A call is a closure that returns a value of zero or more, or the negated error number. The
/// extensions of this type hold the calls themselves. Outside of it are only those whose failure
/// nobody could use: close(2), the clocks, and questions such as getpid(2) and isatty(3).
enum Kernel {
  /// Runs a call that moves at most `byteCount` bytes, again whenever a signal interrupts it.
  ///
  /// The closure is told how many bytes it may move: fewer than asked only under a fault plan.
  @inline(__always)
  static func transfer(
    _ call: SystemCall, _ path: String, byteCount: Int, _ body: (Int) -> Int
  ) throws(HostError) -> Int {
    while true {
      #if FAULTS
        let outcome = try Faults.outcome(of: call, path, byteCount: byteCount, body)
      #else
        let outcome = body(byteCount)
      #endif
      if outcome >= 0 { return outcome }
      if outcome != -Int(EINTR) {
        throw .system(SystemError(call: call, path: path, code: Int32(-outcome)))
      }
    }
  }

  /// Runs a call that moves no bytes, again whenever a signal interrupts it.
  @inline(__always) @discardableResult
  static func attempt(
    _ call: SystemCall, _ path: String, _ body: () -> Int
  ) throws(HostError) -> Int {
    try transfer(call, path, byteCount: 0) { _ in body() }
  }

  /// Turns "-1 and errno" into the negated error number.
  @inline(__always)
  static func outcome(_ value: some SignedInteger) -> Int { value < 0 ? -Int(errno) : Int(value) }
}

extension Kernel {
  /// close(2).
  static func shut(_ descriptor: Int32) {
    #if FAULTS
      if let machine = Faults.machine { return machine.close(descriptor) }
    #endif
    close(descriptor)
  }
}

/// A file descriptor that is closed when its owner goes.
///
/// Errors of close(2) are not reported: what must be on disk was synchronised before.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  deinit { Kernel.shut(number) }

  /// Gives up ownership, for a call that closes the descriptor itself.
  consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }
}
