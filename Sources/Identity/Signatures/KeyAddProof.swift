package import WireFormat

/// The new key's consent to follow the old one; without it a writer could claim another's key.
///
/// Source: PROTOCOL.md, "Next keys".
package enum KeyAddProof {
  /// `deaddrop-key-v1` ‖ wire ‖ length byte and handle ‖ old key ‖ new key.
  package static func message(
    wire: Bytes32, handle: Handle, old: Bytes32, new: Bytes32
  ) -> [UInt8] {
    Array("deaddrop-key-v1".utf8) + wire.bytes + handle.lengthAndName + old.bytes + new.bytes
  }

  /// The proof in base64, for `body.proof` of a `key_add`.
  package static func make(
    wire: Bytes32, handle: Handle, old: Bytes32, newKey: borrowing SigningKey
  ) -> String {
    let message = message(wire: wire, handle: handle, old: old, new: newKey.publicKey.bytes)
    return Base64.encode(newKey.sign(message))
  }

  /// Whether the proof, canonical base64, is by the new key; false for a key that is no key.
  package static func holds(
    _ proof: Text, wire: Bytes32, handle: Handle, old: Bytes32, new: Bytes32
  ) -> Bool {
    guard let key = try? PublicKey(checking: new), let signature = Base64.decode(proof) else {
      return false
    }
    return key.verifies(signature, message(wire: wire, handle: handle, old: old, new: new))
  }
}

extension Handle {
  /// One byte of length, then the name, as hashed messages carry a handle.
  var lengthAndName: [UInt8] {
    [UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8)
  }
}
