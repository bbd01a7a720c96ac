import Foundation
import Testing

/// All that starts processes in numbers, one test after another so that they do not slow each
/// other down.
@Suite("Real processes", .serialized)
enum RealProcesses {
  /// Whether the full sizes are wanted and not those that fit into every run.
  static let isLong = ProcessInfo.processInfo.environment["DEADDROP_LONG"] == "1"

  /// The size of a test: that of every run, or the full one.
  static func size(_ short: Int, long: Int) -> Int { isLong ? long : short }
}
