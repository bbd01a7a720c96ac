import CHash
package import WireFormat

/// SHA-256 taken piece by piece, without a copy of the pieces.
///
/// Source: FIPS 180-4.
package struct SHA256Hasher {
  private var state = chash_state()

  /// A hasher that has taken nothing yet.
  package init() {
    // SAFETY: the call writes the state and keeps no pointer.
    unsafe chash_init(&state)
  }

  /// Takes the next piece, which may be empty.
  package mutating func update(_ bytes: Span<UInt8>) {
    // SAFETY: the call reads `count` bytes and keeps no pointer.
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe chash_update(&state, bytes.baseAddress, bytes.count)
    }
  }

  /// Takes the part of a line that the range names.
  package mutating func update(_ line: Span<UInt8>, in range: Range<Int>) {
    update(line.extracting(range))
  }

  /// Takes the next piece from an array.
  package mutating func update(_ bytes: [UInt8]) {
    update(bytes.span)
  }

  /// The hash of all the pieces; the hasher is of no use afterwards.
  package mutating func finish() -> Bytes32 {
    var hash = InlineArray<32, UInt8>(repeating: 0)
    var span = hash.mutableSpan
    // SAFETY: the call writes 32 bytes and keeps no pointer.
    unsafe span.withUnsafeMutableBufferPointer { hash in
      if let hash = hash.baseAddress { unsafe chash_final(&state, hash) }
    }
    // 32 bytes are always a value.
    return Bytes32(hash.span) ?? .zero
  }

  /// The hash of one piece.
  package static func hash(_ bytes: [UInt8]) -> Bytes32 {
    var hasher = SHA256Hasher()
    hasher.update(bytes)
    return hasher.finish()
  }
}
