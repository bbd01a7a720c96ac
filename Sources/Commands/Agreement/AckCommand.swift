import WireFormat

/// `deaddrop ack`: answers a message with yes.
enum AckCommand: Command {
  static let name = "ack"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Ack a message: for a proposal, agree to it",
      arguments: [Answering.argument],
      options: [Answering.subject, .value("body", "TEXT", "what there is to say")],
      notes: [
        "An agent's first answer to a proposal is its only one. The proposer decides when every owner\n"
          + "has acked, with whatever command it runs next."
      ],
      examples: ["deaddrop ack 4e98b798b10f"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try Answering.run(invocation, .ack, body: .string(invocation.optionalText("body") ?? ""))
  }
}
