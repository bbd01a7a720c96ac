package import WireFormat

/// The short code by which two people find out that nobody sits between their agents.
///
/// Source: PROTOCOL.md, "Comparing keys aloud"; the commitment after ZRTP, RFC 6189 §4.4.1.1.
package enum SAS {
  /// Who takes part on one side, with the two keys that the code vouches for.
  package struct Side: Equatable, Sendable {
    package let handle: Handle
    package let pk: Bytes32
    package let sealKey: Bytes32

    package init(handle: Handle, pk: Bytes32, sealKey: Bytes32) {
      (self.handle, self.pk, self.sealKey) = (handle, pk, sealKey)
    }
  }

  /// All that a code is computed from; both sides must come to the same.
  package struct Transcript: Equatable, Sendable {
    package let wire: Bytes32
    /// The name of this ceremony, chosen by the initiator.
    package let ceremony: Text
    package let initiator: Side
    package let responder: Side
    package let commitment: Bytes32
    package let initiatorNonce: Bytes32
    package let responderNonce: Bytes32

    package init(
      wire: Bytes32, ceremony: Text, initiator: Side, responder: Side, commitment: Bytes32,
      initiatorNonce: Bytes32, responderNonce: Bytes32
    ) {
      (self.wire, self.ceremony) = (wire, ceremony)
      (self.initiator, self.responder) = (initiator, responder)
      self.commitment = commitment
      (self.initiatorNonce, self.responderNonce) = (initiatorNonce, responderNonce)
    }
  }

  /// What the initiator shows of its nonce before it sees the responder's.
  package static func commitment(to nonce: Bytes32) -> Bytes32 {
    Digest.blake2b(Array("deaddrop-sas-commit-v1".utf8) + nonce.bytes)
  }

  /// Three numbers of four digits, 39 bits together: `4711 1802 9044`.
  ///
  /// The commitment is taken as it was sent; whether the nonce opens it is asked of `commitment`.
  package static func code(of transcript: Transcript) -> String {
    let parts: [[UInt8]] =
      [transcript.wire.bytes, transcript.ceremony.utf8]
      + transcript.initiator.parts + transcript.responder.parts
      + [transcript.commitment, transcript.initiatorNonce, transcript.responderNonce].map(\.bytes)
    var message = Array("deaddrop-sas-v1".utf8)
    for part in parts { message += part.lengthOf4Bytes + part }
    let bits = Digest.blake2b(message).bytes.prefix(5).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // Of the 40 bits the last is left out.
    return [27, 14, 1].map { String((bits >> $0 & 0x1FFF) + 1000) }.joined(separator: " ")
  }
}

extension SAS.Side {
  fileprivate var parts: [[UInt8]] { [Array(handle.name.utf8), pk.bytes, sealKey.bytes] }
}

extension [UInt8] {
  fileprivate var lengthOf4Bytes: [UInt8] {
    let length = UInt32(truncatingIfNeeded: count)
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
  }
}
