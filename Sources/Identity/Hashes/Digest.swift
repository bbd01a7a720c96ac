import CSodium
import WireFormat

/// The hashes that proofs and fingerprints use beside SHA-256.
enum Digest {
  /// BLAKE2b-256 with a key of 32 bytes.
  ///
  /// Source: RFC 7693.
  static func keyedBLAKE2b(_ message: [UInt8], key: Bytes32) -> Bytes32 {
    let key = key.bytes
    var hash = [UInt8](repeating: 0, count: 32)
    // SAFETY: the call writes 32 bytes, reads `message.count` and 32, and keeps no pointer.
    _ = unsafe crypto_generichash(
      &hash, hash.count, message, UInt64(message.count), key, key.count)
    return Bytes32(hash) ?? .zero
  }

  /// BLAKE2b-256 without a key.
  ///
  /// Source: RFC 7693.
  static func blake2b(_ message: [UInt8]) -> Bytes32 {
    var hash = [UInt8](repeating: 0, count: 32)
    // SAFETY: the call writes 32 bytes, reads `message.count` and no key, and keeps no pointer.
    _ = unsafe crypto_generichash(&hash, hash.count, message, UInt64(message.count), nil, 0)
    return Bytes32(hash) ?? .zero
  }

  /// SHA-512, 64 bytes.
  ///
  /// Source: FIPS 180-4.
  static func sha512(_ message: [UInt8]) -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: 64)
    // SAFETY: the call writes 64 bytes, reads `message.count`, and keeps no pointer.
    _ = unsafe crypto_hash_sha512(&hash, message, UInt64(message.count))
    return hash
  }

  /// BLAKE2b-256 with a key that stands in guarded memory.
  ///
  /// Source: RFC 7693.
  static func keyedBLAKE2b(_ message: [UInt8], key: borrowing SecretBytes) -> Bytes32 {
    var hash = [UInt8](repeating: 0, count: 32)
    let keyByteCount = key.byteCount
    // SAFETY: the call writes 32 bytes, reads what the counts say, and keeps no pointer.
    unsafe key.withPointer { key in
      _ = unsafe crypto_generichash(
        &hash, 32, message, UInt64(message.count), key, keyByteCount)
    }
    return Bytes32(hash) ?? .zero
  }
}
