import CSodium
package import WireFormat

/// The newcomer's proof to the inviter that it holds the invite's secret and this very card.
///
/// Source: PROTOCOL.md, "Cards, invites, first keys".
package enum InviteProof {
  /// BLAKE2b-256 keyed with the secret; handle, key and card are the newcomer's.
  ///
  /// The card is the whole one, its signature included.
  package static func make(
    secret: Bytes32, wire: Bytes32, handle: Handle, pk: Bytes32, card: JSONObject
  ) -> Bytes32 {
    let cardHash = SHA256Hasher.hash(CanonicalWriter.bytes(of: card))
    let message =
      Array("deaddrop-invite-v1".utf8) + wire.bytes + handle.lengthAndName + pk.bytes
      + cardHash.bytes
    return Digest.keyedBLAKE2b(message, key: secret)
  }

  /// Whether the proof, 64 hex digits, is the one that the secret gives.
  package static func holds(
    _ proof: Text, secret: Bytes32, wire: Bytes32, handle: Handle, pk: Bytes32, card: JSONObject
  ) -> Bool {
    guard let proof = Bytes32(hex: proof) else { return false }
    return equal(proof, make(secret: secret, wire: wire, handle: handle, pk: pk, card: card))
  }

  /// Compares in a time that does not tell where the first difference is.
  package static func equal(_ one: Bytes32, _ other: Bytes32) -> Bool {
    let (one, other) = (one.bytes, other.bytes)
    // SAFETY: the call reads 32 bytes of each, and keeps no pointer.
    return unsafe sodium_memcmp(one, other, one.count) == 0
  }
}
