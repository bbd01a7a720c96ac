package import WireFormat

/// Which bytes the signature of an older message is over.
package enum LegacyScheme: String, Sendable {
  /// The canonical bytes without the three unsigned fields; there is no event_id.
  case v30 = "3.0"
  /// The 32 raw bytes of the event_id.
  case v31 = "3.1"
}

/// What the checks of an older message found.
package enum LegacyVerdict: Equatable, Sendable {
  /// For v3.0 the id is computed, so that both versions are deduplicated alike.
  case valid(eventID: Bytes32)
  case invalid(LegacyFault)
}

/// Why an older message is refused, in the order of the checks; the raw values are stable words.
package enum LegacyFault: String, Error, Sendable, CaseIterable {
  /// No strict JSON object, or one of the looked-at fields is no string.
  case malformed
  case missingField = "missing_field"
  case eventIDMismatch = "event_id_mismatch"
  /// `from` and the holder that `public_key_id` names are two agents.
  case fromMismatch = "from_mismatch"
  case unknownKey = "unknown_key"
  case inactiveKey = "inactive_key"
  case badSignature = "bad_signature"
}

/// Signing and checking of messages of v3.0 and v3.1, one at a time, in any legal spelling.
///
/// Source: PROTOCOL.md, "Messages of v3.0 and v3.1".
package enum LegacySignature {
  /// Sets the three unsigned fields, leaves all others, and gives the canonical bytes without LF.
  ///
  /// v3.0 has no event_id; one that is present is dropped.
  package static func sign(
    _ object: JSONObject, handle: String, key: borrowing SigningKey, scheme: LegacyScheme
  ) -> [UInt8] {
    var signed = EventID.signedPart(of: object)
    let content = CanonicalWriter.bytes(of: signed)
    let message: [UInt8]
    switch scheme {
    case .v30: message = content
    case .v31:
      let id = SHA256Hasher.hash(content)
      signed[Field.eventID.key] = .string(id.hex)
      message = id.bytes
    }
    signed[Field.publicKeyID.key] = .string(key.publicKey.keyID(for: handle))
    signed[Field.signature.key] = .string(Base64.encode(key.sign(message)))
    return CanonicalWriter.bytes(of: signed)
  }

  /// Checks one line, its LF not included, against the keys of a trust list.
  ///
  /// Without a scheme the message decides: one with an event_id is of v3.1. A v3.2 line is checked
  /// as v3.1 is, which says nothing of its place.
  package static func check(
    _ line: [UInt8], trust: LegacyTrust, scheme: LegacyScheme? = nil
  ) -> LegacyVerdict {
    do { return .valid(eventID: try id(line, trust, scheme)) } catch { return .invalid(error) }
  }

  private static func id(
    _ line: [UInt8], _ trust: LegacyTrust, _ scheme: LegacyScheme?
  ) throws(LegacyFault) -> Bytes32 {
    let object: JSONObject
    do { object = try JSONParser.object(line) } catch { throw .malformed }
    let scheme = scheme ?? (object[Field.eventID.key] == nil ? .v30 : .v31)
    let looked: [Field] = [.from, .publicKeyID, .signature] + (scheme == .v31 ? [.eventID] : [])
    guard looked.allSatisfy({ object[$0.key] != nil }) else { throw .missingField }
    guard let from = object[Field.from.key]?.text,
      let keyID = object[Field.publicKeyID.key]?.text,
      let signature = object[Field.signature.key]?.text
    else { throw .malformed }

    let content = CanonicalWriter.bytes(of: EventID.signedPart(of: object))
    let id = SHA256Hasher.hash(content)
    if scheme == .v31 {
      guard let claimed = object[Field.eventID.key]?.text else { throw .malformed }
      guard claimed == Text(id.hex) else { throw .eventIDMismatch }
    }
    let sender = LegacyName(sender: from)
    guard LegacyName(keyID: keyID) == sender else { throw .fromMismatch }
    guard let entry = trust.entry(of: sender, keyID: keyID) else { throw .unknownKey }
    guard entry.isActive else { throw .inactiveKey }
    guard let bytes = Base64.decode(signature),
      entry.key.verifies(bytes, scheme == .v31 ? id.bytes : content)
    else { throw .badSignature }
    return id
  }
}
