import Host
import Identity
import Wire
package import WireFormat

/// A peer as `trust list` shows it.
package struct PeerTrust: Sendable {
  package let handle: Handle
  package let tier: TrustStore.Tier
  package let pins: [TrustStore.Pin]
  /// The key that its chain is written with now; nil while it has none.
  package let key: Bytes32?
  package let heldBackCount: Int
}

extension Session {
  package func peers() throws(KitError) -> [PeerTrust] {
    reader.store.records.filter { $0.key != handle }.sorted { $0.key < $1.key }.map {
      peer, record in
      let isOpen = record.spans.last.map { isTrusted(peer, $0.pk, seq: $0.fromSeq) } ?? true
      return PeerTrust(
        handle: peer, tier: isOpen ? trust.tier(of: peer) : .untrusted,
        pins: trust.pins[peer] ?? [],
        key: record.spans.last?.pk, heldBackCount: isOpen ? 0 : record.head.seq)
    }
  }

  /// Takes the operator's word that this is the peer's key: full hex, or the 60 digits compared.
  ///
  /// Only a key that the peer's chain is written with can be pinned; all that it wrote is then
  /// shown.
  package mutating func pin(_ peer: Handle, _ proof: PinProof) throws(KitError) -> CatchUp {
    guard let record = reader.store.records[peer], let span = record.spans.last else {
      throw .noCard(peer)
    }
    if let other = holder(of: span.pk, besides: peer) {
      throw .notPinnable("\(peer) writes with the key of \(other): one holder speaks for both")
    }
    let own = try signingKey().publicKey.bytes
    switch proof {
    case .key(let pk):
      guard pk == span.pk else {
        throw .notPinnable("\(peer) writes with the key \(span.pk.hex), not with that one")
      }
    case .fingerprint(let digits):
      guard digits == Fingerprint.shown((handle, own), (peer, span.pk)) else {
        throw .notPinnable("these are not the digits of \(handle) and \(peer)")
      }
    }
    try keep(record, of: peer)
    return try catchUp(mustSettle: true)
  }

  private mutating func keep(_ record: HeadRecord, of peer: Handle) throws(KitError) {
    let lock = try settlingLock()
    defer { try? lock.unlock() }
    trust = try TrustStore.load(state)
    // The chain is one: what the key signs covers all before it, also what older keys signed.
    for held in record.spans {
      _ = trust.pin(peer, held.pk, fromSeq: held.fromSeq, .operatorPin, at: now())
    }
    try trust.save(state)
  }
}

/// By what the operator vouches for a key.
package enum PinProof: Equatable, Sendable {
  case key(Bytes32)
  case fingerprint(String)
}
