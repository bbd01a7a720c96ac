import CSodium
package import WireFormat

/// An agent's X25519 key pair, to which others may seal; apart from the one that signs.
package struct SealingKey: ~Copyable {
  package static let secretByteCount = 32

  /// Whose bytes stand in the card as `seal_key`.
  package let publicKey: SealingPublicKey
  private let secret: SecretBytes

  /// Makes a key from fresh randomness.
  ///
  /// Throws `outOfLockedMemory` or `libraryUnavailable`.
  package static func generate() throws(IdentityError) -> SealingKey {
    try SealingKey(secret: SecureRandom.secret(secretByteCount))
  }

  /// Takes the 32 secret bytes that a key file holds.
  ///
  /// Throws `wrongSecretLength`. Source: RFC 7748.
  package init(secret: consuming SecretBytes) throws(IdentityError) {
    guard secret.byteCount == Self.secretByteCount else {
      throw .wrongSecretLength(byteCount: secret.byteCount, expected: Self.secretByteCount)
    }
    var pk = [UInt8](repeating: 0, count: 32)
    // SAFETY: the call reads 32 bytes, writes 32, and keeps no pointer.
    unsafe secret.withPointer { secret in
      _ = unsafe crypto_scalarmult_base(&pk, secret)
    }
    publicKey = SealingPublicKey(made: Bytes32(pk) ?? .zero)
    self.secret = secret
  }

  /// A key whose secret is none: one of a published test vector.
  package init(publishedSecret bytes: Bytes32) throws(IdentityError) {
    let bytes = bytes.bytes
    var secret = try SecretBytes(byteCount: bytes.count)
    // SAFETY: the memory has as many bytes as the array.
    unsafe secret.withMutableBytes { unsafe $0.copyBytes(from: bytes) }
    try self.init(secret: secret)
  }

  /// What stands in the card as `seal_key`.
  package var publicBytes: Bytes32 { publicKey.bytes }

  /// Lends the 32 secret bytes, for writing them to their file.
  ///
  /// The closure must not keep the pointer.
  package borrowing func withSecret<R, E>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try unsafe secret.withBytes(body)
  }

  /// The same in the form that libsodium's functions take.
  borrowing func withSecretPointer<R, E>(
    _ body: (UnsafePointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try unsafe secret.withPointer(body)
  }
}
