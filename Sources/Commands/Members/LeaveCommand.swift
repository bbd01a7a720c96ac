import DeadDropKit
import Wire
import WireFormat

/// `deaddrop leave`: an agent's last message.
enum LeaveCommand: Command {
  static let name = "leave"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Leave the wire: write this agent's last message",
      options: [.value("body", "TEXT", "what the others should know")],
      notes: [
        "There is no way back. Own proposals that are not settled are taken back first; nothing that\n"
          + "this agent might write afterwards would count. The others still have to ask it until they\n"
          + "have decided: deaddrop remove HANDLE"
      ],
      examples: ["deaddrop leave --body \"the port is done; scribe has the keys of the CI\""])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let words = invocation.optionalText("body") ?? ""
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        var (receipt, withdrawn) = try session.leave(because: Text(words))
        receipt.notes += withdrawn.map { "withdrawn \($0.hex.prefix(MessageView.shownDigits))" }
        return receipt.report(settlingIn: &session)
      }
    }
  }
}
