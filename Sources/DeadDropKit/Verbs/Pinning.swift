import Host
import Identity
package import Wire
package import WireFormat

/// A peer as `trust list` and `trust show` show it.
package struct PeerTrust: Sendable {
  package let handle: Handle
  package let tier: TrustStore.Tier
  package let pins: [TrustStore.Pin]
  /// The key that its chain is written with now; nil while it has none.
  package let key: Bytes32?
  /// Lines that wait until the key is verified.
  package let heldBackCount: Int
  /// The last line that is believed, where the operator has revoked what follows.
  package let cut: Head?
  /// Lines behind it that no later pin covers.
  package let revokedCount: Int
}

extension Session {
  /// All peers, each with the tier that it has earned by now.
  package mutating func peers() throws(KitError) -> [PeerTrust] {
    let handles = reader.store.records.keys.filter { $0 != handle }.sorted()
    for peer in handles { try attest(peer) }
    return handles.compactMap { peerTrust($0) }
  }

  private func peerTrust(_ peer: Handle) -> PeerTrust? {
    guard let record = reader.store.records[peer] else { return nil }
    let (waiting, revoked) = hiddenCounts(of: peer, record)
    return PeerTrust(
      handle: peer, tier: tier(of: peer), pins: trust.pins[peer] ?? [], key: record.spans.last?.pk,
      heldBackCount: waiting, cut: trust.cut(of: peer), revokedCount: revoked)
  }

  /// How many lines of a chain wait for a pin, and how many were revoked, without reading it again.
  private func hiddenCounts(of peer: Handle, _ record: HeadRecord) -> (waiting: Int, revoked: Int) {
    var (waiting, revoked) = (0, 0)
    for (index, span) in record.spans.enumerated() {
      let end =
        index + 1 < record.spans.count ? record.spans[index + 1].fromSeq - 1 : record.head.seq
      guard span.fromSeq <= end else { continue }
      // Within one span belief changes at the cut and nowhere else.
      let cut = trust.cut(of: peer)?.seq ?? end
      for part in [(span.fromSeq, min(end, cut)), (max(span.fromSeq, cut + 1), end)]
      where part.0 <= part.1 {
        let count = part.1 - part.0 + 1
        if isRevoked(peer, span.pk, seq: part.0) {
          revoked += count
        } else if !isTrusted(peer, span.pk, seq: part.0) {
          waiting += count
        }
      }
    }
    return (waiting, revoked)
  }

  /// Takes the operator's word that this is the peer's key: full hex, or the 60 digits compared.
  ///
  /// Only a key that the peer's chain is written with can be pinned; all that it wrote is then
  /// shown.
  package mutating func pin(_ peer: Handle, _ proof: PinProof) throws(KitError) -> CatchUp {
    try checkIsPeer(peer)
    guard let record = reader.store.records[peer], let span = record.spans.last else {
      throw .noCard(peer)
    }
    switch proof {
    case .key(let pk):
      guard pk == span.pk else { throw .otherKey(peer, span.pk) }
    case .fingerprint(let digits):
      guard try digits == fingerprint(with: peer) else {
        throw .otherDigits(peer, with: handle)
      }
    }
    let lock = try settlingLock()
    do throws(KitError) { try vouch(for: peer, record, .operatorPin) } catch {
      try? lock.unlock()
      throw error
    }
    try? lock.unlock()
    return try catchUp(mustSettle: true)
  }

  /// The 60 digits that both sides see; nil while the peer has no key.
  package func fingerprint(with peer: Handle) throws(KitError) -> String? {
    guard let pk = reader.store.records[peer]?.spans.last?.pk else { return nil }
    return Fingerprint.shown((handle, try signingKey().publicKey.bytes), (peer, pk))
  }

  /// The six digits of v3.1, which prove little; nil while the peer has no key.
  package func weakCode(with peer: Handle) throws(KitError) -> String? {
    guard let pk = reader.store.records[peer]?.spans.last?.pk else { return nil }
    let own = try signingKey().publicKey.bytes
    return ShortCode.v31(handle.did, own.bytes, peer.did, pk.bytes)
  }

  /// Believes the key that a chain is written with, under the settling lock.
  ///
  /// The chain is one: what the key signs covers all before it, also what older keys signed, but for
  /// what was revoked of those.
  mutating func vouch(
    for peer: Handle, _ record: HeadRecord, _ means: TrustStore.Means
  ) throws(KitError) {
    if let pk = record.spans.last?.pk, let other = holder(of: pk, besides: peer) {
      throw .sharedKey(peer, with: other)
    }
    trust = try TrustStore.load(state)
    for span in record.spans.dropLast() {
      _ = trust.pin(
        peer, span.pk, fromSeq: span.fromSeq, means, ownSeq: ownSeq, at: now())
    }
    if let span = record.spans.last {
      let held = trust.pin(of: peer, span.pk, seq: record.head.seq + 1)
      // A chain may come back to a key that it had.
      let from = record.spans.first { $0.pk == span.pk }?.fromSeq ?? span.fromSeq
      var pin = TrustStore.Pin(
        pk: span.pk, fromSeq: from, means: means, ownSeq: held?.ownSeq ?? ownSeq, at: now())
      // Whom the operator knows already loses nothing by a second proof.
      if let held { pin.tier = held.tier }
      trust.vouch(peer, pin)
    }
    try trust.save(state)
  }
}

/// By what the operator vouches for a key.
package enum PinProof: Equatable, Sendable {
  case key(Bytes32)
  case fingerprint(String)
}
