import Identity
import Testing
import WireFormat

@Suite("signatures of v3.2 lines")
struct LineSignatureTests {
  static let forge = try? Handle("forge")

  @Test("a signed line is canonical, and holds", arguments: 1...20)
  func signs(number: Int) throws {
    let forge = try #require(Self.forge)
    let line = try Samples.line(number, from: forge)
    let pk = try Samples.key(number).publicKey.bytes
    let isCanonical = CanonicalScan.fields(of: line.span) != nil
    #expect(isCanonical)
    #expect(LineCheck(line, from: forge) == .holds(pk: pk))
    #expect(LineCheck(line, from: try Handle("scribe")) == .refused(.badSignature))
  }

  @Test("signing again changes nothing")
  func signsAgain() throws {
    let forge = try #require(Self.forge)
    let line = try Samples.line(3, from: forge)
    let again = LineSignature.sign(
      try JSONParser.object(line), as: forge, with: try Samples.key(3))
    #expect(again == line)
  }

  @Test("every single-bit flip of a valid line is refused", arguments: 1...20)
  func flips(number: Int) throws {
    let forge = try #require(Self.forge)
    var line = try Samples.line(number, from: forge)
    var taken: [(byte: Int, bit: Int)] = []
    for byte in line.indices {
      for bit in 0..<8 {
        line[byte] ^= 1 << bit
        if case .holds = LineCheck(line, from: forge) { taken.append((byte, bit)) }
        line[byte] ^= 1 << bit
      }
    }
    #expect(taken.isEmpty)
    #expect(LineCheck(line, from: forge) != .refused(.badSignature), "unchanged it holds")
  }

  @Test(
    "stored logs hold as their expectation says",
    arguments: ["forge_to_scribe", "scribe_to_forge"])
  func goodLines(log: String) throws {
    let handle = try Handle(String(log.prefix { $0 != "_" }))
    for line in try Vectors.lines("wires/good/_coordination/\(log).jsonl") {
      let envelope = try Envelope.read(line.span)
      #expect(LineCheck(line, from: handle) == .holds(pk: envelope.pk))
      let keyID = LineSignature.keyID(of: envelope.pk, for: handle)
      let holds = LineSignature.holds(line.span, envelope, keyID: keyID)
      #expect(holds)
    }
  }

  @Test("the line that a vector names for its signature is the only one refused for it")
  func badSignature() throws {
    let expected = try Vectors.load("wires/bad-signature/expect.json").list("bad").map {
      ($0.members?["file"]?.text?.string, $0.members?["line"]?.int)
    }
    var found: [(String?, Int?)] = []
    for log in ["forge_to_scribe", "scribe_to_forge"] {
      let handle = try Handle(String(log.prefix { $0 != "_" }))
      let lines = try Vectors.lines("wires/bad-signature/_coordination/\(log).jsonl")
      for (index, line) in lines.enumerated()
      where LineCheck(line, from: handle) == .refused(.badSignature) {
        found.append(("\(log).jsonl", index + 1))
      }
    }
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { one in expected.contains { $0 == one } })
  }

  @Test(
    "a key id that is not what sender and key give is refused",
    arguments: ["", "forge", "forge:0000000", "forge:00000000", "forgE", "scribe", "x\u{7f}"])
  func keyID(text: String) throws {
    let forge = try #require(Self.forge)
    let key = try Samples.key(1)
    let good = try JSONParser.object(Samples.line(1, from: forge))
    var object = good
    object["public_key_id"] = .string(text)
    let line = CanonicalWriter.bytes(of: object)
    let envelope = try Envelope.read(line.span)
    let holds = LineSignature.keyIDHolds(line.span, envelope, from: forge)
    #expect(!holds)
    #expect(LineCheck(line, from: forge) == .refused(.badSignature))
    let right = CanonicalWriter.bytes(of: good)
    let rightHolds = LineSignature.keyIDHolds(
      right.span, try Envelope.read(right.span), from: forge)
    #expect(rightHolds)
    #expect(good["public_key_id"]?.text?.string == key.publicKey.keyID(for: "forge"))
  }

  @Test("a signature in another spelling is refused")
  func spelling() throws {
    let forge = try #require(Self.forge)
    var object = try JSONParser.object(Samples.line(1, from: forge))
    let text = try #require(object["signature"]?.text?.string)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    let stem = String(text.dropLast(3))
    var taken = 0
    for character in alphabet {
      object["signature"] = .string(stem + String(character) + "==")
      let line = CanonicalWriter.bytes(of: object)
      if case .holds = LineCheck(line, from: forge) { taken += 1 }
    }
    #expect(taken == 1)
    for other in ["", "=", stem, text + "=", text + "\n", " " + text, String(text.dropLast())] {
      object["signature"] = .string(other)
      let line = CanonicalWriter.bytes(of: object)
      #expect(LineCheck(line, from: forge) == .refused(.badSignature))
    }
  }

  @Test("any bytes may stand as the key", arguments: Ed25519Tests.refused)
  func anyKey(name: String, hex: String) throws {
    let forge = try #require(Self.forge)
    let key = try Samples.key(1)
    let line = LineSignature.sign(
      Samples.object(1, from: forge, pk: try bytes32(hex)), as: forge, with: key)
    #expect(LineCheck(line, from: forge) == .refused(.badSignature))
  }

  @Test("the operator's signature holds for one id and one key")
  func operatorSignature() throws {
    let key = try Samples.key(1)
    let other = try Samples.key(2)
    let id = SHA256Hasher.hash([1])
    let signature = Text(OperatorSignature.make(over: id, with: key))
    let (pk, otherPK) = (key.publicKey.bytes, other.publicKey.bytes)
    #expect(OperatorSignature.holds(pk: pk, signature: signature, over: id))
    #expect(!OperatorSignature.holds(pk: otherPK, signature: signature, over: id))
    #expect(!OperatorSignature.holds(pk: pk, signature: signature, over: .zero))
    #expect(!OperatorSignature.holds(pk: pk, signature: "", over: id))
    let mixed: Text =
      "yaP4aq5GXw5WUThkUQ85l1YfosnoXqIdwikjCfPNYCKQJUNC//j9k4MBVkD2RVn0ePPv+5EwPx2htQKU65YZAA=="
    let mixedKey = try bytes32(Samples.mixedKey)
    #expect(!OperatorSignature.holds(pk: mixedKey, signature: mixed, over: .zero))
  }
}
