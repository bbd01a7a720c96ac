import DeadDropKit
import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("What an agent says of itself")
struct CardVerbTests {
  private static let day: Int64 = 86_400_000_000

  @Test("an expired card is shown and told, and its key's lines stay good")
  func expired() throws {
    try written { bench in
      let now = WallClock.now()
      try bench.act(as: "scribe") { session, _ in
        session.wallClock = { now - 10 * Self.day }
        var change = CardChange()
        change.validUntil = Timestamp(microseconds: now - 9 * Self.day)
        _ = try session.publishCard(change)
      }
      try bench.send(["four"], by: "scribe")
      #expect(try bench.inbox("forge") == ["four"])
      let card = try bench.act(as: "forge") { session, _ in try session.card(of: "scribe") }
      #expect(card.expiredAt?.microseconds == now - 9 * Self.day)
      #expect(try bench.audit(everySignature: true).badLines.isEmpty)
      for member in ["forge", "scribe"] as [Handle] {
        let checkups = try bench.doctor(member)
        #expect(checkups.says(.warning, "card of scribe", "expired at"))
        #expect(checkups.bad.isEmpty)
      }
      // The next card does not carry on a date that has passed.
      try bench.act(as: "scribe") { session, _ in _ = try session.publishCard(CardChange()) }
      #expect(try bench.doctor("scribe").says(.warning, "card of scribe") == false)
    }
  }

  @Test("what is not said anew stays as it was, also under a new key")
  func replaced() throws {
    try written { bench in
      let until = Timestamp(microseconds: WallClock.now() + 10 * Self.day)
      try bench.act(as: "scribe") { session, _ in
        var change = CardChange()
        (change.name, change.host, change.validUntil) = ("Scribe", "lab", until)
        _ = try session.publishCard(change)
        _ = try session.catchUp()
        change = CardChange()
        change.host = ""
        _ = try session.publishCard(change)
        _ = try session.catchUp()
        _ = try session.rotateKey()
      }
      let card = try bench.act(as: "forge") { session, _ in try session.card(of: "scribe").record }
      #expect(card.card["name"] == .string("Scribe"))
      #expect(card.card["host"] == .string(""))
      #expect(Card.expiry(of: card.card) == until)
      #expect(card.card["old_verify_keys"]?.members?.members.count == 1)
      let old = card.card["old_verify_keys"]?.members?.members.first?.value.members
      #expect(old?["valid_until"] == card.card["issued_at"])
    }
  }

  @Test("what a card cannot say is refused before it is signed")
  func refused() throws {
    try written { bench in
      let before = try bench.lines(of: "scribe")
      for url in ["ftp://lab", "https://lab/\u{1B}[31m", "javascript:alert(1)"] {
        var change = CardChange()
        change.url = Text(url)
        #expect(throws: KitError.self) {
          try bench.act(as: "scribe") { session, _ in _ = try session.publishCard(change) }
        }
      }
      var long = CardChange()
      long.name = Text(String(repeating: "x", count: 257))
      var past = CardChange()
      past.validUntil = Timestamp(microseconds: WallClock.now() - 1)
      for change in [long, past] {
        #expect(throws: KitError.self) {
          try bench.act(as: "scribe") { session, _ in _ = try session.publishCard(change) }
        }
      }
      #expect(try bench.lines(of: "scribe") == before)
    }
  }

  @Test("a key that another handle of the wire has opens no second chain")
  func sharedKey() throws {
    try Bench.run { bench in
      let invite = try #require(try bench.found(["forge", "scribe"]).first)
      let seed = try bench.read("forge.key", in: bench.places("forge").keys)
      let keys = bench.places("scribe").keys
      try FileManager.default.createDirectory(
        atPath: keys, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Scratch.write(seed, to: "scribe.key", in: keys)
      try bench.restrict(keys + "/scribe.key")
      #expect(throws: KitError.keyTaken("forge")) { try bench.join(invite) }
      // One who writes the card all the same, with the right proof, is not believed by that.
      let key = try KeyStore.signingKey(at: keys + "/scribe.key")
      let now = Timestamp(microseconds: WallClock.now())
      let card = Card.make(
        handle: "scribe", name: "scribe", signingKey: key, sealKey: .unheld("seal"), issuedAt: now)
      let proof = InviteProof.make(
        secret: invite.secret, wire: invite.wire, handle: "scribe", pk: key.publicKey.bytes,
        card: card)
      let body: JSONObject = ["card": .object(card), "invite_proof": .hex(proof)]
      let object = Draft(.agentCard, subject: "card", body: .object(body)).object(
        from: "scribe", pk: key.publicKey.bytes, wire: invite.wire,
        place: .chain(seq: 1, prev: .zero), at: now)
      let line = LineSignature.sign(object, as: "scribe", with: key)
      try Scratch.write(line + [UInt8(ascii: "\n")], to: bench.log(of: "scribe"), in: bench.path)
      #expect(
        try bench.settle("forge").says(
          "ALARM: scribe has the key of forge, and is not believed by it"))
      #expect(try bench.open("forge").trust.tier(of: "scribe") == .untrusted)
      #expect(try bench.count(.introduce, of: "forge") == 0)
      #expect(throws: KitError.self) {
        try bench.act(as: "forge") { session, _ in
          _ = try session.pin("scribe", .key(key.publicKey.bytes))
        }
      }
      #expect(try bench.doctor("forge").says(.warning, "scribe", "writes with the key of forge"))
    }
  }

  @Test("agents of one person get keys of their own, or none")
  func sharedLocally() throws {
    try Bench.run { bench in
      let keys = bench.places("forge").keys
      try FileManager.default.createDirectory(
        atPath: keys, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      for name in ["forge.key", "scribe.key"] {
        try Scratch.write(Array(repeating: 9, count: 32), to: name, in: keys)
        try bench.restrict(keys + "/" + name)
      }
      #expect(throws: KitError.keyTaken("forge")) {
        try bench.found(["forge", "scribe"], isLocal: true)
      }
      #expect(!FileManager.default.fileExists(atPath: bench.path + "/wire.json"))
    }
  }
}
