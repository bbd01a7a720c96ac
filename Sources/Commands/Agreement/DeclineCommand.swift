import WireFormat

/// `deaddrop decline`: answers a message with no.
enum DeclineCommand: Command {
  static let name = "decline"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Decline a message: a proposal is settled by it",
      arguments: [Answering.argument],
      options: [Answering.subject] + BodyInput.options,
      notes: [
        "A body is needed: a decline says why. An agent's first answer to a proposal is its only one."
      ],
      examples: ["deaddrop decline 4e98b798b10f --body \"clients pin /v1 until May\""])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try Answering.run(invocation, .decline, body: try BodyInput.read(invocation))
  }
}
