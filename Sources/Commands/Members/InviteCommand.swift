import DeadDropKit
import Identity
import Wire
import WireFormat

/// `deaddrop invite`: proposes a member by its key, and mints invites.
enum InviteCommand: Command {
  static let name = "invite"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Invite a member that has not joined, or propose a new one",
      arguments: [.one("member", "who is invited")],
      options: [
        .value("key", "HEX", "of a new member: its public key, 64 hex digits; proposes it"),
        .value("body", "TEXT", "with --key: why"),
      ],
      notes: [
        "The line is good once, for 24 hours. Older invites of the member stay good until then.",
        "A new member says its key first: deaddrop key create HANDLE. When all members have acked the\n"
          + "proposal, the same command prints the line for it. Each of them may invite it then.",
      ],
      examples: [
        "deaddrop invite scribe",
        "deaddrop invite mason --key \"$KEY\" --body \"mason writes the tests\"",
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("member")
    let pk = try key(invocation)
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        guard let pk, session.openingKey(of: peer) != pk else {
          let invite = try session.invite(peer)
          return Report([Line(ShellWord.deaddrop("join", invite.text))], json: invite.report)
        }
        let words = invocation.optionalText("body") ?? "Add \(peer) as a member."
        let receipt = try session.propose(member: peer, pk: pk, because: Text(words))
        return receipt.report(settlingIn: &session) { (session, report) throws(KitError) in
          try tell(receipt.eventID, peer, session: &session, &report)
        }
      }
    }
  }

  private static func key(_ invocation: Invocation) throws(CommandFailure) -> Bytes32? {
    guard let hex = invocation.optionalText("key") else {
      if invocation.flag("body") { throw .usage("--body goes with --key") }
      return nil
    }
    guard let pk = Bytes32(hex: hex) else { throw .usage("--key is 64 lower-case hex digits") }
    return pk
  }

  /// What becomes of the proposal to add a member.
  private static func tell(
    _ id: Bytes32, _ peer: Handle, session: inout Session, _ report: inout Report
  ) throws(KitError) {
    let waiting = try session.standing(of: id)?.missing ?? []
    report.note(
      "proposed to \(waiting.map(\.name).joined(separator: ", ")); once it is decided: "
        + ShellWord.deaddrop("invite", peer.name))
    let count = try session.members().count { $0.ending == nil } + 1
    if count > Session.advisedMemberCount {
      report.warn("with \(peer) the wire has \(count) members; every one reads the beats of all")
    }
  }
}
