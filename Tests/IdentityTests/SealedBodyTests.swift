import Foundation
import Testing
import WireFormat

@testable import Identity

@Suite("a sealed body")
struct SealedBodyTests {
  private let samples: SealedSamples

  init() throws { samples = try SealedSamples() }

  @Test(
    "the vectors' message opens for its recipient and for its sender",
    arguments: ["forge", "scribe"])
  func vector(name: String) throws {
    let opened = try samples.opened(samples.message, as: name)
    #expect(opened == .success(samples.body))
  }

  @Test("opens for its readers as what it was, and for nobody else")
  func roundTrip() throws {
    let longest = String(repeating: "x", count: ReaderLimits.bodyByteCount - 2)
    let bodies: [JSONValue] = [
      .string(""), .null, .string("é\u{0}\u{202E}"), .string(longest), .integer(-1),
      .object(["a": .array([.real(1e16), .object([:])]), "body": .string("b")]),
    ]
    for body in bodies {
      let message = try SealedBody.seal(
        body, into: samples.unsealed, for: samples.publicKeys(["forge"]))
      #expect(try samples.opened(message, as: "forge") == .success(body))
      #expect(try samples.opened(message, as: "scribe") == .failure(.notForThisAgent))
      #expect(try SealedBody(of: message).readers.map(\.name) == ["forge"])
    }
  }

  @Test("no two seals of one body are alike")
  func fresh() throws {
    let seals = try (0..<2).map { _ in
      try SealedBody.seal(samples.body, into: samples.unsealed, for: samples.publicKeys(["forge"]))
    }
    let (one, other) = (seals[0]["enc"]?.members, seals[1]["enc"]?.members)
    for name in ["nonce", "commit", "keys", "ct"] as [Text] { #expect(one?[name] != other?[name]) }
  }

  @Test("tells of a body's length only how many blocks of 256 bytes it fills")
  func padding() throws {
    func count(_ length: Int) throws -> Int {
      try SealedBody.seal(
        .string(String(repeating: "x", count: length)), into: samples.unsealed,
        for: samples.publicKeys(["forge"])
      )["enc"]?.members?.ciphertext.count ?? 0
    }
    // {"body":""} has 11 bytes, and the padding at least one.
    #expect(try count(0) == 256 + 16 && count(244) == 256 + 16)
    #expect(try count(245) == 512 + 16)
  }

  @Test(
    "a key of small order is none to seal to",
    arguments: [
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
  func lowOrder(hex: String) throws {
    var key = try bytes(ofHex: hex)
    // The highest bit is not part of the number: RFC 7748 §5.
    for bit in [0, 0x80] as [UInt8] {
      key[31] = key[31] & 0x7F | bit
      let key = try #require(Bytes32(key))
      #expect(throws: IdentityError.badSealingKey(key)) { try SealingPublicKey(checking: key) }
    }
  }

  @Test("a key that is not of small order is one")
  func goodKey() throws {
    let key = try samples.key("forge").publicKey
    #expect(try SealingPublicKey(checking: key.bytes) == key)
    #expect(key.kid == "854f3828a6f0e228")
  }
}

@Suite("a hostile seal stays closed, with its reason")
struct HostileSealTests {
  private let samples: SealedSamples

  init() throws { samples = try SealedSamples() }

  private func fault(_ message: JSONObject, as handle: String = "scribe") throws -> SealFault? {
    if case .failure(let fault) = try samples.opened(message, as: handle) { fault } else { nil }
  }

  @Test("two readers with two content keys: who got the other one is told")
  func twoKeys() throws {
    let other = try ContentKey.generate()
    let key = try samples.key("scribe").publicKey
    let message = try samples.sealed(
      plain: Array(#"{"body":"for forge"}"#.utf8), for: ["forge", "scribe"]
    ) { enc in
      var keys = enc["keys"]?.members ?? [:]
      let box = try? other.box(for: key)
      keys["scribe"] = .object([
        "box": .string(Base64.encode(box ?? [])), "kid": .string(key.kid),
      ])
      enc["keys"] = .object(keys)
    }
    #expect(try samples.opened(message, as: "forge") == .success(.string("for forge")))
    #expect(try fault(message) == .badCommitment)
  }

  /// The ciphertext was made for this: one of its blocks solves the equation between both tags.
  ///
  /// Source: Dodis, Grubbs, Ristenpart, Woodage, "Fast Message Franking", CRYPTO 2018.
  @Test("one ciphertext that is good under two keys: the commitment takes one of them")
  func invisibleSalamander() throws {
    let vector = try Vectors.load("sealed-twice.json")
    let message = try vector.object("message")
    let enc = try #require(message["enc"]?.members)
    let nonce = try #require(enc["nonce"]?.text.flatMap { Base64.decode($0) })
    var plains: Set<[UInt8]> = []
    for handle in ["forge", "scribe"] {
      let entry = try #require(enc["keys"]?.members?[Text(handle)]?.members)
      let box = try #require(entry["box"]?.text.flatMap { Base64.decode($0) })
      let content = try ContentKey(box: box, openedBy: samples.key(handle))
      let around = message.changing { $0["ct"] = nil }
      let plain = content.decrypt(
        enc.ciphertext, nonce: nonce, associated: CanonicalWriter.bytes(of: around))
      plains.insert(try #require(plain, "no attack: the ciphertext is bad under one of the keys"))
    }
    #expect(plains.count == 2)
    #expect(try fault(message, as: "forge") == .badContent)
    #expect(try fault(message, as: "scribe") == .badCommitment)
  }

  @Test("a ciphertext cut, lengthened, reordered, or with any bit flipped is not opened")
  func ciphertext() throws {
    let message = samples.message
    let bytes = message["enc"]?.members?.ciphertext ?? []
    func expect(_ ciphertext: [UInt8], _ expected: SealFault, _ what: String) throws {
      let changed = message.changing { $0.ciphertext = ciphertext }
      #expect(try fault(changed) == expected, "\(what)")
    }
    try expect(Array(bytes.dropLast()), .malformed, "below one block")
    try expect(bytes + [0], .badCiphertext, "one byte more")
    try expect(bytes + [UInt8](repeating: 0, count: 256), .badCiphertext, "one block more")
    try expect(bytes + bytes, .badCiphertext, "twice")
    try expect(
      Array(bytes[16..<32] + bytes[..<16] + bytes[32...]), .badCiphertext, "blocks reordered")
    try expect(Array(bytes.reversed()), .badCiphertext, "reversed")
    let tooLong = [UInt8](repeating: 0, count: 65_792 + 17)
    try expect(tooLong, .malformed, "longer than any body")
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      try expect(flipped, .badCiphertext, "bit \(bit)")
    }
    let twoBlocks = try SealedBody.seal(
      .string(String(repeating: "x", count: 300)), into: samples.unsealed,
      for: samples.publicKeys(["scribe"]))
    let cut = twoBlocks.changing { $0.ciphertext = Array($0.ciphertext.dropLast(256)) }
    #expect(try fault(cut) == .badCiphertext)
  }

  @Test("a seal opens in no other message than its own")
  func bound() throws {
    let changes: [(Text, JSONValue?)] = [
      ("seq", .integer(8)), ("prev", .hex(.zero)), ("from", .string("scribe")),
      ("subject", .string("other")), ("to", .strings(["*"])), ("re", .hex(.zero)),
      ("timestamp", .string("2026-11-20T10:00:00.000002Z")), ("wire", .hex(.zero)),
      ("pk", .hex(.zero)), ("refs", .strings(["git:1"])), ("crit", .strings(["enc", "to"])),
      ("kind", .integer(1202)),
      ("unknown", .bool(true)),
    ]
    for (field, value) in changes {
      var message = samples.message
      message[field] = value
      #expect(try fault(message) == .badCiphertext, "\(field.string)")
    }
    // What comes by signing is not under the seal: the line's own checks are for that.
    var message = samples.message
    for field in Field.unsigned { message[field.key] = nil }
    #expect(try samples.opened(message, as: "scribe") == .success(samples.body))
  }

  @Test("a seal that `crit` does not name is malformed, also where its signer made it so")
  func uncritical() throws {
    for crit in [nil, .strings([]), .strings(["to"]), .string("enc")] as [JSONValue?] {
      var unsealed = samples.unsealed
      unsealed["crit"] = crit
      let message = try SealedBody.seal(
        samples.body, into: unsealed, for: samples.publicKeys(["scribe"]))
      #expect(try fault(message) == .malformed)
    }
  }

  @Test("a seal of another shape is malformed, whatever it is")
  func shapes() throws {
    let wrong: [JSONValue?] = [
      nil, .null, .integer(1), .bool(true), .string(""), .string("AAAA"), .array([]),
      .object([:]), .string(String(repeating: "é", count: 40)),
    ]
    for value in wrong {
      for field in ["nonce", "commit", "ct", "keys"] as [Text]
      where !(field == "keys" && value == .object([:])) {
        let changed = samples.message.changing { $0[field] = value }
        #expect(try fault(changed) == .malformed, "\(field.string)")
      }
      let isText = value?.text != nil
      let changed = samples.message.changing { $0["alg"] = value }
      #expect(try fault(changed) == (isText ? .unknownAlgorithm : .malformed))
      for part in ["kid", "box"] as [Text] where !(part == "kid" && isText) {
        let changed = samples.message.changing { enc in
          var keys = enc["keys"]?.members ?? [:]
          var entry = keys["scribe"]?.members ?? [:]
          entry[part] = value
          keys["scribe"] = .object(entry)
          enc["keys"] = .object(keys)
        }
        #expect(try fault(changed) == .malformed, "\(part.string)")
      }
      var message = samples.message
      message["enc"] = value
      #expect(try fault(message) == .malformed)
    }
    let none = samples.message.changing { $0["keys"] = .object([:]) }
    #expect(try fault(none) == .notForThisAgent)
  }

  @Test("a box for another key, of another's, or with any bit flipped is not opened")
  func boxes() throws {
    func changed(_ part: Text, _ value: JSONValue?) -> JSONObject {
      samples.message.changing { enc in
        var keys = enc["keys"]?.members ?? [:]
        var entry = keys["scribe"]?.members ?? [:]
        entry[part] = value
        keys["scribe"] = .object(entry)
        enc["keys"] = .object(keys)
      }
    }
    #expect(try fault(changed("kid", .string("854f3828a6f0e228"))) == .otherKey)
    let keys = try #require(samples.message["enc"]?.members?["keys"]?.members)
    #expect(try fault(changed("box", keys["forge"]?.members?["box"])) == .badBox)
    let box = try #require(
      keys["scribe"]?.members?["box"]?.text.flatMap { Base64.decode($0) })
    for bit in stride(from: 0, to: box.count * 8, by: 3) {
      // X25519 ignores the highest bit of the fresh public key; but the box's nonce does not.
      var flipped = box
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(try fault(changed("box", .string(Base64.encode(flipped)))) == .badBox, "bit \(bit)")
    }
    // A fresh public key of small order would make the box's key known to all.
    let small = [UInt8](repeating: 0, count: 32) + box[32...]
    #expect(try fault(changed("box", .string(Base64.encode(small)))) == .badBox)
  }

  @Test("what was sealed but is no padded canonical body is not shown")
  func content() throws {
    let deep = #"{"body":"# + String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
    let long = #"{"body":""# + String(repeating: "x", count: 65_535) + #""}"#
    let texts = [
      "", "null", #"{"body":1,"body":2}"#, #"{ "body":1}"#, #"{"body":1}x"#, #"{"Body":1}"#,
      #"{"body":1,"extra":2}"#, #"{"body":01}"#, #"{"body":"\u0061"}"#, deep + "}", long,
      #"{"body":"\#u{0}"}"#, "\u{FEFF}{\"body\":1}",
    ]
    for text in texts {
      let message = try samples.sealed(plain: Array(text.utf8), for: ["scribe"])
      #expect(try fault(message) == .badContent, "\(text.prefix(40))")
    }
    let invalid = try samples.sealed(
      plain: Array(#"{"body":""#.utf8) + [0xFF, 0x22, 0x7D], for: ["scribe"])
    #expect(try fault(invalid) == .badContent)
    for count in [256, 512] {
      let bare = try samples.sealed(
        plain: [UInt8](repeating: 0x20, count: count), for: ["scribe"], isPadded: false)
      #expect(try fault(bare) == .badContent)
    }
    let good = try samples.sealed(plain: Array(#"{"body":1}"#.utf8), for: ["scribe"])
    #expect(try samples.opened(good, as: "scribe") == .success(.integer(1)))
  }
}
