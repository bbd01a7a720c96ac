package import WireFormat

/// What a checked v3.1 card says: a name that may be free-form, and the key that signed.
package struct LegacyCard: Equatable, Sendable {
  package let handle: String
  package let key: PublicKey
}

extension Card {
  /// Checks a v3.1 card by one of its own keys, so it proves nothing but that it is whole.
  ///
  /// The dates of older tools have many spellings and are not judged. Throws the first fault in the
  /// order of `CardFault`'s cases; `otherKey` when no entry names a key that may be taken.
  package static func checkV31(_ card: JSONObject) throws(CardFault) -> LegacyCard {
    guard let did = card["did"]?.text, let handle = LegacyName(did: did) else {
      throw .otherHandle
    }
    let keys = keys(of: card, for: handle)
    guard !keys.isEmpty else { throw .otherKey }
    guard let signer = keys.first(where: { isSigned(card, by: $0.bytes) }) else {
      throw .badSignature
    }
    return LegacyCard(handle: handle.text.string, key: signer)
  }

  /// The keys of `verify_keys` whose name agrees with the key and with the card's holder.
  private static func keys(of card: JSONObject, for handle: LegacyName) -> [PublicKey] {
    let entries = card["verify_keys"]?.members?.members ?? []
    return entries.compactMap { entry in
      guard let key = entry.value.members?["key"]?.text.flatMap({ PublicKey(base64: $0) }) else {
        return nil
      }
      return entry.key == Text("ed25519:" + key.keyID(for: handle.text.string)) ? key : nil
    }
  }
}

extension PublicKey {
  /// The key that canonical base64 spells, if it may be taken.
  init?(base64 text: Text) {
    guard let bytes = Base64.decode(text).flatMap({ Bytes32($0) }),
      let key = try? PublicKey(checking: bytes)
    else { return nil }
    self = key
  }
}
