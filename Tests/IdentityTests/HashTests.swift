import Identity
import Testing
import WireFormat

@Suite("SHA-256 and event ids")
struct HashTests {
  @Test(
    "FIPS 180-4 examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func published(text: String, hash: String) {
    #expect(SHA256Hasher.hash(Array(text.utf8)).hex == hash)
  }

  @Test("pieces, empty ones too, hash as the whole does", arguments: [1, 3, 63, 64, 65, 200])
  func pieces(size: Int) {
    let bytes = (0..<200).map { UInt8($0) }
    var hasher = SHA256Hasher()
    hasher.update([])
    for start in stride(from: 0, to: 200, by: size) {
      hasher.update(bytes.span, in: start..<min(200, start + size))
    }
    #expect(hasher.finish() == SHA256Hasher.hash(bytes))
  }

  @Test("canonical vectors hash as CPython says")
  func canonicalVectors() throws {
    let cases = try Vectors.load("canonical.json").elements ?? []
    #expect(!cases.isEmpty)
    for test in cases {
      let bytes = try #require(Base64.decode(Text(try test.string("canonical_b64"))))
      #expect(SHA256Hasher.hash(bytes).hex == (try test.string("sha256")))
    }
  }

  static let logs = ["forge_to_scribe", "scribe_to_forge"]

  @Test(
    "every good line's id is the hash of its signed part, by line and by object", arguments: logs)
  func goodLines(log: String) throws {
    let lines = try Vectors.lines("wires/good/_coordination/\(log).jsonl")
    #expect(!lines.isEmpty)
    for line in lines {
      let envelope = try Envelope.read(line.span)
      let id = EventID.of(line.span, envelope.fields)
      #expect(id == envelope.eventID)
      #expect(EventID.of(try JSONParser.object(line)) == envelope.eventID)
    }
  }

  @Test("the id does not depend on the three unsigned fields, and does on any other")
  func unsignedFields() {
    let object: JSONObject = ["body": .string("x"), "signed": .bool(true)]
    let id = EventID.of(object)
    for field in Field.unsigned {
      var other = object
      other[field.key] = .string("anything")
      #expect(EventID.of(other) == id)
    }
    var other = object
    other["to"] = .null
    #expect(EventID.of(other) != id)
  }

  @Test("the genesis' id is the wire's id")
  func genesis() throws {
    let lines = try Vectors.lines("wires/good/_coordination/wire.json")
    let object = try JSONParser.object(try #require(lines.first))
    let wire = try Vectors.load("wires/good/expect.json").bytes32("wire")
    #expect(EventID.of(object) == wire)
  }

  @Test("random bytes are as many as asked, and differ")
  func random() {
    #expect(SecureRandom.bytes(0).isEmpty)
    #expect(SecureRandom.bytes(33).count == 33)
    #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
  }
}
