import Testing
import WireFormat

@Suite("A draft becomes the signed fields of a message")
struct DraftTests {
  private static let ids = (1...4).compactMap { Bytes32([UInt8](repeating: UInt8($0), count: 32)) }
  private static let time = Timestamp(microseconds: 1_795_168_802_015_838)

  private static func object(
    _ draft: Draft, _ place: Envelope.Place = .chain(seq: 3, prev: ids[2])
  ) throws -> JSONObject {
    draft.object(from: try Handle("forge"), pk: ids[0], wire: ids[1], place: place, at: time)
  }

  /// The object with the three unsigned fields, as a line.
  private static func line(_ object: JSONObject) -> [UInt8] {
    var object = object
    object["event_id"] = .string(ids[3].hex)
    object["public_key_id"] = .string("forge:00000000")
    object["signature"] = .string("x")
    return CanonicalWriter.bytes(of: object)
  }

  @Test("a plain draft has these fields and no others")
  func plain() throws {
    let object = try Self.object(Draft(.ship, subject: "built", body: .string("v1")))
    let expected =
      #"{"ack_required":false,"body":"v1","correlation_id":"2026-11-20T10:00:02.015838Z","#
      + #""from":"forge","kind":1200,"pk":"\#(Self.ids[0])","prev":"\#(Self.ids[2])","#
      + #""priority":"medium","refs":[],"seq":3,"subject":"built","#
      + #""timestamp":"2026-11-20T10:00:02.015838Z","to":["*"],"type":"ship","v":1,"#
      + #""wire":"\#(Self.ids[1])"}"#
    #expect(String(decoding: CanonicalWriter.bytes(of: object), as: UTF8.self) == expected)
  }

  @Test("every given part stands in its field")
  func full() throws {
    let (ada, scribe) = (try Handle("ada"), try Handle("scribe"))
    let draft = Draft(
      .proposal, subject: "e\u{301}", body: .object(["text": .string("x")]),
      to: try #require(Recipients([scribe, ada])), priority: .high, refs: ["b", "a"],
      re: Self.ids[3],
      correlationID: "thread", ackRequired: false, after: [Self.ids[2], Self.ids[0]])
    let object = try Self.object(draft)
    #expect(object["to"] == .strings(["ada", "scribe"]))
    #expect(object["priority"] == "high".value && object["refs"] == .strings(["b", "a"]))
    #expect(object["re"] == Self.ids[3].hex.value && object["correlation_id"] == "thread".value)
    #expect(object["ack_required"] == .bool(false) && object["subject"] == "e\u{301}".value)
    #expect(object["after"] == .strings([Self.ids[0].hex, Self.ids[2].hex]))
    #expect(object["body"] == .object(["text": .string("x")]))
  }

  @Test("only a proposal wants an ack unless told otherwise", arguments: MessageType.allCases)
  func acks(_ type: MessageType) throws {
    let draft = Draft(type, subject: "", body: .null)
    #expect(draft.ackRequired == (type == .proposal))
    let object = try Self.object(draft)
    #expect(object["type"] == type.word.value && object["kind"] == .integer(type.kind))
    let told = Draft(type, subject: "", body: .null, ackRequired: true)
    #expect(try Self.object(told)["ack_required"] == .bool(true))
  }

  @Test("a finished draft reads back as the same message", arguments: MessageType.allCases)
  func readsBack(_ type: MessageType) throws {
    let draft = Draft(
      type, subject: "s\n",
      body: .array([.real(1), .bigInteger(Array("99999999999999999999".utf8))]),
      to: try #require(Recipients([try Handle("ada")])), priority: .low, refs: ["git:0"],
      re: Self.ids[1],
      correlationID: "c", after: [Self.ids[1]])
    let line = Self.line(try Self.object(draft))
    let envelope = try Envelope.read(line.span)
    let message = try Message(line.span, envelope)
    #expect(envelope.wire == Self.ids[1] && message.pk == Self.ids[0] && message.kind == type.kind)
    #expect(message.place == .chain(seq: 3, prev: Self.ids[2]))
    #expect(message.type == .known(type) && message.from.name == "forge")
    #expect(message.subject == draft.subject && message.body == draft.body)
    #expect(message.to == draft.to && message.priority == draft.priority)
    #expect(message.refs == draft.refs && message.re == draft.re && message.after == draft.after)
    #expect(message.correlationID == "c" && message.ackRequired == draft.ackRequired)
    #expect(message.timestamp == Self.time && message.eventID == Self.ids[3])
  }

  @Test("a beat has a counter and no place in a chain")
  func beat() throws {
    let object = try Self.object(Draft(.heartbeat, subject: "", body: .object([:])), .beat(n: 9))
    #expect(object["n"] == .integer(9) && object["seq"] == nil && object["prev"] == nil)
    let line = Self.line(object)
    #expect(try Envelope.read(line.span).place == .beat(n: 9))
  }
}

extension String {
  fileprivate var value: JSONValue { .string(self) }
}
