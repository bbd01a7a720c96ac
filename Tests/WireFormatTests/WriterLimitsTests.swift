import Testing
import WireFormat

@Suite("A writer refuses what some reader would")
struct WriterLimitsTests {
  private static func breach(_ body: JSONValue, refs: Int = 0) -> WriterLimits.Breach? {
    let texts = (0..<refs).map { Text("r\($0)") }
    do throws(WriterLimits.Breach) {
      try WriterLimits.check(Draft(.ship, subject: "", body: body, refs: texts))
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "integers beyond 2^53 - 1 are refused at any depth",
    arguments: [
      (.integer(9_007_199_254_740_991), true), (.integer(9_007_199_254_740_992), false),
      (.integer(-9_007_199_254_740_991), true), (.integer(-9_007_199_254_740_992), false),
      (.integer(.max), false), (.integer(.min), false), (.real(1e300), true), (.null, true),
      (.bigInteger(Array("9223372036854775808".utf8)), false),
    ] as [(JSONValue, Bool)])
  func integers(_ value: JSONValue, _ isGood: Bool) {
    let expected: WriterLimits.Breach? = isGood ? nil : .integerTooLarge
    for body in [value, .array([.null, value]), .object(["k": .array([.object(["x": value])])])] {
      #expect(Self.breach(body) == expected)
    }
    #expect(WriterLimits.largestInteger == 1 << 53 - 1)
  }

  @Test("a body of 65,536 bytes is written and one more is not")
  func bodies() {
    let most = JSONValue.string(String(repeating: "x", count: 65_534))
    #expect(Self.breach(most) == nil)
    let more = JSONValue.string(String(repeating: "x", count: 65_535))
    #expect(Self.breach(more) == .bodyTooLarge(byteCount: 65_537))
    let escaped = JSONValue.string(String(repeating: "\u{1}", count: 11_000))
    #expect(Self.breach(escaped) == .bodyTooLarge(byteCount: 66_002))
  }

  @Test("64 refs are written and 65 are not")
  func refs() {
    #expect(Self.breach(.null, refs: 64) == nil)
    #expect(Self.breach(.null, refs: 65) == .tooManyRefs(count: 65))
  }

  @Test("what the writer lets nest, the reader reads", arguments: [true, false])
  func depth(_ isArray: Bool) throws {
    func nested(_ levels: Int) -> JSONValue {
      (1..<levels).reduce(isArray ? .array([]) : .object([:])) { inner, _ in
        isArray ? .array([inner]) : .object(["x": inner])
      }
    }
    func line(_ levels: Int) -> [UInt8] { CanonicalWriter.bytes(of: ["body": nested(levels)]) }
    #expect(Self.breach(nested(63)) == nil && isCanonical(line(63)))
    #expect(refusal(line(63)) == nil)
    #expect(Self.breach(nested(64)) == .tooDeep && !isCanonical(line(64)))
    #expect(refusal(line(64))?.reason == .tooDeep)
  }

  @Test("a line of 262,144 bytes is written and one more is not")
  func lines() throws {
    try WriterLimits.check(line: [UInt8](repeating: 0x20, count: 262_144))
    #expect(throws: WriterLimits.Breach.lineTooLarge(byteCount: 262_145)) {
      try WriterLimits.check(line: [UInt8](repeating: 0x20, count: 262_145))
    }
  }

  @Test(
    "each breach says its limit",
    arguments: [
      (.integerTooLarge, "2^53"), (.bodyTooLarge(byteCount: 70_000), "70000"),
      (.tooManyRefs(count: 65), "64"), (.tooDeep, "63"), (.lineTooLarge(byteCount: 7), "262144"),
    ] as [(WriterLimits.Breach, String)])
  func words(_ breach: WriterLimits.Breach, _ part: String) {
    #expect(breach.description.contains(part))
  }
}
