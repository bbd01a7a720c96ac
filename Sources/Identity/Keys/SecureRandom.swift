import CSodium

/// Unpredictable bytes from the system's generator.
package enum SecureRandom {
  /// That many fresh bytes: nonces and ids, never keys, which belong in `SecretBytes`.
  ///
  /// Source: `randombytes_buf`, which ends the process rather than give predictable bytes.
  package static func bytes(_ count: Int) -> [UInt8] {
    _ = Sodium.isStarted
    var bytes = [UInt8](repeating: 0, count: count)
    // SAFETY: the call writes `count` bytes into memory of that size.
    unsafe randombytes_buf(&bytes, count)
    return bytes
  }

  /// Fresh bytes made inside guarded memory.
  static func secret(_ count: Int) throws(IdentityError) -> SecretBytes {
    var secret = try SecretBytes(byteCount: count)
    // SAFETY: the call writes `count` bytes into memory of that size.
    unsafe secret.withMutablePointer { unsafe randombytes_buf($0, count) }
    return secret
  }
}
