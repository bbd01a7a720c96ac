import WireFormat

/// The six digits that v3.1 had people compare; weak, and computed for old peers only.
///
/// Without a commitment two keys that give one code are found in a fraction of a second.
package enum ShortCode {
  /// The code of two identities, in any order; each key is its raw bytes.
  package static func v31(
    _ did: String, _ key: [UInt8], _ otherDID: String, _ otherKey: [UInt8]
  ) -> String {
    let colon = [UInt8(ascii: ":")]
    let one = (did: Array(did.utf8), bytes: Array(did.utf8) + colon + key)
    let other = (did: Array(otherDID.utf8), bytes: Array(otherDID.utf8) + colon + otherKey)
    let inOrder = !other.did.lexicographicallyPrecedes(one.did)
    let joined = inOrder ? one.bytes + other.bytes : other.bytes + one.bytes
    let number = SHA256Hasher.hash(joined).bytes.prefix(4).reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    return (number % 1_000_000).digits(6)
  }
}
