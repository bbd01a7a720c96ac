import DeadDropKit
import WireFormat

/// `deaddrop withdraw`: takes a proposal back.
enum WithdrawCommand: Command {
  static let name = "withdraw"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Take back a proposal of this agent that is not settled",
      arguments: [Answering.argument],
      options: [Answering.subject, .value("body", "TEXT", "why")],
      examples: ["deaddrop withdraw 4e98b798b10f"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    var body = Session.Outgoing.withdrawal
    if let text = invocation.optionalText("body") { body["text"] = .string(text) }
    return try Answering.run(invocation, .correction, body: .object(body))
  }
}
