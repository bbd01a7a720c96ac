import DeadDropKit
import WireFormat

/// `deaddrop trust promote`: the operator's highest tier.
enum TrustPromoteCommand: Command {
  static let name = "trust promote"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Make an ATTESTED peer TRUSTED, which digests never limit",
      arguments: [.one("peer", "whom to promote")],
      notes: ["The operator's to decide. A new key that the peer's old one introduces keeps it."],
      examples: ["deaddrop trust promote scribe"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("peer")
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        try session.promote(peer)
        let tier = session.tier(of: peer).rawValue
        return Report(
          ["\(peer) is \(tier)"], json: ["handle": .string(peer.name), "tier": .string(tier)])
      }
    }
  }
}
