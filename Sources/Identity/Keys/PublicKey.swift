package import WireFormat

/// An Ed25519 public key that may be believed to be one.
package struct PublicKey: Hashable, Sendable {
  package let bytes: Bytes32

  /// Takes a foreign key: canonical, of the main subgroup, not of small order.
  ///
  /// The first call in a process tests libsodium itself. Throws `badPublicKey`, `selfTestFailed` or
  /// `libraryUnavailable`. Source: PROTOCOL.md, "Public keys".
  package init(checking bytes: Bytes32) throws(IdentityError) {
    try Sodium.test()
    guard Ed25519.isMainSubgroupPoint(bytes) else { throw .badPublicKey(bytes) }
    self.bytes = bytes
  }

  /// The key that libsodium made from a seed.
  init(made bytes: Bytes32) {
    self.bytes = bytes
  }

  /// Whether the signature, 64 bytes, is this key's for the message.
  ///
  /// Source: RFC 8032 §5.1.7, with libsodium's refusal of a large S and of a small R.
  package func verifies(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
    Ed25519.verifies(signature.span, message.span, by: bytes)
  }

  /// `<handle>:` and the first 8 hex digits of the key's SHA-256; for naming, never for finding.
  ///
  /// The handle may be a free-form name of v3.1. Source: PROTOCOL.md, "Key id".
  package func keyID(for handle: String) -> String {
    Self.keyID(of: bytes, for: handle)
  }

  /// The key id of any 32 bytes, as a line is judged before its key is.
  package static func keyID(of bytes: Bytes32, for handle: String) -> String {
    handle + ":" + String(SHA256Hasher.hash(bytes.bytes).hex.prefix(8))
  }
}
