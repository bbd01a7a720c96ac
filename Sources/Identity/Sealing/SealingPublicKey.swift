import CSodium
package import WireFormat

/// An X25519 public key to which something may be sealed: it is not of small order.
///
/// Source: RFC 7748 §6.1, the check for the all-zero value.
package struct SealingPublicKey: Hashable, Sendable {
  package let bytes: Bytes32

  /// Takes the key that a card offers.
  ///
  /// Throws `badSealingKey`, or `libraryUnavailable`.
  package init(checking bytes: Bytes32) throws(IdentityError) {
    try Sodium.start()
    guard !Self.isSmall(bytes) else { throw .badSealingKey(bytes) }
    self.bytes = bytes
  }

  /// The key that libsodium made from a secret.
  init(made bytes: Bytes32) {
    self.bytes = bytes
  }

  /// The first 16 hex digits, by which a box says whose key it is for; names, never proves.
  package var kid: String { String(bytes.hex.prefix(16)) }

  /// Whether any scalar gives zero with it: then everybody knows what is sealed to it.
  ///
  /// A clamped scalar is a multiple of 8, so one is as good as all.
  private static func isSmall(_ key: Bytes32) -> Bool {
    let (scalar, point) = ([UInt8](repeating: 1, count: 32), key.bytes)
    var shared = [UInt8](repeating: 0, count: 32)
    // SAFETY: the call reads 32 bytes of each, writes 32, and keeps no pointer.
    return unsafe crypto_scalarmult(&shared, scalar, point) != 0
  }
}
