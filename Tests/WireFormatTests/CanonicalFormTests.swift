import Foundation
import Testing
import WireFormat

struct CanonicalCase: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  let text: Data
  let canonical: Data

  enum CodingKeys: String, CodingKey {
    case name
    case text = "text_b64"
    case canonical = "canonical_b64"
  }

  var testDescription: String { name }

  static let all = TestData.load("canonical.json", as: [CanonicalCase].self)
}

@Suite("The canonical form is what CPython writes")
struct CanonicalFormTests {
  @Test("every legal spelling is written as its canonical bytes", arguments: CanonicalCase.all)
  func writes(_ vector: CanonicalCase) throws {
    let object = try JSONParser.object(Array(vector.text))
    #expect(CanonicalWriter.bytes(of: object) == Array(vector.canonical))
    #expect(CanonicalWriter.bytes(of: .object(object)) == Array(vector.canonical))
  }

  @Test("canonical bytes are read as they stand", arguments: CanonicalCase.all)
  func keeps(_ vector: CanonicalCase) throws {
    let object = try JSONParser.object(Array(vector.canonical))
    #expect(CanonicalWriter.bytes(of: object) == Array(vector.canonical))
    #expect(try JSONParser.object(Array(vector.text)) == object)
  }

  @Test("the scan takes canonical bytes and no other spelling", arguments: CanonicalCase.all)
  func scans(_ vector: CanonicalCase) {
    #expect(isCanonical(Array(vector.canonical)))
    #expect(isCanonical(Array(vector.text)) == (vector.text == vector.canonical))
  }

  @Test("the vectors hold spellings that are not canonical")
  func vectorsCanFail() {
    #expect(CanonicalCase.all.count > 100)
    #expect(CanonicalCase.all.count { $0.text != $0.canonical } > 30)
  }

  @Test(
    "a byte added anywhere to canonical bytes is noticed",
    arguments: CanonicalCase.all.filter { $0.canonical.count < 120 }.prefix(20))
  func spaces(_ vector: CanonicalCase) {
    let canonical = Array(vector.canonical)
    for index in 0...canonical.count {
      for byte: UInt8 in [0x20, 0x0A, 0x00, 0x5C, 0x30] {
        let changed = canonical[..<index] + [byte] + canonical[index...]
        let written = (try? JSONParser.object(Array(changed))).map(CanonicalWriter.bytes(of:))
        #expect(isCanonical(Array(changed)) == (written == Array(changed)), "\(shown(changed))")
      }
    }
  }

  @Test(
    "a real is spelled as CPython's repr",
    arguments: [
      ("1E16", "1e+16"), ("9999999999999998.0", "9999999999999998.0"), ("0.00001", "1e-05"),
      ("0.0001", "0.0001"), ("-0.0", "-0.0"), ("0e9", "0.0"), ("100.0", "100.0"), ("1.50", "1.5"),
      ("15e299", "1.5e+300"), ("4.9e-324", "5e-324"), ("1e-400", "0.0"), ("-1e-400", "-0.0"),
      ("17976931348623157e292", "1.7976931348623157e+308"), ("1e15", "1000000000000000.0"),
      ("123456789012345678.0", "1.2345678901234568e+17"), ("-1e22", "-1e+22"),
      ("9007199254740993.0", "9007199254740992.0"), ("0.000123", "0.000123"),
    ])
  func spells(_ text: String, _ spelling: String) throws {
    let line = Array("{\"x\":\(text)}".utf8)
    let object = try JSONParser.object(line)
    #expect(CanonicalWriter.bytes(of: object) == Array("{\"x\":\(spelling)}".utf8))
    let value = try #require(Double(text))
    #expect(String(decoding: JSONNumber.spelling(of: value), as: UTF8.self) == spelling)
    #expect(isCanonical(line) == (text == spelling))
  }

  @Test("keys stand in the order of their bytes, not of UTF-16 units or of their escapes")
  func order() throws {
    let text =
      ##"{"\ud800\udc00":1,"\uffff":2,"\t":3,"!":4,"\u0001":5,"##
      + ##""\"":6,"#":7,"]":8,"\\":9,"[":0}"##
    let object = try JSONParser.object(Array(text.utf8))
    let values = object.members.map(\.value.int)
    #expect(values == [5, 3, 4, 6, 7, 0, 9, 8, 2, 1])
    #expect(isCanonical(CanonicalWriter.bytes(of: object)))
  }

  @Test("of all escapes of a character only the shortest is canonical", arguments: 0..<256)
  func escapes(_ code: Int) throws {
    let short: [Int: Character] = [
      0x08: "b", 0x09: "t", 0x0A: "n", 0x0C: "f", 0x0D: "r", 0x22: "\"", 0x5C: "\\",
    ]
    let digits = (code < 16 ? "0" : "") + String(code, radix: 16)
    let (lower, upper) = ("\\u00\(digits)", "\\u00\(digits.uppercased())")
    let plain = String(Character(Unicode.Scalar(UInt8(code))))
    let needed = short[code].map { "\\\($0)" } ?? (code < 0x20 ? lower : plain)
    for escape in [needed, lower, upper] {
      for text in ["{\"x\":\"\(escape)\"}", "{\"\(escape)\":0}"] {
        let canonical = text.replacing(escape, with: needed)
        #expect(isCanonical(Array(text.utf8)) == (escape == needed), "\(text)")
        let object = try JSONParser.object(Array(text.utf8))
        #expect(CanonicalWriter.bytes(of: object) == Array(canonical.utf8), "\(text)")
      }
    }
  }

  @Test("no normalisation: composed and decomposed keys are two keys")
  func normalisation() throws {
    let text = "{\"e\u{301}\":1,\"\u{e9}\":2}"
    let object = try JSONParser.object(Array(text.utf8))
    #expect(object.members.count == 2)
    #expect(CanonicalWriter.bytes(of: object) == Array(text.utf8))
    #expect(object["e\u{301}"] == .integer(1) && object["\u{e9}"] == .integer(2))
  }
}
