import DeadDropKit
import Wire
import WireFormat

/// `deaddrop shutdown`: asks agents to stop new work until they are resumed.
enum ShutdownCommand: Command {
  static let name = "shutdown"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Ask all agents, or some, to begin nothing new until resumed",
      options: [
        .values("to", "HANDLE", "who is to stop; without any everyone, this agent too"),
        .value("subject", "TEXT", "the title; else shutdown"),
        .flag("as-operator", "say that the operator wants it"),
      ] + BodyInput.options,
      notes: [
        "Who is paused can still read, ack, decline and tell of incidents. deaddrop resume ID lifts it."
      ],
      examples: ["deaddrop shutdown --as-operator --body \"the release is out, go home\""])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let handles = try invocation.handles("to")
    let body = try BodyInput.readIfGiven(invocation) ?? .string("")
    let subject = Text(invocation.optionalText("subject") ?? "shutdown")
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        try session.shutdown(
          to: handles, subject: subject, body: body, asOperator: invocation.flag("as-operator")
        ).report
      }
    }
  }
}
