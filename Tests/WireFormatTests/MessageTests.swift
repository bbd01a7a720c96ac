import Foundation
import Testing
import WireFormat

/// The fault of reading a whole line, envelope and content; nil when there is none.
private func lineFault(_ line: [UInt8]) -> LineFault? {
  do throws(LineFault) {
    let envelope = try Envelope.read(line.span)
    let content = envelope.contentFault(line.span)
    do throws(LineFault) {
      _ = try Message(line.span, envelope)
    } catch {
      // Only a sender that is no handle is found by the message alone.
      #expect(content == error || content == nil && error == .malformed)
      return error
    }
    #expect(content == nil)
    return nil
  } catch {
    return error
  }
}

/// The fault of the line with some fields changed, written canonically again.
private func lineFault(_ line: StoredLog.Line, _ changes: [Text: JSONValue?]) throws -> LineFault? {
  var object = try line.object()
  for (key, value) in changes { object[key] = value }
  return lineFault(CanonicalWriter.bytes(of: object))
}

private struct AuditedWire: Decodable {
  struct Bad: Decodable {
    let file: String
    let line: Int
    let reason: String
  }

  let bad: [Bad]
}

@Suite("A message is the content of its line")
struct MessageTests {
  private static let line = StoredLog.goodLines[1]

  @Test("a good line gives each of its fields", arguments: StoredLog.goodLines)
  func reads(_ line: StoredLog.Line) throws {
    let object = try line.object()
    let envelope = try Envelope.read(line.bytes.span)
    let message = try Message(line.bytes.span, envelope)
    #expect(message.eventID == envelope.eventID && message.place == envelope.place)
    #expect(message.pk == envelope.pk && message.seq == line.number)
    #expect(object["from"] == .string(message.from.name))
    #expect(object["type"] == .string(message.type.word))
    #expect(object["kind"] == .integer(message.kind) && message.type.known?.kind == message.kind)
    #expect(object["timestamp"] == .string(message.timestamp.string))
    #expect(object["subject"] == .string(message.subject) && object["body"] == message.body)
    #expect(object["refs"]?.texts == message.refs)
    #expect(object["priority"] == .string(message.priority.rawValue))
    #expect(object["correlation_id"] == .string(message.correlationID))
    #expect(object["ack_required"] == .bool(message.ackRequired))
    #expect(object["to"] == message.to.value)
    #expect(object["re"] == message.re.map { .string($0.hex) })
    #expect(object["after"] == message.after.map { .strings($0.map(\.hex)) })
    #expect(!message.isSealed)
  }

  @Test("among the good lines are replies and lines to everyone")
  func variety() throws {
    let objects = try StoredLog.goodLines.map { try $0.object() }
    #expect(objects.contains { $0["re"] != nil } && objects.contains { $0["re"] == nil })
    #expect(Set(objects.compactMap { $0["type"]?.text }).count >= 6)
  }

  /// The audit's words for faults that bytes alone show.
  private static let ownFaults: [LineFault] = [
    .malformed, .notCanonical, .kindMismatch, .critUnknown,
  ]

  @Test("each stored line has the fault that the audit expects", arguments: StoredLog.all)
  func stored(_ log: StoredLog) throws {
    let file = "wires/\(log.wire)/expect.json"
    let audit = TestData.load(file, as: AuditedWire.self)
    for (index, line) in log.lines.enumerated() {
      let bad = audit.bad.first { $0.file == log.file && $0.line == index + 1 }
      let fault = bad.flatMap { LineFault(rawValue: $0.reason) }
      let expected = fault.flatMap { Self.ownFaults.contains($0) ? $0 : nil }
      #expect(lineFault(line) == expected, "line \(index + 1)")
    }
  }

  @Test("the stored wires hold each fault that bytes alone show")
  func storedVariety() {
    let faults = Set(StoredLog.all.flatMap(\.lines).compactMap { lineFault($0) })
    #expect(faults == Set(Self.ownFaults))
  }

  @Test(
    "a sender is a handle, bare or as a did",
    arguments: [
      ("forge", "forge"), ("did:wire:forge", "forge"), ("Forge", nil), ("did:web:forge", nil),
      ("did:wire:", nil), ("", nil), ("all", nil), ("a_to_b", nil),
    ])
  func sender(_ from: String, _ handle: String?) throws {
    var object = try Self.line.object()
    object["from"] = .string(from)
    let bytes = CanonicalWriter.bytes(of: object)
    let envelope = try Envelope.read(bytes.span)
    if let handle {
      #expect(try Message(bytes.span, envelope).from.name == handle)
    } else {
      #expect(throws: LineFault.malformed) { try Message(bytes.span, envelope) }
    }
  }

  @Test(
    "a line knows its writer by handle and by did, whole and exact",
    arguments: [
      ("forge", true), ("did:wire:forge", true), ("forge2", false), ("forg", false), ("", false),
      ("did:wire:forge2", false), ("did:wire:did:wire:forge", false), ("Forge", false),
      ("did:wire:", false), ("scribe", false),
    ])
  func isFrom(_ from: String, _ isForge: Bool) throws {
    var object = try Self.line.object()
    object["from"] = .string(from)
    let bytes = CanonicalWriter.bytes(of: object)
    let envelope = try Envelope.read(bytes.span)
    #expect(envelope.isFrom(try Handle("forge"), bytes.span) == isForge)
  }

  @Test(
    "word and number must agree",
    arguments: [
      ("ship", 1200, nil), ("ship", 1201, .kindMismatch), ("memo", 1200, .kindMismatch),
      ("ship", 7, .kindMismatch), ("memo", 7, nil), ("Ship", 1200, .kindMismatch), ("", 0, nil),
    ] as [(String, Int, LineFault?)])
  func kinds(_ word: String, _ kind: Int, _ fault: LineFault?) throws {
    #expect(try lineFault(Self.line, ["type": .string(word), "kind": .integer(kind)]) == fault)
  }

  @Test(
    "a name in crit that is no known field refuses the message",
    arguments: [
      (["seq"], nil), (Field.allCases.map(\.name), nil), (["x"], .critUnknown),
      (["seq", "x"], .critUnknown), (["Seq"], .critUnknown), ([""], .critUnknown),
      (["seq\u{301}"], .critUnknown),
    ] as [([String], LineFault?)])
  func crit(_ names: [String], _ fault: LineFault?) throws {
    #expect(try lineFault(Self.line, ["crit": .strings(names)]) == fault)
  }

  @Test("a crit field that is there but unknown still refuses the message")
  func critPresent() throws {
    let changes: [Text: JSONValue?] = ["crit": .strings(["lease"]), "lease": .integer(1)]
    #expect(try lineFault(Self.line, changes) == .critUnknown)
    #expect(try lineFault(Self.line, ["lease": .integer(1)]) == nil)
  }

  @Test(
    "recipients that are no sorted handles make the message malformed",
    arguments: [
      (["*"], nil), (["forge", "scribe"], nil), ([], .malformed),
      (["scribe", "forge"], .malformed),
      (["forge", "forge"], .malformed), (["*", "forge"], .malformed), (["Forge"], .malformed),
    ] as [([String], LineFault?)])
  func recipients(_ to: [String], _ fault: LineFault?) throws {
    #expect(try lineFault(Self.line, ["to": .strings(to)]) == fault)
    #expect(try lineFault(Self.line, ["to": .array([.integer(1)])]) == .malformed)
  }

  @Test("of several faults the first in the order of checks is said")
  func order() throws {
    var changes: [Text: JSONValue?] = ["to": .strings([])]
    #expect(try lineFault(Self.line, changes) == .malformed)
    changes["crit"] = .strings(["x"])
    #expect(try lineFault(Self.line, changes) == .critUnknown)
    changes["kind"] = .integer(7)
    #expect(try lineFault(Self.line, changes) == .kindMismatch)
    changes["pk"] = .string("x")
    #expect(try lineFault(Self.line, changes) == .malformed)
  }

  @Test("a sealed message has no body; a beat has no seq")
  func sealed() throws {
    var object = try Self.line.object()
    for key: Text in ["body", "seq", "prev"] { object[key] = nil }
    (object["enc"], object["n"]) = (.object(["x": .null]), .integer(3))
    object["after"] = .strings([String(repeating: "1", count: 64)])
    object["subject"] = .string("a\u{0}\"\\\u{1F600}")
    let bytes = CanonicalWriter.bytes(of: object)
    let message = try Message(bytes.span, try Envelope.read(bytes.span))
    #expect(message.isSealed && message.seq == nil && message.place == .beat(n: 3))
    #expect(message.after?.map(\.hex) == [String(repeating: "1", count: 64)])
    #expect(message.subject == "a\u{0}\"\\\u{1F600}")
  }
}
