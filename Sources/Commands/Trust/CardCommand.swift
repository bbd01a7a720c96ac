import DeadDropKit
import Protocol
import WireFormat

/// `deaddrop card`: an agent's card.
enum CardCommand: Command {
  static let name = "card"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Print an agent's newest signed card as JSON",
      arguments: [.oneOrNone("member", "whose card; this agent's own without")],
      examples: ["deaddrop card scribe"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let asked = try invocation.handle("member")
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let member = asked ?? session.handle
      return try CommandFailure.lifting { () throws(KitError) in
        let cards = try session.wireState().newestCards
        guard let record = cards[member] else { throw KitError.noCard(member) }
        return Report([.exact(JSONText.line(record.card))])
      }
    }
  }
}
