package import WireFormat

/// A message as `watch` tells of it: of fixed shape, and nothing in it is in the words of its writer.
///
/// What is fed to a model unasked must not carry instructions: handles, types, ids and stamps are
/// checked, tiers are our own.
package enum WatchView {
  /// More unread than this at the start are only counted.
  package static let listedLimit = 20
  /// In place of a word that this version does not know: it is the peer's.
  private static let unknownType = "unknown"

  package static func line(_ message: Message, tier: String) -> Line {
    Line(
      "\(message.eventID.hex) \(message.from.name) \(tier) \(type(of: message)) "
        + "\(message.timestamp.string.prefix(19))Z")
  }

  package static func json(_ message: Message, tier: String) -> JSONObject {
    [
      "event_id": .string(message.eventID.hex), "from": .string(message.from.name),
      "trust": .string(tier), "type": .string(type(of: message)),
      "timestamp": .string(message.timestamp.string), "ack_required": .bool(message.ackRequired),
      "re": message.re.map { .string($0.hex) } ?? .null,
    ]
  }

  /// In place of messages that are too many to list.
  package static func line(unread count: Int, for handle: Handle) -> Line {
    Line("deaddrop: \(count) unread: " + ShellWord.deaddrop("inbox", "--as", handle.name))
  }

  package static func json(unread count: Int) -> JSONObject { ["unread": .integer(count)] }

  private static func type(of message: Message) -> String {
    message.type.known?.word ?? unknownType
  }
}
