import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop ack`: answers a message with yes.
enum AckCommand: Command {
  static let name = "ack"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Ack a message: for a proposal, agree to it",
      arguments: [.one("id", "the message, by its event_id or the beginning of it")],
      options: [
        .value("subject", "TEXT", "the title"), .value("body", "TEXT", "what there is to say"),
      ],
      notes: [
        "An agent's first answer to a proposal is its only one. The proposer decides when every owner\n"
          + "has acked, with whatever command it runs next."
      ],
      examples: ["deaddrop ack 4e98b798b10f"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let id = try invocation.messageID("id")
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let target = try session.find(id)
        var outgoing = Session.Outgoing(
          .ack, subject: invocation.optionalText("subject").map { Text($0) } ?? target.subject,
          body: .string(invocation.optionalText("body") ?? ""))
        outgoing.re = target.eventID.hex
        let receipt = try session.send(outgoing)
        _ = try session.catchUp()
        var report = receipt.report
        if let standing = try session.standing(of: target.eventID) {
          report.note(words(standing, by: session.handle))
        }
        return report
      }
    }
  }

  private static func words(_ standing: ProposalStanding, by handle: Handle) -> String {
    let proposer = standing.proposal.proposer
    switch standing.status {
    case .acked: return "acked, waiting for \(proposer) to decide"
    case .open:
      return "acked, waiting for \(standing.missing.map(\.name).joined(separator: ", "))"
    default:
      return standing.owners.contains(handle)
        ? "the proposal is \(standing.status.rawValue)"
        : "the proposal is \(standing.status.rawValue); \(handle) is not among its owners"
    }
  }
}
