import CSodium
import WireFormat

/// The three questions that this module asks libsodium about Ed25519.
///
/// Source: RFC 8032.
enum Ed25519 {
  static let signatureByteCount = 64
  static let seedByteCount = 32
  /// Seed and public key together, as libsodium signs with them.
  static let secretByteCount = 64

  /// libsodium's own checks of a signature; any bytes may be given as the key.
  static func verifies(
    _ signature: Span<UInt8>, _ message: Span<UInt8>, by key: Bytes32
  ) -> Bool {
    guard signature.count == signatureByteCount else { return false }
    let key = key.bytes
    // SAFETY: the call reads 64, `message.count` and 32 bytes, and keeps no pointer.
    return unsafe signature.withUnsafeBufferPointer { signature in
      guard let signature = signature.baseAddress else { return false }
      return unsafe message.withUnsafeBufferPointer { message in
        unsafe crypto_sign_verify_detached(
          signature, message.baseAddress, UInt64(message.count), key) == 0
      }
    }
  }

  /// Whether the bytes are the canonical encoding of a point of the main subgroup, not small.
  static func isMainSubgroupPoint(_ key: Bytes32) -> Bool {
    let key = key.bytes
    // SAFETY: the call reads 32 bytes, and keeps no pointer.
    return unsafe crypto_core_ed25519_is_valid_point(key) == 1
  }

  /// The signature of a message by the 64 secret bytes.
  static func signature(of message: [UInt8], by secret: borrowing SecretBytes) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: signatureByteCount)
    // SAFETY: the call writes 64 bytes, reads `message.count` and 64, and keeps no pointer.
    unsafe secret.withPointer { secret in
      _ = unsafe crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret)
    }
    return signature
  }
}
