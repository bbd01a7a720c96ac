import DeadDropKit
import Protocol
import WireFormat

/// A proposal's state in one line.
enum StandingView {
  static func line(_ standing: ProposalStanding) -> Line {
    let waiting = standing.missing.map(\.name).joined(separator: ", ")
    return switch standing.status {
    case .open: "  open, waiting for \(waiting)"
    case .acked: "  acked, waiting for \(standing.proposal.proposer) to decide"
    case .pending: "  pending: it cites something that is not here yet"
    default: Line("  " + standing.status.rawValue)
    }
  }
}
