import DeadDropKit
import Protocol
import Wire
import WireFormat

/// What `ack`, `decline`, `counter` and `withdraw` have in common.
enum Answering {
  static let argument = ArgumentSpec.one(
    "id", "the message, by its event_id or the beginning of it")
  static let subject = OptionSpec.value("subject", "TEXT", "the title; else that of the message")

  /// Stores the answer to the message `id` and says what became of a proposal by it.
  static func run(
    _ invocation: Invocation, _ type: MessageType, body: JSONValue
  ) throws(CommandFailure) -> Report {
    let id = try invocation.messageID("id")
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let target = try session.find(id)
        let subject = invocation.optionalText("subject").map { Text($0) } ?? target.subject
        var outgoing = Session.Outgoing(type, subject: subject, body: body)
        outgoing.re = target.eventID.hex
        let receipt = try session.send(outgoing)
        return receipt.report(settlingIn: &session) { (session, report) throws(KitError) in
          if let standing = try session.standing(of: target.eventID) {
            report.note(words(standing))
          }
        }
      }
    }
  }

  private static func words(_ standing: ProposalStanding) -> String {
    switch standing.status {
    case .acked: "acked, waiting for \(standing.proposal.proposer) to decide"
    case .open: "acked, waiting for \(standing.missing.map(\.name).joined(separator: ", "))"
    default: "the proposal is \(standing.status.rawValue)"
    }
  }
}
