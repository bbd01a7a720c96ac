package import Identity
package import WireFormat

/// A key pair that always comes out of the same name, so that failures repeat.
package final class TestKey {
  package let signing: SigningKey

  package init(_ name: String) throws {
    let seed = Self.seed(name)
    var secret = try SecretBytes(byteCount: seed.count)
    // SAFETY: the memory has as many bytes as the array.
    unsafe secret.withMutableBytes { unsafe $0.copyBytes(from: seed) }
    signing = try SigningKey(seed: secret)
  }

  /// What the key file of an agent holds that has this key.
  package static func seed(_ name: String) -> [UInt8] {
    SHA256Hasher.hash(Array("deaddrop test key \(name)".utf8)).bytes
  }

  package var pk: Bytes32 { signing.publicKey.bytes }
}

extension Handle: ExpressibleByStringLiteral {
  /// Ends the process when the literal is no handle.
  package init(stringLiteral value: String) {
    guard let handle = Handle(Text(value)) else { fatalError("no handle: \(value)") }
    self = handle
  }
}

extension Bytes32 {
  /// An id that no line has.
  package static func unheld(_ name: String) -> Bytes32 { SHA256Hasher.hash(Array(name.utf8)) }
}
