import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop remove`: proposes that a member's later lines never count.
enum RemoveCommand: Command {
  static let name = "remove"
  /// After so long without a sign, nobody is asked whether the member is gone.
  private static let goneSeconds: Int64 = 7 * 86_400

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Propose to remove a member; all others must agree",
      arguments: [.one("member", "who is to be removed")],
      options: [.value("body", "TEXT", "why")],
      notes: [
        "The member's chain is cut behind the last line that this agent has verified. What stands\n"
          + "before stays as it is; later lines never count, whenever they arrive, and are not shown."
      ],
      examples: ["deaddrop remove mason --body \"no sign of it for two weeks\""])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("member")
    let words = invocation.optionalText("body") ?? "Remove \(peer)."
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let member = try session.members().first { $0.handle == peer }
        let sign = try session.lastSign(of: peer)
        let receipt = try session.propose(removing: peer, because: Text(words))
        return receipt.report(settlingIn: &session) { (session, report) throws(KitError) in
          let standing = try session.standing(of: receipt.eventID)
          let waiting = standing?.missing.map(\.name).joined(separator: ", ") ?? ""
          report.note(
            waiting.isEmpty ? "only the operator can ratify it" : "proposed to \(waiting)")
          let recent = session.now().adding(seconds: -goneSeconds)
          if let sign, sign > recent, member?.ending != .left {
            report.warn(
              "\(peer) may be there: its last sign is of \(sign.string.prefix(19))Z by its own clock"
            )
          }
        }
      }
    }
  }
}
