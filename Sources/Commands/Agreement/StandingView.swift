import DeadDropKit
import Protocol
import WireFormat

/// A proposal's state in one line.
enum StandingView {
  static func line(_ standing: ProposalStanding) -> Line {
    let waiting = standing.missing.map(\.name).joined(separator: ", ")
    return switch standing.status {
    case .open:
      Line(
        "  open, waiting for \(waiting)"
          + (standing.secondsLeft.map { "; reverted in \(TimeSpan.words($0))" } ?? ""))
    case .acked: "  acked, waiting for \(standing.proposal.proposer) to decide"
    case .pending: "  pending: it cites something that is not here yet"
    case .escalated: "  escalated: only the operator can ratify it"
    default: Line("  " + standing.status.rawValue)
    }
  }

  /// The same for programs.
  static func add(_ standing: ProposalStanding, to json: inout JSONObject?) {
    json?["status"] = .string(standing.status.rawValue)
    json?["seconds_left"] = standing.secondsLeft.map { .integer($0) }
  }
}
