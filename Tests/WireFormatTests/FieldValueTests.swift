import Testing
import WireFormat

@Suite("A field of the right type may still hold a wrong value")
struct FieldValueTests {
  private static let line = StoredLog.goodLines[1]

  private static let id = String(repeating: "ab", count: 32)
  private static let zeros = String(repeating: "0", count: 64)

  @Test(
    "an id is 64 lower-case hex digits",
    arguments: [
      .wire, .pk, .eventID, .prev, .re,
    ] as [Field])
  func ids(_ field: Field) throws {
    #expect(try envelopeFault(Self.line, field, .string(Self.id)) == nil)
    let wrong = [
      "", "ab", String(Self.id.dropLast()), Self.id + "a", Self.id.uppercased(),
      "g" + Self.id.dropFirst(), " " + Self.id.dropFirst(), Self.id.dropLast() + "\n",
    ]
    for value in wrong {
      #expect(try envelopeFault(Self.line, field, .string(value)) == .malformed, "\(value)")
    }
  }

  @Test("a version is exactly 1", arguments: [0, 2, 10, 11, -1])
  func version(_ value: Int) throws {
    #expect(try envelopeFault(Self.line, .v, .integer(value)) == .malformed)
  }

  @Test(
    "a seq is a positive integer that a double holds",
    arguments: [
      (1, true), (2, true), (9_007_199_254_740_991, true), (9_007_199_254_740_992, false),
      (9_999_999_999_999_999, false), (.max, false), (0, false), (-1, false), (.min, false),
    ])
  func seq(_ value: Int, _ isGood: Bool) throws {
    var object = try Self.line.object()
    (object["seq"], object["prev"]) = (.integer(value), .string(value == 1 ? Self.zeros : Self.id))
    let fault = envelopeFault(CanonicalWriter.bytes(of: object))
    #expect(fault == (isGood ? nil : .malformed))
  }

  @Test("only zeros stand in prev at seq 1")
  func firstPrev() throws {
    let first = StoredLog.goodLines[0]
    #expect(try envelopeFault(first, .prev, .string(Self.zeros)) == nil)
    #expect(try envelopeFault(first, .prev, .string(Self.id)) == .malformed)
  }

  @Test(
    "a kind is an integer that is not negative",
    arguments: [
      (0, true), (7, true), (9_007_199_254_740_991, true), (9_007_199_254_740_992, false),
      (-1, false), (-1500, false),
    ])
  func kind(_ value: Int, _ isGood: Bool) throws {
    #expect(try envelopeFault(Self.line, .kind, .integer(value)) == (isGood ? nil : .malformed))
  }

  @Test(
    "a priority is low, medium or high",
    arguments: [
      ("low", true), ("medium", true), ("high", true), ("", false), ("High", false),
      ("urgent", false), ("low ", false), ("lo\u{301}w", false), ("low\0", false),
    ])
  func priority(_ value: String, _ isGood: Bool) throws {
    let fault = try envelopeFault(Self.line, .priority, .string(value))
    #expect(fault == (isGood ? nil : .malformed))
  }

  @Test(
    "a timestamp is the exact form",
    arguments: [
      "2026-11-20T10:00:02Z", "2026-02-29T10:00:02.000000Z", "", "2026-11-20T10:00:02.0000000Z",
      "2026-11-20T10:00:02.00000\\nZ", "2026-11-20T10:00:02.000000+00:00",
    ])
  func timestamp(_ value: String) throws {
    #expect(try envelopeFault(Self.line, .timestamp, .string(value)) == .malformed)
    let good = JSONValue.string("2024-02-29T10:00:02.000000Z")
    #expect(try envelopeFault(Self.line, .timestamp, good) == nil)
  }

  @Test("refs are at most 64 strings")
  func refs() throws {
    func refs(_ count: Int) -> JSONValue { .strings((0..<count).map { "src/\($0)" }) }
    for count in [0, 1, 64] { #expect(try envelopeFault(Self.line, .refs, refs(count)) == nil) }
    #expect(try envelopeFault(Self.line, .refs, refs(65)) == .malformed)
    for element: JSONValue in [.null, .integer(1), .strings(["x"]), .object([:])] {
      let mixed = JSONValue.array([.string("x"), element])
      #expect(try envelopeFault(Self.line, .refs, mixed) == .malformed)
    }
  }

  @Test("a body has at most 65,536 canonical bytes")
  func bodySize() throws {
    func body(_ count: Int) -> JSONValue { .string(String(repeating: "x", count: count - 2)) }
    #expect(try envelopeFault(Self.line, .body, body(65_536)) == nil)
    #expect(try envelopeFault(Self.line, .body, body(65_537)) == .malformed)
    let escaped = JSONValue.string(String(repeating: "\n", count: 32_768))
    #expect(try envelopeFault(Self.line, .body, escaped) == .malformed)
  }

  @Test("a message has a body or a sealed one, not both")
  func sealed() throws {
    var object = try Self.line.object()
    object["enc"] = .object([:])
    #expect(envelopeFault(CanonicalWriter.bytes(of: object)) == .malformed)
    object["body"] = nil
    #expect(envelopeFault(CanonicalWriter.bytes(of: object)) == nil)
    object["enc"] = .array([])
    #expect(envelopeFault(CanonicalWriter.bytes(of: object)) == .malformed)
  }

  @Test(
    "crit is a list of at least one string",
    arguments: [
      (#"["seq"]"#, true), (#"["x","y"]"#, true), (#"["x","x"]"#, true), ("[]", false),
      ("[1]", false), (#"["x",null]"#, false), (#""x""#, false),
    ])
  func crit(_ json: String, _ isGood: Bool) throws {
    let value = try JSONParser.value(Array(json.utf8))
    #expect(try envelopeFault(Self.line, .crit, value) == (isGood ? nil : .malformed))
  }

  @Test("after is a sorted list of distinct ids")
  func after() throws {
    let (low, high) = (String(repeating: "0a", count: 32), String(repeating: "f0", count: 32))
    for good in [[low], [high], [low, high]] {
      #expect(try envelopeFault(Self.line, .after, .strings(good)) == nil)
    }
    for bad in [[high, low], [low, low], [low, "x"], [""], [high.uppercased()]] {
      #expect(try envelopeFault(Self.line, .after, .strings(bad)) == .malformed)
    }
    #expect(try envelopeFault(Self.line, .after, .array([.integer(1)])) == .malformed)
  }

  @Test("a beat has a counter in place of seq and prev")
  func beat() throws {
    var object = try Self.line.object()
    object["n"] = .integer(7)
    #expect(envelopeFault(CanonicalWriter.bytes(of: object)) == .malformed)
    object["prev"] = nil
    #expect(envelopeFault(CanonicalWriter.bytes(of: object)) == .malformed)
    object["seq"] = nil
    let beat = CanonicalWriter.bytes(of: object)
    #expect(try Envelope.read(beat.span).place == .beat(n: 7))
    object["prev"] = .string(Self.id)
    #expect(envelopeFault(CanonicalWriter.bytes(of: object)) == .malformed)
    object["prev"] = nil
    for wrong: JSONValue in [.integer(0), .integer(-1), .real(1), .string("1"), .null] {
      object["n"] = wrong
      #expect(envelopeFault(CanonicalWriter.bytes(of: object)) == .malformed)
    }
  }
}
