/// The computer as a program sees it, for a simulated one that stands in for the real one.
///
/// A call gives zero or more, or the negated error number, as the system's own does. Numbers of
/// descriptors are the machine's to give; relative paths start at `Kernel.currentDirectory`. Only
/// builds with fault injection can put one in place: `Faults.machine`.
package protocol Machine: AnyObject, Sendable {
  /// Told of each call before it is made; may let others run, and says what is to go wrong.
  func before(_ call: SystemCall, _ path: String) -> MachineVerdict

  func open(_ name: String, at directory: Int32, flags: Int32, mode: UInt16) -> Int
  func close(_ descriptor: Int32)
  func status(of descriptor: Int32, _ status: inout FileStatus?) -> Int
  func status(of name: String, at directory: Int32, _ status: inout FileStatus?) -> Int
  func read(_ descriptor: Int32, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer)
    -> Int
  /// At the end of the file where no offset is given.
  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64?) -> Int
  func truncate(_ descriptor: Int32, to byteCount: Int64) -> Int
  func changeMode(of descriptor: Int32, to mode: UInt16) -> Int
  func synchronize(_ descriptor: Int32) -> Int
  /// EWOULDBLOCK where another opening of the file holds it.
  func lock(_ descriptor: Int32, exclusive: Bool) -> Int
  func unlock(_ descriptor: Int32) -> Int
  func makeDirectory(_ name: String, at directory: Int32, mode: UInt16) -> Int
  func rename(
    _ old: String, at directory: Int32, to new: String, at newDirectory: Int32, mustBeNew: Bool
  ) -> Int
  func remove(_ name: String, at directory: Int32) -> Int
  func names(in directory: Int32, _ names: inout [String]) -> Int

  func nanoseconds(_ clock: MachineClock) -> Int64
  func sleep(nanoseconds: Int64)
  func fill(_ buffer: UnsafeMutableRawBufferPointer)
}

/// A clock that a machine has.
package enum MachineClock: Sendable {
  /// The time of day, since 1970.
  case wall
  /// Since the machine started.
  case boot
  /// From an unknown start, never set.
  case monotonic
}

/// What a machine makes of a call.
package enum MachineVerdict: Equatable, Sendable {
  case pass
  /// It fails with this error number.
  case fail(Int32)
  /// It moves so many bytes at most.
  case short(Int)
  /// The process is dead, after so many bytes were moved.
  case die(after: Int)
}

extension Kernel {
  #if FAULTS
    static func on(_ simulated: (any Machine) -> Int, else real: () -> Int) -> Int {
      if let machine = Faults.machine { simulated(machine) } else { real() }
    }
  #else
    /// The outcome of the real call; a build without fault injection has no other.
    @inline(__always)
    static func on(_ simulated: (any Machine) -> Int, else real: () -> Int) -> Int { real() }
  #endif
}
