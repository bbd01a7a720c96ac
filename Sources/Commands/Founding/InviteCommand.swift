import DeadDropKit
import Identity
import WireFormat

/// `deaddrop invite`: mints another invite.
enum InviteCommand: Command {
  static let name = "invite"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Mint a new invite for a member that has not joined",
      arguments: [.one("member", "who is invited")],
      notes: [
        "The line is good once, for 24 hours. Older invites of the member stay good until then."
      ],
      examples: ["deaddrop invite scribe"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("member")
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      let invite = try CommandFailure.lifting { () throws(KitError) in try session.invite(peer) }
      return Report([Line(ShellWord.deaddrop("join", invite.text))], json: invite.report)
    }
  }
}
