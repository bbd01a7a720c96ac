package import WireFormat

/// What a card says beside its holder's handle and keys.
package struct CardDetails: Equatable, Sendable {
  /// For people.
  package var name: Text
  package var host: Text = ""
  package var url: Text = ""
  /// From when on the key is good; nil for the moment of issue.
  package var validFrom: Timestamp?
  /// Until when; nil for always.
  package var validUntil: Timestamp?
  /// Keys of the past, in the shape of `verify_keys`.
  package private(set) var oldKeys: JSONObject = [:]
  package var capabilities: [String] = Card.understoodTypes.map(\.word)
  package var supportedKinds: [Int] = Card.understoodTypes.map(\.kind)

  package init(name: Text) { self.name = name }

  /// What an earlier card says; its capabilities are those of the program that made it.
  package init(_ card: JSONObject) {
    name = card["name"]?.text ?? ""
    host = card["host"]?.text ?? ""
    url = card["agent_card_url"]?.text ?? ""
    oldKeys = card["old_verify_keys"]?.members ?? [:]
    validUntil = Card.expiry(of: card)
  }

  /// Takes over what is to change; an expiry that has passed is not carried on.
  package mutating func apply(_ change: CardChange, at time: Timestamp) {
    name = change.name ?? name
    host = change.host ?? host
    url = change.url ?? url
    if let until = validUntil, until <= time { validUntil = nil }
    if let until = change.validUntil { validUntil = until }
  }

  /// Keeps the span of the key where it stays, and the other keys of a card as ones of the past.
  package mutating func retire(
    keysOf card: JSONObject, besides pk: Bytes32, _ handle: Handle, at time: Timestamp
  ) {
    let own = Card.entryName(of: pk, for: handle)
    for entry in card["verify_keys"]?.members?.members ?? [] {
      guard var span = entry.value.members else { continue }
      let from = span["valid_from"]?.text.flatMap(Timestamp.init)
      if entry.key == own {
        if let from, validUntil.map({ $0 > from }) ?? true { validFrom = from }
        continue
      }
      let until = span["valid_until"]?.text.flatMap(Timestamp.init)
      if until.map({ $0 > time }) ?? true { span["valid_until"] = .string(time.string) }
      oldKeys[entry.key] = .object(span)
    }
  }
}

/// What of a card is to be another; nil leaves it as it is.
package struct CardChange: Equatable, Sendable {
  package var name: Text?
  package var host: Text?
  package var url: Text?
  /// `.some(nil)` takes an expiry away.
  package var validUntil: Timestamp??

  package init() {}
}
