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
    ShellWord.deaddrop(
      "send", "request", "--to", claim.claim.holder.name, "--subject",
      "release \(claim.claim.resource.words)", "--body", "may I have it?")
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
      "resource": claim.claim.resource.value, "until": .string(claim.term.until.string),
    ])
  }
}
