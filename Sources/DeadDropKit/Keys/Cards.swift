import Host
package import Identity
package import Protocol
package import Wire
package import WireFormat

/// What an agent says of itself.
extension Session {
  /// A longer name, host or address is no help to anybody.
  package static let cardTextLimit = 256

  /// Signs a card with these changes and puts it in the place of the newest one.
  package mutating func publishCard(_ change: CardChange) throws(KitError) -> Receipt {
    for text in [change.name, change.host, change.url].compactMap({ $0 }) {
      guard text.utf8.count <= Self.cardTextLimit else {
        throw .cardText("\(text.utf8.count) bytes; \(Self.cardTextLimit) is the most")
      }
    }
    if let url = change.url?.string, !url.isEmpty {
      let isWeb = url.hasPrefix("https://") || url.hasPrefix("http://")
      guard isWeb, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw .cardText("\(url) is no http or https address")
      }
    }
    if let until = change.validUntil, let until, until <= now() {
      throw .cardText("the card would have expired at \(until.string)")
    }
    return try append(try cardDraft(change))
  }

  /// The newest card of a member, and whether its key is no longer good by this agent's clock.
  package mutating func card(
    of member: Handle
  ) throws(KitError) -> (record: WireState.CardRecord, expiredAt: Timestamp?) {
    guard let record = try wireState().newestCards[member] else {
      throw log(of: member) == nil ? .notRecipients([member]) : .noCard(member)
    }
    return (record, Card.expiry(of: record.card).flatMap { $0 <= now() ? $0 : nil })
  }

  /// A card message by the key that the own chain goes on with.
  func cardDraft(_ change: CardChange = CardChange(), proof: Invite? = nil) throws(KitError)
    -> Draft
  {
    let key = try signingKey()
    return try cardDraft(change, with: key, proof: proof)
  }

  /// The same by the key that the log asks for.
  func cardDraft(
    _ change: CardChange = CardChange(), with key: borrowing SigningKey, proof: Invite? = nil
  ) throws(KitError) -> Draft {
    let pk = key.publicKey.bytes
    let previous = try ownCard()
    let sealKey = try sealKey(beside: pk, previous)
    let time = now()
    var details = previous.map(CardDetails.init) ?? CardDetails(name: Text(handle.name))
    details.apply(change, at: time)
    if let previous { details.retire(keysOf: previous, besides: pk, handle, at: time) }
    let card = Card.make(
      handle: handle, details, signingKey: key, sealKey: sealKey, issuedAt: time)
    var body: JSONObject = ["card": .object(card)]
    if let proof {
      let value = InviteProof.make(
        secret: proof.secret, wire: genesis.id, handle: handle, pk: pk, card: card)
      body["invite_proof"] = .string(value.hex)
    }
    return Draft(.agentCard, subject: "card", body: .object(body))
  }

  /// The newest own card, as far as the own chain was read.
  private func ownCard() throws(KitError) -> JSONObject? {
    guard reader.store.records[handle]?.head.seq ?? 0 > 0 else { return nil }
    var reader = reader
    let now = try KitError.liftingWire { () throws(WireError) in try reader.current(state) }
    return now.newestCards[handle]?.card
  }

  /// The sealing key that goes with a signing key: the one made with it, else the one published.
  private func sealKey(beside pk: Bytes32, _ previous: JSONObject?) throws(KitError) -> Bytes32 {
    if let change = try KeyChange.load(state), change.pk == pk { return change.sealKey }
    let store = KeyStore(places)
    if let held = previous.flatMap(Card.sealKey),
      let key = try store.sealingKey(handle, for: held)
    {
      return key.publicBytes
    }
    return try store.ensureSealingKey(handle)
  }
}
