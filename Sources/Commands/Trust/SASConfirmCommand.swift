import DeadDropKit
import WireFormat

/// `deaddrop trust sas confirm`: takes the code that the other person has said.
enum SASConfirmCommand: Command {
  static let name = "trust sas confirm"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Type the code that the other person says; verify by it",
      arguments: [
        .one("peer", "with whom"),
        .oneOrNone("code", "the code; without it a line of standard input"),
      ],
      notes: [
        "Three wrong codes lock comparing with this peer for 24 hours. Type what you were told, never\n"
          + "what this side has printed: only that shows that nobody is in between."
      ],
      examples: ["deaddrop trust sas confirm scribe \"4711 1802 9044\""])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("peer")
    var typed = invocation.optionalText("code")
    if typed == nil { typed = try InputLines.first() }
    let digits = try SASView.digits(typed ?? "")
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let catchUp = try session.confirmCode(peer, digits)
        return SASView.confirmed(peer, catchUp, session)
      }
    }
  }
}
