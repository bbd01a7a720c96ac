import DeadDropKit
import Host
import TestSupport
import WireFormat

/// Verbs at a time that the test holds.
extension Bench {
  /// Runs a verb with clocks that show a time, under the name of a start of the machine.
  @discardableResult
  func act<Value>(
    as handle: Handle, at seconds: Int, awake: Int? = nil, boot: String = "first",
    _ body: (inout Session, CatchUp) throws -> Value
  ) throws -> Value {
    var session = try open(handle)
    session.bootClock = { BootMoment(boot: boot, milliseconds: 1_000 * seconds) }
    session.awakeClock = { BootMoment(boot: boot, milliseconds: 1_000 * (awake ?? seconds)) }
    let report = try session.catchUp()
    return try body(&session, report)
  }

  @discardableResult
  func settle(
    _ handle: Handle, at seconds: Int, awake: Int? = nil, boot: String = "first"
  ) throws -> CatchUp {
    try act(as: handle, at: seconds, awake: awake, boot: boot) { $1 }
  }
}
