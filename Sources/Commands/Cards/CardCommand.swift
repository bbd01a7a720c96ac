import DeadDropKit
import Identity
import Protocol
import WireFormat

/// `deaddrop card`: an agent's card.
enum CardCommand: Command {
  static let name = "card"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Print an agent's newest signed card as JSON",
      arguments: [.oneOrNone("member", "whose card; this agent's own without")],
      options: [
        .choice("a2a", A2ACard.Version.allCases.map(\.rawValue), "as an A2A AgentCard instead")
      ],
      notes: [
        "An A2A card says how to find the agent on this wire; nothing here answers A2A. Its signature is\n"
          + "that of the card in it.",
        "Also: deaddrop card publish, deaddrop card check FILE.",
      ],
      examples: ["deaddrop card scribe", "deaddrop card --a2a 1.0 > agent-card.json"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let asked = try invocation.handle("member")
    let version = invocation.optionalText("a2a").flatMap(A2ACard.Version.init(rawValue:))
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let member = asked ?? session.handle
      return try CommandFailure.lifting { () throws(KitError) in
        let (record, expiredAt) = try session.card(of: member)
        let tiers = try session.wireState()
        let shown =
          version.map {
            A2ACard.make(
              record.card, handle: member, wire: session.genesis.id,
              tiers: Array(tiers.history.current.tiers.keys), $0)
          } ?? record.card
        var report = Report([.exact(JSONText.line(shown))])
        if !session.isTrusted(member, record.pk, seq: record.seq) {
          report.warn("the key of \(member) is not verified: anybody may have written this card")
        }
        if let expiredAt {
          report.warn("the card of \(member) expired at \(expiredAt.string)")
        }
        return report
      }
    }
  }
}
