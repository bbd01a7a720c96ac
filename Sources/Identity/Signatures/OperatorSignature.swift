package import WireFormat

/// The operator's word on one message: a signature over the 32 raw bytes of its id.
package enum OperatorSignature {
  /// Whether the signature, canonical base64, is the operator's for that id.
  ///
  /// False as well for a key that may not be taken.
  package static func holds(pk: Bytes32, signature: Text, over id: Bytes32) -> Bool {
    guard let key = try? PublicKey(checking: pk), let bytes = Base64.decode(signature) else {
      return false
    }
    return key.verifies(bytes, id.bytes)
  }

  /// The signature in base64.
  package static func make(over id: Bytes32, with key: borrowing SigningKey) -> String {
    Base64.encode(key.sign(id.bytes))
  }
}
