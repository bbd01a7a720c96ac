import DeadDropKit
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("One key is believed under one name, whatever the wire proves")
struct SharedKeyTests {
  /// A wire of three, founded by scribe, on which forge believes whom it has pinned by hand.
  private func settled(
    believing peers: [Handle], joined: [Handle] = ["scribe", "forge", "mason"],
    body: (Bench, inout TestWire) throws -> Void
  ) throws {
    try Bench.run { bench in
      var wire = try TestWire(["scribe", "forge", "mason"])
      for member in joined { try wire.card(by: member) }
      try bench.settleIn(wire, as: "forge")
      try bench.act(as: "forge") { session, _ in
        for peer in peers {
          guard let pk = wire.writers[peer]?.key.pk else { throw TestWireError.noWriter(peer) }
          _ = try session.pin(peer, .key(pk))
        }
      }
      try body(bench, &wire)
    }
  }

  private func expectAlarm(
    _ member: Handle, hasKeyOf other: Handle, _ pk: Bytes32, _ bench: Bench,
    in report: CatchUp? = nil
  ) throws {
    let report = try report ?? bench.settle("forge")
    #expect(report.says("ALARM: \(member) has the key of \(other), and is not believed by it"))
    #expect(try bench.open("forge").trust.pins[member]?.contains { $0.pk == pk } != true)
  }

  @Test("a rotation to a key that another member has is not followed")
  func rotation() throws {
    try settled(believing: ["scribe", "mason"]) { bench, wire in
      let both = try TestKey("both/1")
      for member in ["scribe", "mason"] as [Handle] {
        try wire.addKey(both, by: member)
        try wire.card(by: member)
        try wire.write(to: bench.path)
        if member == "scribe" { #expect(try bench.settle("forge").says("scribe has a new key")) }
      }
      try expectAlarm("mason", hasKeyOf: "scribe", both.pk, bench)
      #expect(try bench.tier(of: "mason", for: "forge") == .untrusted)
      #expect(try bench.tier(of: "scribe", for: "forge") == .verified)
    }
  }

  @Test("of two that come to one key at once neither is followed to it")
  func atOnce() throws {
    try settled(believing: ["scribe", "mason"]) { bench, wire in
      let both = try TestKey("both/1")
      for member in ["scribe", "mason"] as [Handle] { try wire.addKey(both, by: member) }
      try wire.write(to: bench.path)
      let report = try bench.settle("forge")
      try expectAlarm("mason", hasKeyOf: "scribe", both.pk, bench, in: report)
      try expectAlarm("scribe", hasKeyOf: "mason", both.pk, bench, in: report)
    }
  }

  @Test("an introduction of a key that another member has is not followed")
  func introduction() throws {
    let shared = try TestKey("scribe/1")
    try settled(believing: ["scribe"], joined: ["scribe"]) { bench, wire in
      wire.switchKey(of: "mason", to: shared)
      try wire.card(by: "mason")
      try wire.introduce("mason", by: "scribe")
      try wire.write(to: bench.path)
      try expectAlarm("mason", hasKeyOf: "scribe", shared.pk, bench)
    }
  }

  @Test("nor one of the own key")
  func ownKey() throws {
    let own = try TestKey("forge/1")
    try settled(believing: ["scribe"], joined: ["scribe", "forge"]) { bench, wire in
      wire.switchKey(of: "mason", to: own)
      try wire.card(by: "mason")
      try wire.introduce("mason", by: "scribe")
      try wire.write(to: bench.path)
      try expectAlarm("mason", hasKeyOf: "forge", own.pk, bench)
    }
  }

  @Test("a decision that this agent acked adds no member with a key that another one has")
  func admission() throws {
    let shared = try TestKey("scribe/1")
    try settled(believing: ["scribe"]) { bench, wire in
      try wire.agree(
        by: "mason", with: ["scribe", "forge"],
        effects: TestEffects.add("quill", pk: shared.pk))
      try wire.admit("quill", key: shared)
      try wire.card(by: "quill")
      try wire.write(to: bench.path)
      try expectAlarm("quill", hasKeyOf: "scribe", shared.pk, bench)
    }
  }

  @Test("a decision that this agent acked lets no chain go on with a key that another member has")
  func recovery() throws {
    let shared = try TestKey("mason/1")
    try settled(believing: ["scribe"]) { bench, wire in
      let cut = try #require(wire.writers["scribe"]).prev
      try wire.agree(
        by: "mason", with: ["forge"],
        effects: TestEffects.recover("scribe", seq: 1, id: cut, pk: shared.pk))
      wire.switchKey(of: "scribe", to: shared)
      try wire.card(by: "scribe")
      try wire.write(to: bench.path)
      try expectAlarm("scribe", hasKeyOf: "mason", shared.pk, bench)
    }
  }

  @Test("a key that was believed stays its holder's, though the chain is hidden since")
  func hidden() throws {
    var store = TrustStore()
    let (pk, now) = (Bytes32.unheld("key"), Timestamp(microseconds: 1))
    _ = store.pin("scribe", pk, .invite, at: now)
    #expect(store.holder(of: pk, besides: "mason") == "scribe")
    #expect(store.holder(of: pk, besides: "scribe") == nil)
    store.revoke("scribe", behind: .none)
    #expect(store.holder(of: pk, besides: "mason") == "scribe")
  }

  @Test("an import says which agents of the account have the key already")
  func imported() throws {
    try Bench.run { bench in
      let store = KeyStore(bench.places("forge"))
      let pk = try store.ensureSigningKey("forge").publicKey.bytes
      #expect(try store.holders(of: pk, besides: "forge") == [])
      let other = try store.importKey("scribe", from: store.signingPath("forge"))
      #expect(other.bytes == pk)
      #expect(try store.holders(of: pk, besides: "scribe") == ["forge"])
    }
  }
}
