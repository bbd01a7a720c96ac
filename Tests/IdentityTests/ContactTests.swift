import Identity
import Testing
import WireFormat

@Suite("first contact")
struct ContactTests {
  private func ceremonies() throws -> JSONValue { try Vectors.load("ceremonies.json") }

  @Test("the invite proof is the vector's, and holds for nothing else")
  func inviteProof() throws {
    let all = try ceremonies()
    let invite = try all.member("invite")
    let joiner = try invite.handle("joiner")
    let agent = try all.member("agents").member(joiner.name)
    let (wire, pk) = (try all.bytes32("wire"), try agent.bytes32("pk"))
    let (secret, card) = (try invite.bytes32("secret_hex"), try agent.object("card"))
    let text = Text(try invite.string("invite_proof"))
    let proof = InviteProof.make(secret: secret, wire: wire, handle: joiner, pk: pk, card: card)
    #expect(proof.hex == text.string)

    func holds(
      _ other: Text? = nil, _ otherSecret: Bytes32? = nil, wire otherWire: Bytes32? = nil,
      handle: Handle? = nil, pk otherPK: Bytes32? = nil, card otherCard: JSONObject? = nil
    ) -> Bool {
      InviteProof.holds(
        other ?? text, secret: otherSecret ?? secret, wire: otherWire ?? wire,
        handle: handle ?? joiner, pk: otherPK ?? pk, card: otherCard ?? card)
    }
    let forge = try Handle("forge")
    #expect(holds())
    #expect(!holds(Text(text.string.uppercased())))
    #expect(!holds(""))
    #expect(!holds(Text(Bytes32.zero.hex)))
    #expect(!holds(nil, .zero))
    #expect(!holds(wire: .zero))
    #expect(!holds(handle: forge))
    #expect(!holds(pk: .zero))
    var other = card
    other["signature"] = nil
    #expect(!holds(card: other))
  }

  @Test("equality tells values apart at every byte")
  func equality() throws {
    #expect(InviteProof.equal(.zero, .zero))
    for index in 0..<32 {
      var bytes = [UInt8](repeating: 0, count: 32)
      bytes[index] = 1
      #expect(!InviteProof.equal(.zero, try #require(Bytes32(bytes))))
    }
  }

  private func invite() throws -> Invite {
    Invite(
      loc: "/srv/wires/läb \"1\"", wire: Samples.wire, pk: try Samples.key(1).publicKey.bytes,
      from: try Handle("forge"), to: try Handle("scribe"), secret: SHA256Hasher.hash([7]),
      expires: Samples.time)
  }

  @Test("an invite comes back from its text, which is one word for a shell")
  func inviteText() throws {
    let invite = try invite()
    #expect(try Invite(text: invite.text) == invite)
    #expect(invite.text.hasPrefix("dd1."))
    #expect(invite.text.dropFirst(4).allSatisfy { "-_".contains($0) || $0.isLetter || $0.isNumber })
    let bytes = try #require(Base64.decodeURL(Text(String(invite.text.dropFirst(4)))))
    let object = try JSONParser.object(bytes)
    #expect(CanonicalWriter.bytes(of: object) == bytes)
    #expect(object.members.map(\.key) == ["expires", "from", "loc", "pk", "secret", "to", "wire"])
    #expect(!"\(invite)".contains(invite.secret.hex))
  }

  private func text(_ change: (inout JSONObject) -> Void) throws -> String {
    let bytes = try #require(Base64.decodeURL(Text(String(try invite().text.dropFirst(4)))))
    var object = try JSONParser.object(bytes)
    change(&object)
    return "dd1." + Base64.encodeURL(CanonicalWriter.bytes(of: object))
  }

  @Test("what is no invite is refused with its reason")
  func inviteFaults() throws {
    let good = try invite().text
    let spaced = Base64.encodeURL(Array("{ }".utf8))
    let cases: [(String, InviteFault)] = [
      ("", .noPrefix), ("dd2." + good.dropFirst(4), .noPrefix), (" " + good, .noPrefix),
      (good + "=", .notBase64), (good + "\n", .notBase64), ("dd1." + spaced, .notCanonical),
      ("dd1.", .notCanonical), ("dd1.AAAA", .notCanonical),
      (try text { $0["more"] = .null }, .unknownField("more")),
      (try text { $0["loc"] = .string("") }, .badField("loc")),
      (try text { $0["wire"] = nil }, .badField("wire")),
      (try text { $0["secret"] = .string("00") }, .badField("secret")),
      (try text { $0["from"] = .string("did:wire:forge") }, .badField("from")),
      (try text { $0["to"] = .string("all") }, .badField("to")),
      (try text { $0["expires"] = .integer(1) }, .badField("expires")),
      (try text { $0["pk"] = .string(Bytes32.zero.hex) }, .badKey(.badPublicKey(.zero))),
    ]
    for (text, fault) in cases {
      #expect(throws: fault) { try Invite(text: text) }
    }
  }

  @Test("an invite cut short is refused at every length")
  func inviteCut() throws {
    let text = try invite().text
    for count in 0..<text.count {
      #expect(throws: InviteFault.self) { try Invite(text: String(text.prefix(count))) }
    }
  }

  @Test("fingerprints are the vectors', the same from both sides")
  func fingerprint() throws {
    let all = try ceremonies()
    var identities: [(handle: Handle, pk: Bytes32)] = []
    for name in ["forge", "scribe"] {
      let pk = try all.member("agents").member(name).bytes32("pk")
      let half = try all.member("fingerprint").member("halves").string(name)
      #expect(Fingerprint.half(handle: try Handle(name), pk: pk) == half)
      identities.append((try Handle(name), pk))
    }
    let shown = try all.member("fingerprint").string("shown")
    #expect(Fingerprint.shown(identities[0], identities[1]) == shown)
    #expect(Fingerprint.shown(identities[1], identities[0]) == shown)
    #expect(shown.count == 60)
    let other = Fingerprint.half(handle: identities[1].handle, pk: identities[0].pk)
    #expect(other != Fingerprint.half(handle: identities[0].handle, pk: identities[0].pk))
  }

  @Test("v3.1's six digits are the vectors', in either order")
  func shortCode() throws {
    let all = try Vectors.load("identity.json")
    let agents = try all.list("agents")
    func identity(_ handle: String) throws -> (did: String, key: [UInt8]) {
      let agent = try #require(agents.first { (try? $0.string("handle")) == handle })
      let key = try #require(Base64.decode(Text(try agent.string("public_key_b64"))))
      return (try agent.string("did"), key)
    }
    let pairs = try all.list("sas_pairs")
    #expect(pairs.count == 6)
    for pair in pairs {
      let (a, b) = (try identity(pair.string("a")), try identity(pair.string("b")))
      let code = try pair.string("sas_v31")
      #expect(ShortCode.v31(a.did, a.key, b.did, b.key) == code)
      #expect(ShortCode.v31(b.did, b.key, a.did, a.key) == code)
    }
  }

  @Test("the vectors' agents have the keys and key ids that their seeds give")
  func agents() throws {
    for agent in try Vectors.load("identity.json").list("agents") {
      let key = try Samples.key(seed: agent.hex("seed_hex"))
      #expect(Base64.encode(key.publicKey.bytes.bytes) == (try agent.string("public_key_b64")))
      let handle = try agent.string("handle")
      #expect(key.publicKey.keyID(for: handle) == (try agent.string("key_id")))
    }
  }
}
