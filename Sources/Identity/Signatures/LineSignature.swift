package import WireFormat

/// The signature of a v3.2 line: Ed25519 over the 32 raw bytes of its event_id.
///
/// Source: PROTOCOL.md, "Ids, signatures, keys".
package enum LineSignature {
  /// Whether key id and signature are what the sender and the line's `pk` must give.
  ///
  /// The event_id is taken as the line says it, and `pk` as accepted: the caller has compared the
  /// first with `EventID.of`, and asked the key directory for the second.
  package static func holds(
    _ line: Span<UInt8>, _ envelope: Envelope, from handle: Handle
  ) -> Bool {
    holds(line, envelope, keyID: keyID(of: envelope.pk, for: handle))
  }

  /// The same with the key id computed before, once for all lines of one writer and key.
  package static func holds(
    _ line: Span<UInt8>, _ envelope: Envelope, keyID: [UInt8]
  ) -> Bool {
    guard keyIDHolds(line, envelope.fields, keyID), let place = envelope.fields[.signature],
      place.count == spelledByteCount,
      let signature = Base64.decode(line, in: place.lowerBound + 1..<place.upperBound - 1)
    else { return false }
    return Ed25519.verifies(signature.span, envelope.eventID.bytes.span, by: envelope.pk)
  }

  /// 64 bytes in base64, and the quotes.
  private static let spelledByteCount = 90

  /// Whether `public_key_id` is what the sender and `pk` must give; no signature is looked at.
  package static func keyIDHolds(
    _ line: Span<UInt8>, _ envelope: Envelope, from handle: Handle
  ) -> Bool {
    keyIDHolds(line, envelope.fields, keyID(of: envelope.pk, for: handle))
  }

  /// The same against a key id computed before; allocates nothing.
  package static func keyIDHolds(
    _ line: Span<UInt8>, _ fields: FieldTable, _ expected: [UInt8]
  ) -> Bool {
    guard let place = fields[.publicKeyID], place.count == expected.count + 2 else { return false }
    // No character of a key id has an escape, so its canonical spelling is its bytes.
    let start = place.lowerBound + 1
    for index in expected.indices where line[start + index] != expected[index] { return false }
    return line[place.lowerBound] == UInt8(ascii: "\"")
  }

  /// The key id to compare with, as bytes.
  package static func keyID(of pk: Bytes32, for handle: Handle) -> [UInt8] {
    Array(PublicKey.keyID(of: pk, for: handle.name).utf8)
  }

  /// Adds event_id, key id and signature, and gives the line, its LF not included.
  ///
  /// The object has all its other fields, `pk` of the same key among them; those of the three that
  /// it has already are replaced.
  package static func sign(
    _ object: JSONObject, as handle: Handle, with key: borrowing SigningKey
  ) -> [UInt8] {
    CanonicalWriter.bytes(of: EventID.signedPart(of: object)) { plain in
      let id = SHA256Hasher.hash(plain)
      return [
        .init(key: Field.eventID.key, value: .hex(id)),
        .init(
          key: Field.publicKeyID.key, value: .string(key.publicKey.keyID(for: handle.name))),
        .init(
          key: Field.signature.key, value: .string(Base64.encode(key.sign(id.bytes)))),
      ]
    }
  }
}
