import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@testable import DeadDropKit

@Suite("What may be sealed, and to whom")
struct SealingTests {
  private func seal(
    _ type: MessageType = .request, body: JSONValue = .string("text"), to: [Handle],
    refs: [Text] = [], in bench: Bench
  ) throws -> Receipt {
    try bench.send("s", by: "forge", type: type, body: body) {
      ($0.to, $0.refs, $0.isSealed) = (to, refs, true)
    }
  }

  /// Scribe's card offers this key, and its signing key is verified or not.
  private func attempt(sealKey: Bytes32, isPinned: Bool) throws -> KitError? {
    var wire = try TestWire(["scribe", "forge"])
    try wire.card(by: "scribe", sealKey: sealKey)
    var refusal: KitError?
    try Bench.run { bench in
      try bench.settleIn(wire, as: "forge")
      let scribe = try #require(wire.writers["scribe"]).key.pk
      _ = try KeyStore(bench.places("forge")).ensureSealingKey("forge")
      try bench.act(as: "forge") { session, _ in
        if isPinned { _ = try session.pin("scribe", .key(scribe)) }
        let receipt = try session.append(try session.cardDraft(proof: nil))
        #expect(receipt.seq == 1)
      }
      do { _ = try seal(to: ["scribe"], in: bench) } catch let error as KitError { refusal = error }
      #expect(try bench.lines(of: "forge").count == (refusal == nil ? 2 : 1))
    }
    return refusal
  }

  @Test("to a key of small order nothing is sealed")
  func lowOrder() throws {
    for hex in ["00", "01"] {
      let key = try #require(Bytes32(hex: hex + String(repeating: "00", count: 31)))
      #expect(
        try attempt(sealKey: key, isPinned: true) == .cannotSeal(to: "scribe", .smallKey))
    }
  }

  @Test("to a peer whose key is not verified nothing is sealed")
  func unverified() throws {
    let key = try SealingKey.generate().publicBytes
    #expect(try attempt(sealKey: key, isPinned: false) == .cannotSeal(to: "scribe", .unverified))
    #expect(try attempt(sealKey: key, isPinned: true) == nil)
  }

  @Test("to a member without a card nothing is sealed, by name or among all")
  func noCard() throws {
    try Bench.run { bench in
      let invites = try bench.found(["forge", "scribe", "mason"])
      try bench.join(invites[0])
      try bench.settle("forge")
      let before = try bench.lines(of: "forge")
      for to in [["mason"], []] as [[Handle]] {
        #expect(throws: KitError.cannotSeal(to: "mason", .noCard)) {
          try seal(to: to, in: bench)
        }
      }
      #expect(try bench.lines(of: "forge") == before)
      #expect(try seal(to: ["scribe"], in: bench).seq > 0)
    }
  }

  @Test("what machines have to read is not sealed")
  func types() throws {
    try Bench.run("forge", "scribe") { bench in
      let before = try bench.lines(of: "forge")
      for type in MessageType.allCases where !Session.sealableTypes.contains(type) {
        #expect(throws: KitError.self) { try seal(type, to: ["scribe"], in: bench) }
      }
      for field in ["domains", "effects", "until"] as [Text] {
        let body: JSONObject = ["text": .string("t"), field: .array([])]
        #expect(throws: KitError.self) {
          try seal(.proposal, body: .object(body), to: [], in: bench)
        }
      }
      #expect(try bench.lines(of: "forge") == before)
    }
  }

  @Test("the longest body and all refs fit beside the padding, and one byte more is refused")
  func limits() throws {
    try Bench.run("forge", "scribe") { bench in
      let refs = (0..<64).map { Text("r\($0)") }
      let longest = JSONValue.string(String(repeating: "x", count: 65_534))
      _ = try seal(body: longest, to: ["scribe"], refs: refs, in: bench)
      let line = try #require(try bench.lines(of: "forge").last)
      #expect(line.count < ReaderLimits.lineByteCount)
      var scribe = try Agent(directory: bench.path, handle: "scribe", in: bench.places("scribe"))
      let unread = try scribe.unread()
      let message = try #require(unread.last)
      #expect(message.bodyJSON.utf8.count == 65_536)
      #expect(throws: KitError.draft(.bodyTooLarge(byteCount: 65_537))) {
        try seal(
          body: .string(String(repeating: "x", count: 65_535)), to: ["scribe"], in: bench)
      }
    }
  }

  @Test("what was sealed to an older key of this agent opens as long as its file is there")
  func olderKey() throws {
    try Bench.run("forge", "scribe") { bench in
      let id = try seal(to: ["scribe"], in: bench).eventID
      let keys = KeyStore(bench.places("scribe"))
      let old = try SealingPublicKey(checking: keys.ensureSealingKey("scribe")).kid
      func opened() throws -> ShownLine {
        try bench.act(as: "scribe") { session, _ in session.opened(try session.line(id.hex)) }
      }
      let file = "\(keys.path)/scribe.\(old).seal"
      try FileManager.default.moveItem(atPath: "\(keys.path)/scribe.seal", toPath: file)
      #expect(try opened().message?.body == .string("text"))
      _ = try keys.ensureSealingKey("scribe")
      #expect(try opened().message?.body == .string("text"))
      try FileManager.default.removeItem(atPath: file)
      #expect(try opened().sealFault == .otherKey)
    }
  }

  @Test("a program of the library reads what was sealed to it, and nobody else's")
  func agents() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      _ = try seal(body: .string("to scribe"), to: ["scribe"], in: bench)
      for (handle, expected) in [("scribe", #""to scribe""#), ("mason", "null")] {
        var agent = try Agent(
          directory: bench.path, handle: handle, in: bench.places(try Handle(handle)))
        let unread = try agent.unread()
        #expect(unread.last?.bodyJSON == expected)
        #expect(unread.last?.sealedReason == (handle == "mason" ? "not_for_this_agent" : nil))
      }
    }
  }
}

@Suite("Sealed lines of a hostile member")
struct HostileSealedLineTests {
  /// A wire on which scribe, whom forge has verified, writes what `lines` says; then what forge sees.
  private func deliver(
    _ lines: (inout TestWire, [Handle: SealingPublicKey]) throws -> Void,
    check: (Bench, [ShownLine]) throws -> Void
  ) throws {
    try Bench.run { bench in
      let own = try KeyStore(bench.places("forge")).ensureSealingKey("forge")
      var wire = try TestWire(["scribe", "forge"])
      try wire.card(by: "scribe")
      try lines(&wire, ["forge": try SealingPublicKey(checking: own)])
      try wire.write(Draft(.request, subject: "after", body: .string("x")), by: "scribe")
      try bench.settleIn(wire, as: "forge")
      let scribe = try #require(wire.writers["scribe"]).key.pk
      let shown = try bench.act(as: "forge") { session, _ in
        _ = try session.pin("scribe", .key(scribe))
        let inbox = try session.inbox(session: "main", limit: nil, isPeek: false)
        _ = try session.commitRead()
        return inbox.lines.map { session.opened($0) }
      }
      #expect(shown.last?.message?.subject == "after")
      try check(bench, shown.filter { $0.message?.isSealed == true })
    }
  }

  @Test("whatever stands in `enc`, the line is delivered as sealed, with a reason")
  func anything() throws {
    var random = RandomSource("anything in enc")
    var values: [JSONObject] = [[:], ["alg": .integer(1)], ["alg": .string("x")]]
    let parts: [JSONValue?] = [
      nil, .null, .string(""), .string("AAAA"), .string(SealedBody.algorithm), .object([:]),
      .integer(7), .object(["forge": .null]), .object(["forge": .object(["kid": .string("x")])]),
      .string(String(repeating: "A", count: 32)), .string(String(repeating: "a", count: 64)),
      .string(String(repeating: "A", count: 60_000)),
    ]
    for _ in 0..<200 {
      var enc: JSONObject = ["alg": .string(SealedBody.algorithm)]
      for key in ["nonce", "commit", "keys", "ct"] as [Text] { enc[key] = random.pick(parts) }
      values.append(enc)
    }
    try deliver { wire, readers in
      for enc in values {
        try wire.seal(.string("x"), by: "scribe", for: readers) { $0["enc"] = .object(enc) }
      }
    } check: { _, sealed in
      #expect(sealed.count == values.count)
      #expect(sealed.allSatisfy { $0.sealFault != nil && $0.message?.body == nil })
    }
  }

  @Test("a seal taken from another message opens in none of the thief's")
  func stolen() throws {
    try deliver { wire, readers in
      try wire.seal(.string("mine"), by: "scribe", for: readers)
      let first = try JSONParser.object(try #require(wire.logs["scribe"]?.last))
      try wire.seal(.string("x"), by: "scribe", for: readers) { $0["enc"] = first["enc"] }
    } check: { _, sealed in
      #expect(sealed.map { $0.message?.body } == [.string("mine"), nil])
      #expect(sealed.map(\.sealFault) == [nil, .badCiphertext])
    }
  }

  @Test("a ciphertext cut, reordered or lengthened by its signer is shown as sealed")
  func altered() throws {
    let changes: [([UInt8]) -> [UInt8]] = [
      { Array($0.dropLast(256)) }, { $0 + [UInt8](repeating: 0, count: 256) },
      { Array($0[256..<512] + $0[..<256] + $0[512...]) }, { $0 + $0 }, { Array($0.dropLast()) },
    ]
    try deliver { wire, readers in
      for change in changes {
        let body = JSONValue.string(String(repeating: "x", count: 400))
        try wire.seal(body, by: "scribe", for: readers) { object in
          var enc = object["enc"]?.members ?? [:]
          let ciphertext = enc["ct"]?.text.flatMap { Base64.decode($0) } ?? []
          enc["ct"] = .string(Base64.encode(change(ciphertext)))
          object["enc"] = .object(enc)
        }
      }
    } check: { _, sealed in
      #expect(sealed.map(\.sealFault) == changes.map { _ in .badCiphertext })
    }
  }

  @Test("a name of a key that is a path leads to no file")
  func path() throws {
    let kids = ["../keys/forge", "/etc/passwd", "", "forge.seal", "\u{0}", "854f3828a6f0e228"]
    try deliver { wire, readers in
      for kid in kids {
        try wire.seal(.string("x"), by: "scribe", for: readers) { object in
          var enc = object["enc"]?.members ?? [:]
          var box = enc["keys"]?.members?["forge"]?.members ?? [:]
          box["kid"] = .string(kid)
          enc["keys"] = .object(["forge": .object(box)])
          object["enc"] = .object(enc)
        }
      }
    } check: { _, sealed in
      #expect(sealed.map(\.sealFault) == kids.map { _ in .otherKey })
    }
  }

  @Test("what is sealed changes no state, though its reader opens it")
  func state() throws {
    try deliver { wire, readers in
      let proposal = try wire.propose(by: "scribe")
      let bodies: [(MessageType, JSONObject)] = [
        (.correction, ["withdraw": .bool(true)]),
        (.incident, ["code": .string("silence")]),
        (.decision, ["acks": .array([])]),
        (.claim, ["resource": .string("all"), "ttl_seconds": .integer(60), "heads": .object([:])]),
      ]
      for (type, body) in bodies {
        try wire.seal(.object(body), type, re: proposal, by: "scribe", for: readers)
      }
    } check: { bench, sealed in
      #expect(sealed.count == 4)
      #expect(sealed.allSatisfy { $0.message?.body != nil })
      try bench.act(as: "forge") { session, _ in
        let standings = try session.proposals()
        #expect(standings.map(\.status) == [.open])
        let state = try session.wireState()
        #expect(state.claims.open(of: "scribe").isEmpty)
      }
    }
  }
}

extension TestWire {
  /// Writes a sealed line; the change comes after the sealing and before the signature.
  fileprivate mutating func seal(
    _ body: JSONValue, _ type: MessageType = .feedback, re: Bytes32? = nil, by handle: Handle,
    for readers: [Handle: SealingPublicKey], change: (inout JSONObject) -> Void = { _ in }
  ) throws {
    var draft = Draft(type, subject: "sealed", body: body, re: re)
    draft.readers = readers.mapValues(\.bytes)
    try write(draft, by: handle) { object in
      object = (try? SealedBody.seal(body, into: object, for: readers)) ?? object
      change(&object)
    }
  }
}
