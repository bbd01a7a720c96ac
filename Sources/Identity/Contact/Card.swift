package import WireFormat

/// What an agent says of itself, signed by the key that it names.
///
/// Source: PROTOCOL.md, "Cards, invites, first keys".
package enum Card {
  /// The types that this version acts on or shows, as our cards tell them.
  package static let understoodTypes: [MessageType] = [
    .decision, .heartbeat, .ship, .warning, .request, .feedback, .incident, .ack, .decline,
    .proposal, .correction, .keyAdd, .introduce, .agentCard,
  ]

  /// A signed v3.2 card; the key is valid from the moment of issue.
  package static func make(
    handle: Handle, name: String, signingKey: borrowing SigningKey, sealKey: Bytes32,
    issuedAt: Timestamp, validUntil: Timestamp? = nil,
    capabilities: [String] = understoodTypes.map(\.word),
    supportedKinds: [Int] = understoodTypes.map(\.kind)
  ) -> JSONObject {
    var details = CardDetails(name: Text(name))
    details.validUntil = validUntil
    (details.capabilities, details.supportedKinds) = (capabilities, supportedKinds)
    return make(
      handle: handle, details, signingKey: signingKey, sealKey: sealKey, issuedAt: issuedAt)
  }

  /// The same with all that an agent may say of itself.
  package static func make(
    handle: Handle, _ details: CardDetails, signingKey: borrowing SigningKey, sealKey: Bytes32,
    issuedAt: Timestamp
  ) -> JSONObject {
    let pk = signingKey.publicKey
    let entry: JSONObject = [
      "key": .string(Base64.encode(pk.bytes.bytes)),
      "valid_from": .string((details.validFrom ?? issuedAt).string),
      "valid_until": details.validUntil.map { .string($0.string) } ?? .null,
    ]
    var card: JSONObject = [
      "agent_card_url": .string(details.url), "capabilities": .strings(details.capabilities),
      "did": .string(handle.did), "handle": .string(handle.name), "host": .string(details.host),
      "issued_at": .string(issuedAt.string), "name": .string(details.name),
      "old_verify_keys": .object(details.oldKeys), "pk": .string(pk.bytes.hex),
      "policies": .object(policies), "schema_version": .string("v3.2"),
      "seal_key": .string(sealKey.hex),
      "supported_kinds": .array(details.supportedKinds.map { .integer($0) }),
      "verify_keys": .object([entryName(of: pk.bytes, for: handle): .object(entry)]),
    ]
    let signature = signingKey.sign(CanonicalWriter.bytes(of: card))
    card["signature"] = .string(Base64.encode(signature))
    return card
  }

  /// When the card's own key ceases to be good; nil for never, or where the card names no such time.
  package static func expiry(of card: JSONObject) -> Timestamp? {
    guard let pk = card["pk"]?.text else { return nil }
    let entries = card["verify_keys"]?.members?.members ?? []
    let bytes = Bytes32(hex: pk).map { Text(Base64.encode($0.bytes)) }
    let own = entries.first { bytes != nil && $0.value.members?["key"]?.text == bytes }
    return own?.value.members?["valid_until"]?.text.flatMap(Timestamp.init)
  }

  static func entryName(of pk: Bytes32, for handle: Handle) -> Text {
    Text("ed25519:" + PublicKey.keyID(of: pk, for: handle.name))
  }

  private static let policies: JSONObject = [
    "max_clock_skew_seconds": .integer(300), "max_message_body_kb": .integer(64),
    "rate_limit_msg_per_min": .integer(60),
  ]

  /// The X25519 key that the card offers; nil when it is none.
  package static func sealKey(of card: JSONObject) -> Bytes32? {
    card["seal_key"]?.text.flatMap(Bytes32.init(hex:))
  }

  /// Checks a v3.2 card against the sender and `pk` of the message that carries it.
  ///
  /// The key is judged by its signature alone: whether it may be taken is asked of
  /// `PublicKey(checking:)`. Throws the first fault in the order of `CardFault`'s cases.
  package static func check(
    _ card: JSONObject, handle: Handle, pk: Bytes32
  ) throws(CardFault) {
    guard card["did"]?.text == Text(handle.did), card["handle"]?.text == Text(handle.name) else {
      throw .otherHandle
    }
    guard card["pk"]?.text == Text(pk.hex) else { throw .otherKey }
    let entryName = entryName(of: pk, for: handle)
    guard let entry = card["verify_keys"]?.members?[entryName]?.members,
      entry["key"]?.text == Text(Base64.encode(pk.bytes))
    else { throw .otherKey }
    guard card["issued_at"]?.text.flatMap(Timestamp.init) != nil, datesHold(entry) else {
      throw .badDates
    }
    guard isSigned(card, by: pk) else { throw .badSignature }
  }

  /// Whether the span of a key begins with a date and ends after it, or never.
  private static func datesHold(_ entry: JSONObject) -> Bool {
    guard let from = entry["valid_from"]?.text.flatMap(Timestamp.init) else { return false }
    if entry["valid_until"] == .null { return true }
    return entry["valid_until"]?.text.flatMap(Timestamp.init).map { $0 > from } ?? false
  }

  /// Whether the signature is over the canonical card without it: over the bytes, not a hash.
  static func isSigned(_ card: JSONObject, by pk: Bytes32) -> Bool {
    guard let signature = card["signature"]?.text.flatMap({ Base64.decode($0) }) else {
      return false
    }
    var unsigned = card
    unsigned["signature"] = nil
    return Ed25519.verifies(signature.span, CanonicalWriter.bytes(of: unsigned).span, by: pk)
  }
}

/// Why a card does not speak for its sender.
package enum CardFault: Error, Equatable, Sendable {
  /// `did` and `handle` are not the sender's, or the card has none.
  case otherHandle
  /// `pk` or the entry of `verify_keys` is not the message's key.
  case otherKey
  case badDates
  case badSignature
}

extension CardFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .otherHandle: "the card names another agent"
    case .otherKey: "the card names another key"
    case .badDates: "the card's dates do not hold"
    case .badSignature: "the card's signature is wrong"
    }
  }
}
