import CSodium

/// Fills a text up to whole blocks, so that its length tells little.
///
/// Source: `sodium_pad`, ISO/IEC 7816-4.
enum Padding {
  static let blockByteCount = 256

  /// How long a text of that length becomes: at least one byte longer.
  static func byteCount(of plainByteCount: Int) -> Int {
    (plainByteCount / blockByteCount + 1) * blockByteCount
  }

  static func add(to plain: [UInt8]) -> [UInt8] {
    let capacity = byteCount(of: plain.count)
    var padded = plain + [UInt8](repeating: 0, count: capacity - plain.count)
    var count = 0
    // SAFETY: the call reads and writes within `capacity` bytes, and keeps no pointer.
    _ = unsafe sodium_pad(&count, &padded, plain.count, blockByteCount, capacity)
    return padded
  }

  /// Nil where the end is no padding.
  static func remove(from padded: [UInt8]) -> [UInt8]? {
    guard !padded.isEmpty, padded.count.isMultiple(of: blockByteCount) else { return nil }
    var count = 0
    // SAFETY: the call reads within `padded.count` bytes, and keeps no pointer.
    let code = unsafe sodium_unpad(&count, padded, padded.count, blockByteCount)
    return code == 0 ? Array(padded[..<count]) : nil
  }
}
