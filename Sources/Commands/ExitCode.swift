/// What the process says to the shell; the numbers are stable.
///
/// This is the one table: `help exit-codes` and the README print it.
package enum ExitCode: Int32, CaseIterable, Sendable {
  case done = 0
  case refused = 1
  case usage = 2
  case unsafe = 3
  case system = 4
  case timedOut = 5
  case safeMode = 6
  case locked = 7

  /// The clause that the table shows beside the number.
  package var meaning: String {
    switch self {
    case .done: "done"
    case .refused: "refused by a rule, declined, or nothing of that name"
    case .usage: "the command line is wrong"
    case .unsafe: "not safe: verification, fork, rollback, or permissions"
    case .system: "the system said no"
    case .timedOut: "timed out waiting"
    case .safeMode: "in safe mode, or paused: no new work"
    case .locked: "locked by another process"
    }
  }
}
