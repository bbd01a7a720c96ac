package import WireFormat

/// Why a key or a secret could not be made, or may not be used.
package enum IdentityError: Error, Equatable, Sendable {
  /// `sodium_init` failed: the system gives no randomness.
  case libraryUnavailable
  /// This build of libsodium judges a known point or signature wrongly; no foreign key is taken.
  case selfTestFailed
  case outOfLockedMemory(byteCount: Int)
  case wrongSecretLength(byteCount: Int, expected: Int)
  /// Not canonical, not on the curve, of small order, or outside the main subgroup.
  case badPublicKey(Bytes32)
  /// An X25519 key of small order: what is sealed to it is open to everybody.
  case badSealingKey(Bytes32)
}

extension IdentityError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .libraryUnavailable: "libsodium could not be started"
    case .selfTestFailed: "libsodium failed its self-test of known keys and signatures"
    case .outOfLockedMemory(let count): "no guarded memory for a secret of \(count) bytes"
    case .wrongSecretLength(let count, let expected):
      "the secret key has \(count) bytes, not \(expected)"
    case .badPublicKey(let key): "\(key.hex) is not a valid Ed25519 public key"
    case .badSealingKey(let key): "\(key.hex) is no key to seal to: it is of small order"
    }
  }
}
