import Identity
import Testing
import WireFormat

@Suite("cards")
struct CardTests {
  @Test("the vectors' agents make the vectors' cards, bit for bit", arguments: ["forge", "scribe"])
  func makes(name: String) throws {
    let agent = try Vectors.load("ceremonies.json").member("agents").member(name)
    let card = try agent.object("card")
    let key = try Samples.key(seed: agent.hex("seed_hex"))
    let made = Card.make(
      handle: try Handle(name), name: name.prefix(1).uppercased() + name.dropFirst(),
      signingKey: key, sealKey: try agent.bytes32("seal_pk"),
      issuedAt: try timestamp("2026-11-01T00:00:00.000000Z"), capabilities: ["ack", "proposal"],
      supportedKinds: [1, 1500, 1600])
    #expect(made == card)
    #expect(Card.sealKey(of: card) == (try agent.bytes32("seal_pk")))
    try Card.check(card, handle: try Handle(name), pk: try agent.bytes32("pk"))
  }

  @Test("cards of stored wires hold for their messages")
  func stored() throws {
    var count = 0
    for log in ["forge_to_scribe", "scribe_to_forge"] {
      for line in try Vectors.lines("wires/good/_coordination/\(log).jsonl") {
        let message = try Message(line.span, try Envelope.read(line.span))
        guard message.type.known == .agentCard, let card = message.body?.members?["card"]?.members
        else { continue }
        try Card.check(card, handle: message.from, pk: message.pk)
        count += 1
      }
    }
    #expect(count >= 2)
  }

  private static let forge = try? Handle("forge")

  private func card(validUntil: Timestamp? = nil) throws -> JSONObject {
    Card.make(
      handle: try #require(Self.forge), name: "Forge", signingKey: try Samples.key(1),
      sealKey: Samples.wire, issuedAt: Samples.time, validUntil: validUntil)
  }

  private func check(_ card: JSONObject) throws {
    let key = try Samples.key(1)
    try Card.check(card, handle: try #require(Self.forge), pk: key.publicKey.bytes)
  }

  /// The card with a good signature after the change.
  private func resigned(_ card: JSONObject) throws -> JSONObject {
    var card = card
    card["signature"] = nil
    let signature = try Samples.key(1).sign(CanonicalWriter.bytes(of: card))
    card["signature"] = .string(Base64.encode(signature))
    return card
  }

  @Test("a made card holds, with an end and without")
  func holds() throws {
    try check(card())
    try check(card(validUntil: Samples.time.adding(seconds: 1)))
  }

  @Test("any field changed, added or dropped without signing is refused")
  func altered() throws {
    let card = try card()
    for member in card.members {
      var altered = card
      altered[member.key] = .string("x")
      #expect(throws: CardFault.self) { try check(altered) }
      altered[member.key] = nil
      #expect(throws: CardFault.self) { try check(altered) }
    }
    var more = card
    more["more"] = .null
    #expect(throws: CardFault.badSignature) { try check(more) }
  }

  @Test(
    "a signed card that names another agent or key is refused",
    arguments: [
      ("did", "did:wire:scribe", CardFault.otherHandle), ("did", "forge", .otherHandle),
      ("handle", "scribe", .otherHandle), ("handle", "did:wire:forge", .otherHandle),
      ("pk", String(repeating: "0", count: 64), .otherKey), ("verify_keys", "", .otherKey),
      ("issued_at", "2026-11-01", .badDates),
    ])
  func disagrees(key: String, value: String, fault: CardFault) throws {
    var card = try card()
    card[Text(key)] = .string(value)
    let signed = try resigned(card)
    #expect(throws: fault) { try check(signed) }
    card[Text(key)] = nil
    let without = try resigned(card)
    #expect(throws: fault) { try check(without) }
  }

  @Test("the entry of the key must be under its name, hold the key, and end after it begins")
  func entry() throws {
    let card = try card()
    let keys = try #require(card["verify_keys"]?.members)
    let member = try #require(keys.members.first)
    func fault(_ name: Text, _ change: (inout JSONObject) -> Void) throws -> CardFault? {
      var entry = try #require(member.value.members)
      change(&entry)
      var changed = card
      changed["verify_keys"] = .object([name: .object(entry)])
      let signed = try resigned(changed)
      do { try check(signed) } catch let error as CardFault { return error }
      return nil
    }
    let start = Samples.time.string
    #expect(try fault(member.key) { _ in } == nil)
    #expect(try fault("ed25519:forge:00000000") { _ in } == .otherKey)
    #expect(try fault(member.key) { $0["key"] = .string("AA==") } == .otherKey)
    #expect(try fault(member.key) { $0["valid_from"] = nil } == .badDates)
    #expect(try fault(member.key) { $0["valid_until"] = nil } == .badDates)
    #expect(try fault(member.key) { $0["valid_until"] = .string(start) } == .badDates)
    #expect(try fault(member.key) { $0["valid_until"] = .integer(1) } == .badDates)
  }

  @Test("a card for another sender or key is refused")
  func otherSender() throws {
    let card = try card()
    let (one, two) = (try Samples.key(1).publicKey.bytes, try Samples.key(2).publicKey.bytes)
    #expect(throws: CardFault.otherHandle) {
      try Card.check(card, handle: try Handle("scribe"), pk: one)
    }
    #expect(throws: CardFault.otherKey) {
      try Card.check(card, handle: try Handle("forge"), pk: two)
    }
  }

  @Test("v3.1 cards of the vectors are judged rightly")
  func legacy() throws {
    let cases = try Vectors.load("identity.json").list("cards")
    #expect(cases.count == 8)
    let agents = try Vectors.load("identity.json").list("agents")
    for test in cases {
      let card = try test.object("card")
      guard try test.member("valid") == .bool(true) else {
        #expect(throws: CardFault.badSignature) { try Card.checkV31(card) }
        continue
      }
      let found = try Card.checkV31(card)
      let agent = try #require(agents.first { (try? $0.string("handle")) == found.handle })
      #expect(Base64.encode(found.key.bytes.bytes) == (try agent.string("public_key_b64")))
      #expect(card["did"]?.text?.string == (try agent.string("did")))
    }
  }

  @Test("a v3.1 card without a name, or without a key of its name, is refused")
  func legacyFaults() throws {
    var card = try Vectors.load("identity.json").list("cards")[0].object("card")
    card["did"] = .string("did:wire:other")
    #expect(throws: CardFault.otherKey) { try Card.checkV31(card) }
    card["did"] = .string("did:wire:")
    #expect(throws: CardFault.otherHandle) { try Card.checkV31(card) }
    card["did"] = nil
    #expect(throws: CardFault.otherHandle) { try Card.checkV31(card) }
  }
}
