import Host
package import Identity
import Protocol
package import Wire
package import WireFormat

extension Session {
  /// How long an invite is good for.
  package static let inviteSeconds: Int64 = 86_400

  /// Mints an invite for a member that has not joined yet.
  package mutating func invite(_ peer: Handle) throws(KitError) -> Invite {
    try checkIsPeer(peer)
    try checkMayInvite(peer)
    try checkMembership()
    if reader.store.records[peer]?.head.seq ?? 0 > 0 { throw .alreadyJoined(peer) }
    let key = try signingKey()
    guard let secret = Bytes32(SecureRandom.bytes(32)) else {
      throw .identity(.libraryUnavailable)
    }
    let expires = now().adding(seconds: Self.inviteSeconds)
    let lock = try settlingLock()
    defer { try? lock.unlock() }
    var book = try InviteBook.load(state)
    book.add(peer, secret: secret, expires: expires)
    try book.save(state)
    return Invite(
      loc: shared.path, wire: genesis.id, pk: key.publicKey.bytes, from: handle, to: peer,
      secret: secret, expires: expires)
  }
}

/// Brings a newcomer onto a wire by an invite.
package enum Joining {
  package struct Outcome: Sendable {
    package let wire: Bytes32
    package let path: String
    package let handle: Handle
    package let inviter: Handle
    package let receipt: Receipt
  }

  /// Pins the wire and the inviter's key, and writes the newcomer's card with the proof.
  ///
  /// Nothing is written where the invite is expired, used, for another handle, or does not fit the
  /// wire.
  package static func join(
    _ invite: Invite, directory: String?, handle asked: Handle?, in places: PrivatePlaces? = nil
  ) throws(KitError) -> Outcome {
    if let asked, asked != invite.to { throw .inviteForOther(invite.to, asked: asked) }
    let now = Timestamp(microseconds: WallClock.now())
    guard now <= invite.expires else {
      throw .inviteExpired(invite.to, by: invite.from, invite.expires)
    }
    let path = directory ?? invite.loc
    guard path.hasPrefix("/") else { throw .notAbsolute(path) }
    let places = try PrivatePlaces.given(places)
    let shared = try KitError.liftingWire { () throws(WireError) in try SharedDirectory.open(path) }
    let genesis = try KitError.liftingWire { () throws(WireError) in try shared.checkedGenesis() }
    guard genesis.id == invite.wire else {
      throw .wire(.wrongWire(path, expected: invite.wire, found: genesis.id))
    }
    let reading = try KitError.lifting { () throws(HostError) in try WireReading(shared, genesis) }
    // A join that was cut off before the card was written goes on where it was.
    let isKnown = try places.identities(on: genesis.id).contains(invite.to)
    if isKnown, reading.chains[invite.to]?.head.seq ?? 0 > 0 { throw .alreadyJoined(invite.to) }
    try check(invite, against: reading)
    let pk = try KeyStore(places).publicKey(invite.to)
    try checkUnused(invite, by: pk, reading)
    // Two names with one key are one holder with two voices.
    for (other, chain) in reading.chains where other != invite.to {
      if let pk, chain.openingKey == pk || chain.spans.contains(where: { $0.pk == pk }) {
        throw .keyTaken(other)
      }
    }
    _ = try KeyStore(places).ensureSigningKey(invite.to)
    var session = try Session(
      places: places, shared: shared, genesis: genesis, handle: invite.to)
    try session.changeTrust { trust in
      // Its chain is one: whose key it is written with now wrote what older keys signed.
      for span in reading.chains[invite.from]?.spans ?? [] {
        _ = trust.pin(invite.from, span.pk, fromSeq: span.fromSeq, .invite, at: now)
      }
    }
    // Where its log is, only the decision says that added it.
    if session.log(of: invite.to) == nil { _ = try session.catchUp() }
    var receipt = try session.append(
      try session.cardDraft(proof: invite))
    // Who has joined has, and reads all this with the next command.
    do { _ = try session.catchUp() } catch {
      receipt.notes.append("nothing was read yet: \(error)")
    }
    return Outcome(
      wire: genesis.id, path: path, handle: invite.to, inviter: invite.from, receipt: receipt)
  }

  private static func check(_ invite: Invite, against reading: WireReading) throws(KitError) {
    guard reading.directory.entries[invite.to] != nil else { throw .notRecipients([invite.to]) }
    guard let inviter = reading.chains[invite.from] else {
      throw .inviteMismatch("\(invite.from) is no member of this wire")
    }
    guard inviter.key == invite.pk else {
      throw .inviteMismatch("\(invite.from) writes with another key than the invite names")
    }
  }

  /// An invite is good for one card: a chain that somebody began is not begun again.
  private static func checkUnused(
    _ invite: Invite, by pk: Bytes32?, _ reading: WireReading
  ) throws(KitError) {
    let log = reading.directory.entries[invite.to]?.log ?? ""
    let isFirst = reading.genesis.members.contains { $0.handle == invite.to }
    if !isFirst, let named = reading.directory.entries[invite.to]?.namedKey, named != pk {
      throw .otherKeyDecided(invite.to, named)
    }
    let head = reading.chains[invite.to]?.head ?? .none
    if head.seq > 0, let pk, reading.chains[invite.to]?.key == pk {
      throw .wire(.ownLogAhead(log: log, seq: head.seq, known: 0))
    }
    if let first = reading.chains[invite.to]?.spans.first, first.pk != pk {
      throw .inviteUsed(invite.to, log: log)
    }
    if let named = reading.directory.entries[invite.to]?.namedKey, named != pk {
      throw .inviteUsed(invite.to, log: log)
    }
  }
}
