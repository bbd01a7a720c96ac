import Testing
import WireFormat

/// What reading a line's envelope gives: its fault, or nil.
func envelopeFault(_ line: [UInt8]) -> LineFault? {
  do throws(LineFault) {
    _ = try Envelope.read(line.span)
    return nil
  } catch {
    return error
  }
}

/// The fault of the line with one field changed, written canonically again.
func envelopeFault(_ line: StoredLog.Line, _ field: Field, _ value: JSONValue?) throws -> LineFault?
{
  var object = try line.object()
  object[field.key] = value
  return envelopeFault(CanonicalWriter.bytes(of: object))
}

@Suite("An envelope is read from a canonical line of the right shape")
struct EnvelopeTests {
  @Test("a good line gives its own fields", arguments: StoredLog.goodLines)
  func reads(_ line: StoredLog.Line) throws {
    let object = try line.object()
    let envelope = try Envelope.read(line.bytes.span)
    #expect(object["wire"] == .string(envelope.wire.hex))
    #expect(object["pk"] == .string(envelope.pk.hex))
    #expect(object["event_id"] == .string(envelope.eventID.hex))
    #expect(object["kind"] == .integer(envelope.kind))
    guard case .chain(let seq, let prev) = envelope.place else {
      Issue.record("no place in a chain")
      return
    }
    #expect(seq == line.number && object["seq"] == .integer(seq))
    #expect(object["prev"] == .string(prev.hex))
  }

  @Test("the table of fields says where each value stands", arguments: StoredLog.goodLines)
  func fields(_ line: StoredLog.Line) throws {
    let object = try line.object()
    let envelope = try Envelope.read(line.bytes.span)
    for field in Field.allCases {
      let stored = envelope.fields[field].map { Array(line.bytes[$0]) }
      #expect(stored == object[field.key].map { CanonicalWriter.bytes(of: $0) }, "\(field.name)")
    }
  }

  static let required: [Field] = [
    .v, .wire, .pk, .seq, .prev, .to, .timestamp, .from, .type, .kind, .subject, .refs, .priority,
    .correlationID, .ackRequired, .eventID, .publicKeyID, .signature, .body,
  ]

  @Test("a line without a required field is malformed", arguments: StoredLog.goodLines, required)
  func removed(_ line: StoredLog.Line, _ field: Field) throws {
    #expect(try envelopeFault(line, field, nil) == .malformed)
  }

  private static let strings: Set<Field> = [
    .wire, .pk, .prev, .timestamp, .from, .type, .subject, .priority, .correlationID, .eventID,
    .publicKeyID, .signature, .re,
  ]
  private static let integers: Set<Field> = [.v, .seq, .kind]
  private static let lists: Set<Field> = [.to, .refs, .crit, .after]

  private static func hasType(_ value: JSONValue, of field: Field) -> Bool {
    switch value {
    case .string: strings.contains(field)
    case .integer: integers.contains(field)
    case .array: lists.contains(field)
    case .bool: field == .ackRequired
    case .object: field == .enc
    case .null, .bigInteger, .real: false
    }
  }

  @Test(
    "a field of another type makes the line malformed", arguments: StoredLog.goodLines,
    required.filter { $0 != .body } + [.re, .crit, .after, .enc, .n])
  func retyped(_ line: StoredLog.Line, _ field: Field) throws {
    let values: [JSONValue] = [
      .null, .bool(true), .integer(1), .integer(-1), .real(1), .string("1"), .array([]),
      .object([:]), .bigInteger(Array("99999999999999999999".utf8)),
    ]
    for value in values where !Self.hasType(value, of: field) {
      #expect(try envelopeFault(line, field, value) == .malformed, "\(value)")
    }
  }

  @Test(
    "a body may be any value",
    arguments: [
      .null, .bool(false), .integer(-7), .real(0.5), .string(""), .array([.null]), .object([:]),
      .bigInteger(Array("99999999999999999999".utf8)),
    ] as [JSONValue])
  func body(_ value: JSONValue) throws {
    #expect(try envelopeFault(StoredLog.goodLines[0], .body, value) == nil)
  }

  @Test("a line spelled otherwise is not canonical", arguments: StoredLog.goodLines)
  func respelled(_ line: StoredLog.Line) throws {
    let text = String(decoding: line.bytes, as: UTF8.self)
    let otherSpellings = [
      "{ " + text.dropFirst(), text + " ", " " + text, text + "\n", "\t" + text,
      text.replacing("\"seq\":", with: "\"seq\": ", maxReplacements: 1),
      text.replacing("/", with: "\\/", maxReplacements: 1),
      text.replacing("\"from\"", with: "\"fro\\u006d\"", maxReplacements: 1),
      "{\"v\":1," + text.dropFirst().replacing(",\"v\":1", with: "", maxReplacements: 1),
      text.replacing("-11-20T", with: "-11-20\\u0054", maxReplacements: 1),
    ]
    for other in otherSpellings where other != text {
      #expect(envelopeFault(Array(other.utf8)) == .notCanonical, "\(other)")
    }
    #expect(otherSpellings.count { $0 != text } >= 9)
  }

  @Test(
    "only a message of version 1 can be spelled wrongly",
    arguments: [
      #"{"v": 2}"#, #"{"v": "1"}"#, #"{ }"#, #"{"v": 1.0}"#, #"{"v": true}"#, #"{"v": [1]}"#,
      #"{"v": 10}"#, #"{"x": {"v":1}}"#, #"{"v": 1"#, #"{"v": 1,"v":1}"#, #"[{"v": 1}]"#, "", "{",
    ])
  func otherVersions(_ line: String) {
    #expect(envelopeFault(Array(line.utf8)) == .malformed)
  }

  @Test("a line of version 1 that is spelled wrongly is so whatever it lacks")
  func spelling() {
    #expect(envelopeFault(Array(#"{"v": 1}"#.utf8)) == .notCanonical)
    #expect(envelopeFault(Array(#"{"v":1}"#.utf8)) == .malformed)
  }

  @Test("a genesis is no line of a log", arguments: ["good", "group", "rotated-key"])
  func genesis(_ wire: String) throws {
    let bytes = try TestData.genesis(of: wire)
    #expect(isCanonical(bytes) && envelopeFault(bytes) == .malformed)
  }

  @Test("an unknown field is no fault")
  func unknown() throws {
    var object = try StoredLog.goodLines[0].object()
    for key: Text in ["", "a", "zz", "event_idx", "\u{1F600}"] { object[key] = .null }
    #expect(envelopeFault(CanonicalWriter.bytes(of: object)) == nil)
  }
}
