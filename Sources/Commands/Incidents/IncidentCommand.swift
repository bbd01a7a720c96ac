import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop incident`: tells the others that something went wrong.
enum IncidentCommand: Command {
  static let name = "incident"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Tell the others at once that something went wrong",
      options: [
        .value("subject", "TEXT", "the title", isRequired: true),
        .values("to", "HANDLE", "who must ack it; without any all other members"),
        .choice("priority", Priority.allCases.map(\.rawValue), "how urgent it is; high without"),
        .flag("no-ack", "nobody has to ack it: it stops nothing"),
      ] + BodyInput.options,
      notes: [
        "Everyone whom it asks has one heartbeat to ack it, from when their beat shows that they know\n"
          + "of it, or from when they are gone. Another agent's next command records a miss, and the wire\n"
          + "is in safe mode: no ship, proposal or claim until an operator runs deaddrop resume."
      ],
      examples: [
        "deaddrop incident --subject \"disk full\" --body \"no space left\""
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    var alarm = Session.Alarm(
      subject: Text(try invocation.text("subject")), body: try BodyInput.read(invocation))
    alarm.to = try invocation.handles("to")
    alarm.ackRequired = !invocation.flag("no-ack")
    if let text = invocation.optionalText("priority"), let priority = Priority(rawValue: text) {
      alarm.priority = priority
    }
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        try session.raise(alarm).report(settlingIn: &session)
      }
    }
  }
}
