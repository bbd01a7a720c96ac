import CSodium
import WireFormat

/// An agent's Ed25519 key pair, its private half in guarded memory.
package struct SigningKey: ~Copyable {
  package let publicKey: PublicKey
  /// Seed and public key, 64 bytes.
  private let secret: SecretBytes

  /// Makes a key from fresh randomness.
  ///
  /// Throws `outOfLockedMemory` or `libraryUnavailable`.
  package static func generate() throws(IdentityError) -> SigningKey {
    try SigningKey(seed: SecureRandom.secret(Ed25519.seedByteCount))
  }

  /// Derives the pair from its seed, the 32 bytes that a key file holds.
  ///
  /// Throws `wrongSecretLength`, `outOfLockedMemory` or `libraryUnavailable`.
  package init(seed: consuming SecretBytes) throws(IdentityError) {
    guard seed.byteCount == Ed25519.seedByteCount else {
      throw .wrongSecretLength(byteCount: seed.byteCount, expected: Ed25519.seedByteCount)
    }
    var secret = try SecretBytes(byteCount: Ed25519.secretByteCount)
    var pk = [UInt8](repeating: 0, count: 32)
    // SAFETY: the call reads 32 bytes, writes 64 and 32, and keeps no pointer.
    unsafe seed.withPointer { seed in
      unsafe secret.withMutablePointer { secret in
        _ = unsafe crypto_sign_seed_keypair(&pk, secret, seed)
      }
    }
    publicKey = PublicKey(made: Bytes32(pk) ?? .zero)
    self.secret = secret
  }

  /// A key whose seed is no secret: a published test vector.
  init(publishedSeed seed: [UInt8]) throws(IdentityError) {
    var secret = try SecretBytes(byteCount: seed.count)
    // SAFETY: the memory has as many bytes as the array.
    unsafe secret.withMutableBytes { unsafe $0.copyBytes(from: seed) }
    try self.init(seed: secret)
  }

  /// The signature, 64 bytes; the same for the same message every time.
  package borrowing func sign(_ message: [UInt8]) -> [UInt8] {
    Ed25519.signature(of: message, by: secret)
  }

  /// Lends the seed, 32 bytes, for writing it to its file.
  ///
  /// The closure must not keep the pointer, nor sign with this key.
  package borrowing func withSeed<R, E>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    // SAFETY: libsodium keeps the seed in the first half of the 64 bytes.
    try unsafe secret.withBytes { secret throws(E) in
      try unsafe body(UnsafeRawBufferPointer(rebasing: secret[..<Ed25519.seedByteCount]))
    }
  }
}
