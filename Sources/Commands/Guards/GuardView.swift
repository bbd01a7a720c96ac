import DeadDropKit
import Protocol
import WireFormat

/// Why a path may not be changed, and what to do about it: the same words wherever it is said.
enum GuardView {
  /// The clause behind the path.
  static func words(_ areas: [DomainRights.Area]) -> String {
    let names = areas.map { "domain \($0.name.string) of \($0.owner)" }
    return "in \(names.joined(separator: " and ")), without an agreement"
  }

  static func words(_ claim: ClaimStandings.Entry) -> String {
    "claimed by \(claim.claim.holder) until \(claim.term.until.string)"
  }

  /// The command that asks for it.
  static func remedy(_ areas: [DomainRights.Area], _ path: String) -> String {
    ShellWord.deaddrop(
      "send", "proposal", "--domains", areas.first?.name.string ?? "", "--subject",
      "change \(path)", "--body", "what and why")
  }

  static func remedy(_ claim: ClaimStandings.Entry) -> String {
    remedy(holder: claim.claim.holder, claim.claim.eventID)
  }

  /// The claim by its id: what it is on are its holder's words, and a command holds none.
  static func remedy(holder: Handle, _ claim: Bytes32) -> String {
    let id = claim.hex.prefix(MessageView.shownDigits)
    return ShellWord.deaddrop(
      "send", "request", "--to", holder.name, "--subject", "release \(id)", "--body",
      "may I have it?")
  }

  static func json(_ areas: [DomainRights.Area]) -> JSONValue {
    .array(
      areas.map {
        .object(["name": .string($0.name), "owner": .string($0.owner.name)])
      })
  }

  static func json(_ claim: ClaimStandings.Entry) -> JSONValue {
    .object([
      "event_id": .string(claim.claim.eventID.hex), "holder": .string(claim.claim.holder.name),
      "until": .string(claim.term.until.string),
    ])
  }
}
