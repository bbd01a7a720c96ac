import Identity
import Testing
import WireFormat

@Suite("messages of v3.0 and v3.1")
struct LegacyTests {
  struct Stored: Sendable, CustomTestStringConvertible {
    let name: String
    let scheme: LegacyScheme
    let line: [UInt8]
    let reason: String

    var testDescription: String { name }

    init(_ value: JSONValue) throws {
      name = try value.string("name")
      guard let scheme = LegacyScheme(rawValue: try value.string("scheme")),
        let line = Base64.decode(Text(try value.string("line_b64")))
      else { throw VectorFault(key: name) }
      (self.scheme, self.line) = (scheme, line)
      reason = try value.string("reason")
    }
  }

  static let stored: [Stored] =
    (try? Vectors.load("messages.json").list("messages").map(Stored.init)) ?? []
  static let trust: LegacyTrust? = (try? Vectors.load("messages.json").object("trust"))
    .flatMap { LegacyTrust($0) }

  static func reason(_ verdict: LegacyVerdict) -> String {
    if case .invalid(let fault) = verdict { fault.rawValue } else { "" }
  }

  @Test("there are 255 stored messages, and keys to judge them by")
  func count() {
    #expect(Self.stored.count == 255)
    #expect(Self.trust != nil)
  }

  @Test("each stored message gets its verdict, with its scheme and without", arguments: stored)
  func verdict(message: Stored) throws {
    let trust = try #require(Self.trust)
    let verdict = LegacySignature.check(message.line, trust: trust, scheme: message.scheme)
    #expect(Self.reason(verdict) == message.reason)
    let object = try JSONParser.object(message.line)
    if case .valid(let id) = verdict { #expect(id == EventID.of(object)) }
    // Without its event_id a message of v3.1 passes for one of v3.0, whose signature it has not.
    let isStripped = message.scheme == .v31 && object["event_id"] == nil
    #expect(
      LegacySignature.check(message.line, trust: trust)
        == (isStripped ? .invalid(.badSignature) : verdict))
  }

  @Test("the wrong scheme is refused")
  func wrongScheme() throws {
    let trust = try #require(Self.trust)
    let (v30, v31) = (
      Self.stored.filter { $0.reason.isEmpty && $0.scheme == .v30 },
      Self.stored.filter { $0.reason.isEmpty && $0.scheme == .v31 }
    )
    #expect(!v30.isEmpty && !v31.isEmpty)
    for message in v30 {
      #expect(
        LegacySignature.check(message.line, trust: trust, scheme: .v31) == .invalid(.missingField))
    }
    for message in v31 {
      #expect(
        LegacySignature.check(message.line, trust: trust, scheme: .v30) == .invalid(.badSignature))
    }
  }

  @Test("the agents' seeds sign the stored messages again, bit for bit", arguments: stored)
  func signsAgain(message: Stored) throws {
    guard message.reason.isEmpty else { return }
    let object = try JSONParser.object(message.line)
    let keyID = try #require(object["public_key_id"]?.text?.string)
    let agents = try Vectors.load("identity.json").list("agents")
    let agent = try #require(agents.first { (try? $0.string("key_id")) == keyID })
    let key = try Samples.key(seed: agent.hex("seed_hex"))
    let handle = try agent.string("handle")
    #expect(
      LegacySignature.sign(object, handle: handle, key: key, scheme: message.scheme)
        == CanonicalWriter.bytes(of: object))
    #expect(key.publicKey.keyID(for: handle) == keyID)
  }

  /// One agent, its key in the list under the given id.
  private func trust(
    _ key: borrowing SigningKey, handle: String = "b.k 2", active: JSONValue? = .bool(true),
    spelled: String? = nil
  ) throws -> LegacyTrust {
    let entry: JSONObject = [
      "key_id": .string(key.publicKey.keyID(for: handle)), "active": active,
      "key": .string(spelled ?? Base64.encode(key.publicKey.bytes.bytes)),
    ]
    let agent: JSONObject = ["public_keys": .array([.null, .object(entry)])]
    let trust = LegacyTrust(["agents": .object([Text(handle): .object(agent)])])
    return try #require(trust)
  }

  private let message: JSONObject = [
    "from": .string("b.k 2"), "body": .real(1.5), "event_id": .string("old"),
  ]

  @Test("free-form names hold, bare and as did", arguments: [LegacyScheme.v30, .v31])
  func freeForm(scheme: LegacyScheme) throws {
    let key = try Samples.key(1)
    for from in ["b.k 2", "did:wire:b.k 2"] {
      var object = message
      object["from"] = .string(from)
      let line = LegacySignature.sign(object, handle: "b.k 2", key: key, scheme: scheme)
      let verdict = LegacySignature.check(line, trust: try trust(key))
      #expect(verdict == .valid(eventID: EventID.of(object)))
      #expect((try JSONParser.object(line)["event_id"] == nil) == (scheme == .v30))
    }
  }

  @Test("a name with a colon is told from its key id by the last one")
  func colon() throws {
    let key = try Samples.key(1)
    let line = LegacySignature.sign(
      ["from": .string("a:b")], handle: "a:b", key: key, scheme: .v31)
    let verdict = LegacySignature.check(line, trust: try trust(key, handle: "a:b"))
    #expect(Self.reason(verdict).isEmpty)
  }

  @Test("a key that is not active, or does not say so, is refused as such")
  func inactive() throws {
    let key = try Samples.key(1)
    let line = LegacySignature.sign(message, handle: "b.k 2", key: key, scheme: .v31)
    for active in [JSONValue.bool(false), .null, .string("true"), nil] {
      let trust = try trust(key, active: active)
      #expect(LegacySignature.check(line, trust: trust) == .invalid(.inactiveKey))
    }
  }

  @Test("a key of the list that may not be taken is unknown")
  func badKey() throws {
    let key = try Samples.key(1)
    let line = LegacySignature.sign(message, handle: "b.k 2", key: key, scheme: .v31)
    let small = Base64.encode([UInt8](repeating: 0, count: 32))
    for spelled in [small, "", "AA==", "not base64"] {
      let trust = try trust(key, spelled: spelled)
      #expect(LegacySignature.check(line, trust: trust) == .invalid(.unknownKey))
    }
  }

  @Test("lines that are no objects, or whose fields are no strings, are malformed")
  func malformed() throws {
    let trust = try trust(try Samples.key(1))
    for line in ["", "[]", "{", #"{"from":1,"public_key_id":"a","signature":"b"}"#] {
      let verdict = LegacySignature.check(Array(line.utf8), trust: trust)
      #expect(verdict == .invalid(.malformed))
    }
    #expect(LegacySignature.check(Array("{}".utf8), trust: trust) == .invalid(.missingField))
  }

  @Test("a list without agents is none")
  func noList() {
    #expect(LegacyTrust(["agents": .array([])]) == nil)
    #expect(LegacyTrust([:]) == nil)
  }

  @Test("a v3.2 line is checked as v3.1 is")
  func chained() throws {
    let key = try Samples.key(1)
    let forge = try Handle("forge")
    let line = try Samples.line(1, from: forge)
    let verdict = LegacySignature.check(line, trust: try trust(key, handle: "forge"))
    #expect(verdict == .valid(eventID: try Envelope.read(line.span).eventID))
  }
}
