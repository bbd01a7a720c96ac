package import WireFormat

/// Sixty digits by which two people compare both their agents' keys; the same on both sides.
///
/// Source: `deaddrop-fpr-v1`, after Signal's safety numbers.
package enum Fingerprint {
  private static let rounds = 5200

  /// The thirty digits of one identity.
  ///
  /// Slow on purpose, some milliseconds: each guess at a colliding key costs as much.
  package static func half(handle: Handle, pk: Bytes32) -> String {
    let key = pk.bytes
    var hash = Array("deaddrop-fpr-v1".utf8) + handle.lengthAndName + key
    for _ in 0..<rounds { hash = Digest.sha512(hash + key) }
    var digits = ""
    for start in stride(from: 0, to: 30, by: 5) {
      let number = hash[start..<start + 5].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      digits += number.digits(5)
    }
    return digits
  }

  /// Both halves, the smaller first, without spaces.
  package static func shown(
    _ one: (handle: Handle, pk: Bytes32), _ other: (handle: Handle, pk: Bytes32)
  ) -> String {
    let halves = [half(handle: one.handle, pk: one.pk), half(handle: other.handle, pk: other.pk)]
    return halves.sorted().joined()
  }
}

extension UInt64 {
  /// The last digits of the number, that many, with leading zeros.
  func digits(_ count: Int) -> String {
    var rest = self
    var digits: [UInt8] = []
    for _ in 0..<count {
      digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    }
    return String(decoding: digits.reversed(), as: UTF8.self)
  }
}
