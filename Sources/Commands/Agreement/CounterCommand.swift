import WireFormat

/// `deaddrop counter`: answers a proposal with another one.
enum CounterCommand: Command {
  static let name = "counter"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Answer a proposal with another one, and settle the first by it",
      arguments: [Answering.argument],
      options: [Answering.subject] + BodyInput.options + ProposalInput.options,
      notes: [
        "The roles swap: the counter is this agent's proposal, and waits for the ack of its owners.\n"
          + "Without --domains these are all other members; the domains of the other proposal are not\n"
          + "taken over. It is one round more; after the third only the operator can ratify."
      ],
      examples: ["deaddrop counter 4e98b798b10f --body \"/v2, and /v1 stays\""])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let body = try ProposalInput.read(invocation, of: .proposal)
    return try Answering.run(invocation, .proposal, body: body)
  }
}
