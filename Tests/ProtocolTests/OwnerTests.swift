import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("Who must agree follows from domains, effects and what the proposer knew")
struct OwnerTests {
  struct Row: Sendable, CustomStringConvertible {
    let description: String
    var proposer: Handle = "ada"
    var domains: [Text]?
    var effects: JSONValue?
    let owners: [Handle]
  }

  private static let rows = [
    Row(description: "no domains", owners: ["bob", "cyd"]),
    Row(description: "an empty list of domains", domains: [], owners: ["bob", "cyd"]),
    Row(description: "one domain", domains: ["docs"], owners: ["bob"]),
    Row(description: "two domains", domains: ["docs", "ops"], owners: ["bob", "cyd"]),
    Row(description: "two domains of one owner", domains: ["docs", "prose"], owners: ["bob"]),
    Row(description: "a domain named twice", domains: ["docs", "docs"], owners: ["bob"]),
    Row(
      description: "the proposer's own and another's", domains: ["code", "docs"], owners: ["bob"]),
    Row(description: "the proposer's own", domains: ["code"], owners: ["bob", "cyd"]),
    Row(description: "an unknown domain", domains: ["moon"], owners: ["bob", "cyd"]),
    Row(description: "an unknown and a known domain", domains: ["docs", "moon"], owners: ["bob"]),
    Row(description: "a domain of no member", domains: ["gone"], owners: ["bob", "cyd"]),
    Row(description: "another proposer", proposer: "cyd", domains: ["code"], owners: ["ada"]),
    Row(
      description: "effects, whatever the domains", domains: ["docs"],
      effects: TestEffects.tier(seconds: 60), owners: ["bob", "cyd"]),
    Row(
      description: "effects that remove one", domains: ["docs"],
      effects: TestEffects.remove("bob", seq: 1, id: .unheld("x")), owners: ["cyd"]),
    Row(
      description: "effects that remove the proposer",
      effects: TestEffects.remove("ada", seq: 1, id: .unheld("x")), owners: ["bob", "cyd"]),
    Row(
      description: "effects that recover one",
      effects: TestEffects.recover("bob", seq: 1, id: .unheld("x"), pk: .unheld("y")),
      owners: ["cyd"]),
  ]

  @Test("in a wire of three", arguments: rows)
  func owners(row: Row) throws {
    var wire = try TestWire(
      ["ada", "bob", "cyd"],
      domains: ["code": "ada", "docs": "bob", "prose": "bob", "ops": "cyd", "gone": "eve"])
    try wire.join()
    let id = try wire.propose(by: row.proposer, domains: row.domains, effects: row.effects)
    #expect(wire.state.owners(of: id) == row.owners)
  }

  @Test("in a wire of one there is no owner, and the operator decides")
  func alone() throws {
    var wire = try TestWire(["ada"])
    try wire.join()
    let id = try wire.propose(by: "ada")
    #expect(wire.state.owners(of: id) == [])
    #expect(wire.state.status(of: id) == .escalated)
  }

  @Test("of two, who is to be removed has no say, and the operator decides")
  func removingTheOnlyOther() throws {
    var wire = try TestWire(hasOperator: true)
    try wire.join()
    let effects = TestEffects.remove("bob", seq: 1, id: wire.ids(of: "bob")[0])
    let id = try wire.propose(by: "ada", effects: effects)
    #expect(wire.state.status(of: id) == .escalated)
    try wire.decide(id, by: "ada", acks: [], operatorKey: wire.operatorKey)
    #expect(wire.state.status(of: id) == .ratified)
    #expect(wire.state.history.current.members == ["ada"])
  }

  @Test("who is no member has no proposal that counts")
  func stranger() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.admit("eve")
    try wire.card(by: "eve")
    let (id, _) = try wire.agree(by: "eve", with: ["ada", "bob"])
    #expect(wire.state.owners(of: id) == nil)
    #expect(wire.state.status(of: id) == .pending)
    #expect(wire.state.ratifiedIDs.isEmpty)
  }

  @Test("a stranger's answer is none")
  func strangersAnswer() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.admit("eve")
    try wire.card(by: "eve")
    let id = try wire.propose(by: "ada")
    try wire.decline(id, by: "eve")
    #expect(wire.state.status(of: id) == .open)
  }
}
