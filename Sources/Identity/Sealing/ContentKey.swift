import CSodium
import WireFormat

/// The key of one sealed body, made anew for each; it stands in guarded memory alone.
struct ContentKey: ~Copyable {
  static let byteCount = 32
  /// What `crypto_box_seal` makes of it: a fresh public key, an authenticator, the key.
  static let boxByteCount = 80
  static let nonceByteCount = 24
  static let tagByteCount = 16

  private let secret: SecretBytes

  /// Makes a key from fresh randomness.
  static func generate() throws(IdentityError) -> ContentKey {
    ContentKey(secret: try SecureRandom.secret(byteCount))
  }

  private init(secret: consuming SecretBytes) {
    self.secret = secret
  }

  /// Takes the key out of a box that was made for this sealing key.
  ///
  /// Throws `bad_box` for any other, and `unavailable` where there is no guarded memory.
  init(box: [UInt8], openedBy key: borrowing SealingKey) throws(SealFault) {
    guard box.count == Self.boxByteCount else { throw .malformed }
    var secret: SecretBytes
    do { secret = try SecretBytes(byteCount: Self.byteCount) } catch { throw .unavailable }
    let pk = key.publicBytes.bytes
    // SAFETY: the call reads 80, 32 and 32 bytes, writes 32, and keeps no pointer.
    let code = unsafe key.withSecretPointer { sk in
      unsafe secret.withMutablePointer { content in
        unsafe crypto_box_seal_open(content, box, UInt64(box.count), pk, sk)
      }
    }
    guard code == 0 else { throw .badBox }
    self.secret = secret
  }

  /// The key, so that only the holder of one sealing key can take it out again.
  ///
  /// Throws `badSealingKey`.
  borrowing func box(for key: SealingPublicKey) throws(IdentityError) -> [UInt8] {
    let pk = key.bytes.bytes
    var box = [UInt8](repeating: 0, count: Self.boxByteCount)
    // SAFETY: the call reads 32 and 32 bytes, writes 80, and keeps no pointer.
    let code = unsafe secret.withPointer { content in
      unsafe crypto_box_seal(&box, content, UInt64(Self.byteCount), pk)
    }
    guard code == 0 else { throw .badSealingKey(key.bytes) }
    return box
  }

  /// Ties the nonce to this key: Poly1305 alone would take one ciphertext under several keys.
  borrowing func commitment(to nonce: [UInt8]) -> Bytes32 {
    Digest.keyedBLAKE2b(Array("deaddrop-cek-v1".utf8) + nonce, key: secret)
  }

  /// XChaCha20-Poly1305: the ciphertext with its tag behind it.
  borrowing func encrypt(
    _ plain: [UInt8], nonce: [UInt8], associated: [UInt8]
  ) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: plain.count + Self.tagByteCount)
    // SAFETY: the call reads what the counts say, 24 and 32 bytes, writes `out.count`, and keeps no
    // pointer.
    unsafe secret.withPointer { key in
      _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
        &out, nil, plain, UInt64(plain.count), associated, UInt64(associated.count), nil, nonce,
        key)
    }
    return out
  }

  /// Nil where the ciphertext, its tag, the nonce or what is associated is another.
  borrowing func decrypt(
    _ sealed: [UInt8], nonce: [UInt8], associated: [UInt8]
  ) -> [UInt8]? {
    guard sealed.count >= Self.tagByteCount, nonce.count == Self.nonceByteCount else { return nil }
    var out = [UInt8](repeating: 0, count: sealed.count - Self.tagByteCount)
    // SAFETY: the call reads what the counts say, 24 and 32 bytes, writes `out.count`, and keeps no
    // pointer.
    let code = unsafe secret.withPointer { key in
      unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
        &out, nil, nil, sealed, UInt64(sealed.count), associated, UInt64(associated.count), nonce,
        key)
    }
    return code == 0 ? out : nil
  }
}
