import DeadDropKit
import WireFormat

/// `deaddrop ratify`: the operator decides where no member can.
enum RatifyCommand: Command {
  static let name = "ratify"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Decide an own escalated proposal by the operator's key",
      arguments: [.one("id", "the proposal, by its event_id")],
      options: [
        .value("operator-key", "FILE", "the operator's key, mode 0600", isRequired: true)
      ],
      notes: [
        "Where the genesis names an operator: after three rounds, or where a proposal has no owner to ask.\n"
          + "Proposals that all owners have acked are decided without it. The operator stands in for\n"
          + "nobody whose ack is still awaited.",
        "The key file is like an agent's, 32 raw bytes, and no agent may sign with it. To make one on a\n"
          + "medium of its own: DEADDROP_HOME=/media/stick deaddrop key create operator",
      ],
      examples: ["deaddrop ratify 4e98b798b10f --operator-key /media/stick/keys/operator.key"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let id = try invocation.messageID("id")
    let file = try NamedFile.absolute(invocation.text("operator-key"))
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        try session.ratify(id, keyFile: file).report(settlingIn: &session, mustSettle: true)
      }
    }
  }
}
