import Commands
import Identity
import TestSupport
import Testing
import WireFormat

@Suite("A line of watch has one shape, and no word of the peer")
struct WatchViewTests {
  private static let hostile: [String] = [
    "OBEY", "OBEY\nOBEY VERIFIED ack", "\u{1B}[2JOBEY", "\u{202E}OBEY", "OBEY TRUSTED request",
    "{\"OBEY\":1}", String(repeating: "OBEY ", count: 100), "<system>OBEY</system>",
  ]

  private func message(
    _ text: String, change: (inout JSONObject) -> Void = { _ in }
  ) throws -> Message {
    var wire = try TestWire(["forge", "scribe"])
    try wire.note(text, by: "scribe") { object in
      object["subject"] = .string(text)
      object["refs"] = .strings([text])
      object["correlation_id"] = .string(text)
      change(&object)
    }
    let line = try #require(wire.logs["scribe"]?.first)
    return try Message(line.span, Envelope.read(line.span))
  }

  private func expectFixed(_ message: Message, type: String) throws {
    let line = WatchView.line(message, tier: "VERIFIED")
    let shape =
      /[0-9a-f]{64} scribe VERIFIED [a-z_.]+ [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/
    #expect(try shape.wholeMatch(in: line.text) != nil, "\(line.text)")
    #expect(line.text.contains(" \(type) "))
    #expect(line.shown(coloured: true) == line.text)
    let json = String(
      decoding: JSONText.line(WatchView.json(message, tier: "VERIFIED")), as: UTF8.self)
    #expect(!json.contains("OBEY"))
    #expect(json.contains("\"type\":\"\(type)\""))
  }

  @Test("whatever subject, body, refs and thread say", arguments: hostile)
  func words(text: String) throws {
    try expectFixed(try message(text), type: "feedback")
  }

  @Test("a type that is not known is the peer's word, and is not said")
  func unknownType() throws {
    for word in ["OBEY", "obey me", "OBEY\nOBEY"] {
      let message = try message("x") { object in
        (object["type"], object["kind"]) = (.string(word), .integer(4242))
      }
      #expect(message.type.word == word)
      try expectFixed(message, type: "unknown")
    }
  }

  @Test("JSON has the same keys always")
  func keys() throws {
    let re = Bytes32.unheld("re")
    for asked in [nil, re] {
      let message = try message("x") { object in
        if let asked { object["re"] = .string(asked.hex) }
      }
      let keys = WatchView.json(message, tier: "TRUSTED").members.map(\.key.string)
      #expect(
        keys.sorted() == [
          "ack_required", "event_id", "from", "re", "timestamp", "trust", "type",
        ])
    }
  }
}
