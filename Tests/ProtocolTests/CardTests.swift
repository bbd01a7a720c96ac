import Identity
import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("Cards and introductions")
struct CardTests {
  @Test("the newest card of a chain counts, the first keeps the proof")
  func newest() throws {
    var wire = try TestWire()
    let secret = Bytes32.unheld("secret")
    try wire.card(by: "bob", name: "First", inviteSecret: secret)
    try wire.card(by: "bob", name: "Second")
    let state = wire.state
    let first = try #require(state.firstCards["bob"])
    let newest = try #require(state.newestCards["bob"])
    #expect(first.card["name"] == .string("First") && first.seq == 1)
    #expect(newest.card["name"] == .string("Second") && newest.seq == 2)
    let proof = try #require(first.inviteProof)
    let holds = InviteProof.holds(
      Text(proof.hex), secret: secret, wire: wire.genesis.id, handle: "bob", pk: first.pk,
      card: first.card)
    #expect(holds)
    #expect(newest.inviteProof == nil)
  }

  @Test("only seq 1 carries a proof")
  func proofAtFirst() throws {
    var wire = try TestWire()
    try wire.card(by: "bob")
    try wire.card(by: "bob", inviteSecret: .unheld("secret"))
    #expect(wire.state.newestCards["bob"]?.inviteProof == nil)
  }

  @Test("a bad card leaves the one before")
  func bad() throws {
    var wire = try TestWire()
    try wire.card(by: "bob", name: "Good")
    try wire.card(by: "bob", name: "Bad") { $0["pk"] = .string(Bytes32.zero.hex) }
    #expect(wire.state.newestCards["bob"]?.seq == 1)
  }

  @Test("a card after a change of key is by the new one")
  func rotated() throws {
    var wire = try TestWire()
    try wire.card(by: "bob")
    let key = try TestKey("bob/2")
    try wire.addKey(key, by: "bob")
    try wire.card(by: "bob")
    #expect(wire.state.newestCards["bob"]?.pk == key.pk)
  }

  @Test("the founder's first word for a member stands")
  func introductions() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join(introducing: true)
    try wire.introduce("bob", by: "ada", pk: .unheld("other"))
    #expect(wire.state.introductions["bob"] == (try TestKey("bob/1").pk))
    #expect(wire.state.introductions["cyd"] == (try TestKey("cyd/1").pk))
  }
}
