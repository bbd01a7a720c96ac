package import WireFormat

/// The hash that names a message and that its signature covers.
///
/// SHA-256 of the canonical bytes without `event_id`, `public_key_id` and `signature`.
/// Source: PROTOCOL.md, "Ids, signatures, keys".
package enum EventID {
  /// The id of a canonical line, hashed where it stands.
  ///
  /// The table must have been read from the same bytes.
  package static func of(_ line: Span<UInt8>, _ fields: FieldTable) -> Bytes32 {
    var hasher = SHA256Hasher()
    fields.forEachSignedPart(of: line) { hasher.update(line, in: $0) }
    return hasher.finish()
  }

  /// The id of an object, whether or not it has the three fields already.
  package static func of(_ object: JSONObject) -> Bytes32 {
    SHA256Hasher.hash(CanonicalWriter.bytes(of: signedPart(of: object)))
  }

  /// The object without the fields that are not under the hash.
  static func signedPart(of object: JSONObject) -> JSONObject {
    var object = object
    for field in Field.unsigned { object[field.key] = nil }
    return object
  }
}
