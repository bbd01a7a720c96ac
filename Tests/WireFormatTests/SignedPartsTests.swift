import Testing
import WireFormat

/// The parts that are signed, joined.
private func signed(_ bytes: [UInt8]) -> [UInt8]? {
  guard let fields = CanonicalScan.fields(of: bytes.span) else { return nil }
  var joined: [UInt8] = []
  fields.forEachSignedPart(of: bytes.span) { joined += bytes[$0] }
  return joined
}

private func withoutUnsigned(_ object: JSONObject) -> JSONObject {
  var object = object
  for key: Text in ["event_id", "public_key_id", "signature"] { object[key] = nil }
  return object
}

@Suite("The signed parts are the canonical form without the unsigned fields")
struct SignedPartsTests {
  @Test("a good line is signed without its three fields", arguments: StoredLog.goodLines)
  func goodLines(_ line: StoredLog.Line) throws {
    let expected = CanonicalWriter.bytes(of: withoutUnsigned(try line.object()))
    #expect(signed(line.bytes) == expected)
    #expect(expected.count < line.bytes.count - 200)
  }

  @Test("the unsigned fields are exactly these")
  func names() {
    #expect(Field.unsigned.map(\.name) == ["event_id", "public_key_id", "signature"])
  }

  /// Each bit says whether a field is there: the three, and one before, between and after them.
  @Test("wherever the three fields stand, and whichever are there", arguments: 0..<128)
  func everyPlace(_ bits: Int) {
    let keys: [Text] = ["event_id", "public_key_id", "signature", "a", "f", "r", "z"]
    var object = JSONObject()
    for (bit, key) in keys.enumerated() where bits >> bit & 1 == 1 { object[key] = .string(key) }
    let bytes = CanonicalWriter.bytes(of: object)
    #expect(signed(bytes) == CanonicalWriter.bytes(of: withoutUnsigned(object)), "\(shown(bytes))")
  }

  @Test("random objects of any keys and values")
  func randomObjects() {
    var random = RandomSource("signed parts")
    let keys: [Text] = [
      "", "event_i", "event_idx", "event_id\0", "Event_id", "public_key", "public_key_ie", "sig",
      "signaturf", "signature\u{301}", "a", "wire", "v", "pk", "\u{10000}", "\"", "\\", "re", ",",
    ]
    for _ in 0..<4_000 {
      var object = JSONObject()
      for key: Text in ["event_id", "public_key_id", "signature"] where !random.once(in: 3) {
        object[key] = Self.value(&random, depth: 0)
      }
      for _ in 0..<random.below(6) { object[random.pick(keys)] = Self.value(&random, depth: 0) }
      let bytes = CanonicalWriter.bytes(of: object)
      let expected = CanonicalWriter.bytes(of: withoutUnsigned(object))
      #expect(signed(bytes) == expected, "seed \(RunSeed.value): \(shown(bytes))")
    }
  }

  private static func value(_ random: inout RandomSource, depth: Int) -> JSONValue {
    switch random.below(depth < 3 ? 8 : 5) {
    case 0: return .null
    case 1: return .integer(random.int(-9...99))
    case 2: return .string(random.pick(["", ",", "\",\"", "{}", "\"event_id\":1", "\\", "\u{e9}"]))
    case 3: return .bool(random.once(in: 2))
    case 4: return .real(Double(random.below(1000)) / 8)
    case 5: return .array((0..<random.below(3)).map { _ in value(&random, depth: depth + 1) })
    default:
      var object = JSONObject()
      for key: Text in ["event_id", "signature", "public_key_id", ","] where random.once(in: 2) {
        object[key] = value(&random, depth: depth + 1)
      }
      return .object(object)
    }
  }
}
