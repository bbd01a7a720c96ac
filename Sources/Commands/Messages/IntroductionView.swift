import DeadDropKit
import Wire
import WireFormat

/// A first step of a peer whose key is not verified, in deaddrop's own words: none is the peer's.
enum IntroductionView {
  static func answer(_ line: ShownLine) -> ReportItem? {
    guard let message = line.message else { return nil }
    let id = String(message.eventID.hex.prefix(MessageView.shownDigits))
    let time = String(message.timestamp.string.prefix(19)) + "Z"
    let tier = TrustStore.Tier.untrusted.rawValue
    return .answer(
      ["\(id, .faint) \(message.from, .strong) \(message.type.word) \(time, .faint) \(tier, .bad)"],
      json: [
        "event_id": .string(message.eventID.hex), "seq": .integer(line.seq),
        "from": .string(message.from.name), "type": .string(message.type.word),
        "kind": .integer(message.kind), "timestamp": .string(message.timestamp.string),
        "tier": .string(tier),
      ])
  }
}
