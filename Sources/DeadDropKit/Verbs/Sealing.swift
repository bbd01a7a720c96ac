import Identity
import Protocol
package import Wire
package import WireFormat

/// What keeps a message from being sealed to somebody.
package enum SealObstacle: String, Sendable {
  case noMember = "no member of this wire any more"
  case noCard = "no card with a key to seal to"
  case unverified = "its key is not verified"
  case smallKey = "the key in its card is of small order: everybody could read it"
}

extension Session {
  /// Types of which no machine has to read the body.
  package static let sealableTypes: [MessageType] = [
    .decline, .feedback, .proposal, .request, .ship, .warning,
  ]

  static let sealingNote = "sealed; subject, refs and recipients stay readable"
  static let unsealedNote = "what this answers is sealed, and this is not: all members can read it"

  /// Makes a draft one that its recipients alone can read, and this agent itself.
  ///
  /// Without recipients these are all other members.
  mutating func seal(_ draft: inout Draft) throws(KitError) {
    try checkSealable(draft)
    let now = try wireState()
    let others = now.history.current.members.filter { $0 != handle }
    var recipients = others.sorted()
    if case .handles(let named) = draft.to { recipients = named }
    if draft.type == .proposal {
      let outside = others.filter { !recipients.contains($0) }.sorted()
      guard outside.isEmpty else { throw .sealedFromOwners(outside) }
    }
    for peer in recipients where peer != handle {
      draft.readers[peer] = try sealingKey(of: peer, now)
    }
    let keys = KeyStore(places)
    guard let own = try keys.sealingKey(handle) else {
      throw .noSealingKey(handle, path: keys.sealingPath(handle))
    }
    draft.readers[handle] = own.publicBytes
    // Said one by one: whoever joins later cannot read it.
    draft.to = Recipients(recipients.isEmpty ? [handle] : recipients) ?? draft.to
  }

  /// Refuses what others have to act on without being told what it says.
  private func checkSealable(_ draft: Draft) throws(KitError) {
    guard Self.sealableTypes.contains(draft.type) else {
      throw .notSealable(draft.type, "every agent has to read it")
    }
    let fields = ["domains", "effects", "until"].filter { draft.body.members?[Text($0)] != nil }
    guard draft.type != .proposal || fields.isEmpty else {
      throw .notSealable(
        .proposal, "every agent has to read its \(fields.joined(separator: " and "))")
    }
  }

  /// The key in a peer's newest card, which a verified key of the peer must have signed.
  private func sealingKey(of peer: Handle, _ now: WireState) throws(KitError) -> Bytes32 {
    let history = now.history
    guard history.current.members.contains(peer) else { throw .cannotSeal(to: peer, .noMember) }
    guard let card = now.newestCards[peer], now.canCount(peer, card.seq, under: history),
      let key = Card.sealKey(of: card.card)
    else { throw .cannotSeal(to: peer, .noCard) }
    let head = reader.store.records[peer]?.head.seq ?? card.seq
    guard isTrusted(peer, card.pk, seq: card.seq), isShown(peer, seq: head) else {
      throw .cannotSeal(to: peer, .unverified)
    }
    do {
      return try SealingPublicKey(checking: key).bytes
    } catch {
      if case .badSealingKey = error { throw .cannotSeal(to: peer, .smallKey) }
      throw .identity(error)
    }
  }

  /// The line as this agent may read it: a sealed body opened, or the reason why it stays closed.
  ///
  /// For showing only. State never sees what was sealed, for it is the same for all readers.
  package func opened(_ line: ShownLine) -> ShownLine {
    guard let message = line.message, message.isSealed, message.body == nil else { return line }
    do throws(SealFault) {
      return line.opened(.success(try sealedBody(of: line)))
    } catch {
      return line.opened(.failure(error))
    }
  }

  private func sealedBody(of line: ShownLine) throws(SealFault) -> JSONValue {
    guard let object = try? JSONParser.object(line.bytes) else { throw .malformed }
    let sealed = try SealedBody(of: object)
    let kid = try sealed.kid(of: handle)
    let key: SealingKey?
    do { key = try KeyStore(places).sealingKey(handle, kid: kid) } catch { throw .unavailable }
    guard let key else { throw .otherKey }
    return try sealed.open(as: handle, with: key)
  }
}
