import DeadDropKit
import Wire
import WireFormat

/// `deaddrop resume`: lifts what stops the wire, or this agent.
enum ResumeCommand: Command {
  static let name = "resume"
  private static let shownLimit = 5

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Lift an incident or a pause for the operator, for good",
      arguments: [.one("id", "the incident, a record of it or the shutdown, by its event_id")],
      options: [
        .value("body", "TEXT", "why it may go on"),
        .flag("as-operator", "say that the operator wants it, where any member may say so"),
        .value("operator-key", "FILE", "the operator's key, where the genesis names one"),
      ],
      notes: [
        "Where init was given the operator's public key, only who holds that key can lift anything.\n"
          + "The key file holds 32 raw bytes, mode 0600."
      ],
      examples: ["deaddrop resume 4e98b798b10f --as-operator"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let id = try invocation.messageID("id")
    var keyFile: String?
    if let path = invocation.optionalText("operator-key") {
      keyFile = try NamedFile.absolute(path)
    }
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let receipt = try session.resume(
          id, text: Text(invocation.optionalText("body") ?? ""),
          asOperator: invocation.flag("as-operator"), keyFile: keyFile)
        return receipt.report(settlingIn: &session) { (session, report) throws(KitError) in
          let standstills = try session.standstills()
          for standstill in standstills.prefix(shownLimit) {
            report.note(IncidentView.line(standstill).text)
          }
          if standstills.count > shownLimit {
            report.note("\(standstills.count - shownLimit) more: deaddrop incidents")
          }
        }
      }
    }
  }
}
