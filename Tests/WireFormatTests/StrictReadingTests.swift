import Foundation
import Testing
import WireFormat

struct RejectCase: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  let line: Data

  enum CodingKeys: String, CodingKey {
    case name
    case line = "line_b64"
  }

  var testDescription: String { name }

  static let all = TestData.load("reject.json", as: [RejectCase].self)
}

@Suite("Strict reading refuses with a reason and a place")
struct StrictReadingTests {
  /// What PROTOCOL.md's table says of each vector: the word, and the byte at which it shows.
  private static let verdicts: [String: (Malformation.Reason, Int)] = [
    "not-json": (.notAnObject, 0), "empty-object-trailing": (.trailingBytes, 3),
    "two-objects": (.trailingBytes, 2), "array": (.notAnObject, 0), "string": (.notAnObject, 0),
    "number": (.notAnObject, 0), "null": (.notAnObject, 0), "truncated": (.truncated, 6),
    "truncated-string": (.truncated, 7), "trailing-comma": (.unexpectedByte, 7),
    "array-trailing-comma": (.unexpectedByte, 8), "single-quotes": (.unexpectedByte, 1),
    "unquoted-key": (.unexpectedByte, 1), "comment": (.unexpectedByte, 6),
    "duplicate-key": (.duplicateKey, 7), "duplicate-key-escaped": (.duplicateKey, 7),
    "duplicate-nested": (.duplicateKey, 12), "nan": (.unexpectedByte, 5),
    "infinity": (.unexpectedByte, 5), "minus-infinity": (.badNumber, 5),
    "overflow": (.numberOverflow, 5), "leading-zero": (.badNumber, 5),
    "leading-plus": (.unexpectedByte, 5), "bare-point": (.badNumber, 5),
    "point-first": (.unexpectedByte, 5), "hex": (.unexpectedByte, 6), "bare-minus": (.badNumber, 5),
    "exp-empty": (.badNumber, 5), "lone-high": (.loneSurrogate, 6),
    "lone-low": (.loneSurrogate, 6), "reversed-pair": (.loneSurrogate, 6),
    "high-then-char": (.loneSurrogate, 6), "lone-in-key": (.loneSurrogate, 2),
    "bad-escape": (.badEscape, 6), "short-escape": (.badEscape, 6),
    "raw-newline": (.controlCharacter, 7), "raw-tab": (.controlCharacter, 7),
    "raw-nul": (.controlCharacter, 7), "nul-after": (.trailingBytes, 7), "bom": (.notAnObject, 0),
    "invalid-utf8": (.invalidUTF8, 6), "overlong-utf8": (.invalidUTF8, 6),
    "surrogate-utf8": (.invalidUTF8, 6), "beyond-utf8": (.invalidUTF8, 6),
    "cut-utf8": (.invalidUTF8, 6), "literal-case": (.unexpectedByte, 5),
    "form-feed-space": (.unexpectedByte, 1), "nbsp-space": (.unexpectedByte, 1),
    "deep": (.tooDeep, 68), "deep-object": (.tooDeep, 320),
    "colon-missing": (.unexpectedByte, 5), "comma-missing": (.unexpectedByte, 7),
    "key-number": (.unexpectedByte, 1), "stray-close": (.trailingBytes, 7),
    "huge-int": (.integerTooLong, 5),
  ]

  @Test("a bad line is refused, with its reason, at its byte", arguments: RejectCase.all)
  func refuses(_ vector: RejectCase) throws {
    let fault = try #require(refusal(Array(vector.line)))
    let (reason, offset) = try #require(Self.verdicts[vector.name])
    #expect(fault == Malformation(reason, at: offset))
    #expect((0...vector.line.count).contains(fault.offset))
  }

  @Test("the scan refuses every bad line", arguments: RejectCase.all)
  func scanRefuses(_ vector: RejectCase) {
    #expect(!isCanonical(Array(vector.line)))
  }

  @Test("a bad line is refused however much space surrounds it", arguments: RejectCase.all)
  func padded(_ vector: RejectCase) {
    let space = [UInt8](repeating: 0x20, count: 5)
    #expect(refusal(space + Array(vector.line)) != nil)
    #expect(refusal(Array(vector.line) + space) != nil)
  }

  @Test("an empty line is truncated")
  func empty() {
    #expect(refusal([]) == Malformation(.truncated, at: 0))
    #expect(refusal([0x20, 0x0A]) == Malformation(.truncated, at: 2))
    #expect(!isCanonical([]) && !isCanonical([0x7B]) && isCanonical([0x7B, 0x7D]))
  }

  @Test("a line of 262,144 bytes is read and one more is too long")
  func size() throws {
    let frame = Array(#"{"x":""}"#.utf8)
    let fill = ReaderLimits.lineByteCount - frame.count
    func line(_ count: Int) -> [UInt8] {
      frame[..<6] + [UInt8](repeating: 0x61, count: count) + frame[6...]
    }
    #expect(ReaderLimits.lineByteCount == 262_144)
    #expect(refusal(line(fill)) == nil && isCanonical(line(fill)))
    #expect(refusal(line(fill + 1)) == Malformation(.tooLong, at: 262_144))
    #expect(!isCanonical(line(fill + 1)))
  }

  @Test("64 levels are read and 65 are too deep", arguments: ["[]", "{}", "mixed"])
  func depth(_ kind: String) {
    func nested(_ levels: Int) -> [UInt8] {
      var (open, close) = (#"{"x":"#, "}")
      for level in 2...levels {
        let array = kind == "[]" || kind == "mixed" && level % 2 == 0
        let last = level == levels
        open += array ? "[" : last ? "{" : #"{"x":"#
        close = (array ? "]" : "}") + close
      }
      return Array((open + close).utf8)
    }
    #expect(refusal(nested(64)) == nil && isCanonical(nested(64)))
    #expect(refusal(nested(65))?.reason == .tooDeep && !isCanonical(nested(65)))
  }

  @Test("an integer of 4,300 digits is read and one of 4,301 is too long", arguments: ["", "-"])
  func integerDigits(_ sign: String) throws {
    func line(_ count: Int) -> [UInt8] {
      Array("{\"x\":\(sign)\(String(repeating: "7", count: count))}".utf8)
    }
    let object = try JSONParser.object(line(4300))
    #expect(CanonicalWriter.bytes(of: object) == line(4300) && isCanonical(line(4300)))
    #expect(refusal(line(4301)) == Malformation(.integerTooLong, at: 5))
    #expect(!isCanonical(line(4301)))
  }

  @Test("any bytes at all are refused inside their bounds or read")
  func garbage() {
    var random = RandomSource("garbage")
    for _ in 0..<20_000 {
      let bytes = Array("{\"".utf8) + random.bytes(random.below(24))
      guard let fault = refusal(bytes) else { continue }
      #expect((0...bytes.count).contains(fault.offset), "\(shown(bytes)) seed \(RunSeed.value)")
    }
  }

  @Test("a value of any shape is read on its own, one level down")
  func anyValue() throws {
    #expect(
      try JSONParser.value(Array(" [1, \"x\"] ".utf8)) == .array([.integer(1), .string("x")]))
    #expect(try JSONParser.value(Array("-0".utf8)) == .integer(0))
    let brackets = { (count: Int) in
      [UInt8](repeating: 0x5B, count: count) + [UInt8](repeating: 0x5D, count: count)
    }
    #expect(throws: Never.self) { try JSONParser.value(brackets(63)) }
    #expect(throws: Malformation(.tooDeep, at: 63)) { try JSONParser.value(brackets(64)) }
    #expect(throws: Malformation(.trailingBytes, at: 2)) { try JSONParser.value(Array("1 2".utf8)) }
    #expect(throws: Malformation(.truncated, at: 0)) { try JSONParser.value([]) }
  }
}
