/// Thirty-two bytes by value: a SHA-256, a public key, a wire's id.
///
/// Ordered as its lower-case hex is.
package struct Bytes32: Hashable, Sendable {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  package static let zero = Bytes32(a: 0, b: 0, c: 0, d: 0)

  private init(a: UInt64, b: UInt64, c: UInt64, d: UInt64) {
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }

  /// Nil unless there are exactly 32 bytes.
  package init?(_ bytes: [UInt8]) { self.init(bytes.span) }

  /// Nil unless there are exactly 32 bytes.
  package init?(_ bytes: Span<UInt8>) {
    guard bytes.count == 32 else { return nil }
    func word(_ start: Int) -> UInt64 {
      var word: UInt64 = 0
      for index in start..<start + 8 { word = word << 8 | UInt64(bytes[index]) }
      return word
    }
    (a, b, c, d) = (word(0), word(8), word(16), word(24))
  }

  /// Nil unless the range spells 64 lower-case hex digits.
  package init?(hex: Span<UInt8>, in range: Range<Int>) {
    guard range.count == 64 else { return nil }
    let digits = hex.extracting(range)
    var isHex = true
    func word(_ start: Int) -> UInt64 {
      var word: UInt64 = 0
      for index in start..<start + 16 {
        let (digit, isDigit) = Hex.digit(of: digits[index])
        word = word << 4 | UInt64(digit)
        isHex = isHex && isDigit
      }
      return word
    }
    self.init(a: word(0), b: word(16), c: word(32), d: word(48))
    guard isHex else { return nil }
  }

  /// Nil unless the text is 64 lower-case hex digits.
  package init?(hex text: Text) {
    self.init(hex: text.utf8.span, in: 0..<text.utf8.count)
  }

  package init?(hex string: String) {
    self.init(hex: Text(string))
  }

  package var bytes: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(32)
    for word in [a, b, c, d] {
      for shift in stride(from: 56, through: 0, by: -8) {
        out.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return out
  }

  package var hex: String { String(decoding: hexDigits, as: UTF8.self) }

  /// The 64 digits as bytes.
  package var hexDigits: [UInt8] {
    var out = [UInt8](repeating: 0, count: 64)
    for (index, word) in [a, b, c, d].enumerated() {
      for digit in 0..<16 {
        let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * digit)) & 15
        out[16 * index + digit] = Hex.digit(value)
      }
    }
    return out
  }
}

extension Bytes32: Comparable {
  package static func < (left: Bytes32, right: Bytes32) -> Bool {
    (left.a, left.b, left.c, left.d) < (right.a, right.b, right.c, right.d)
  }
}

extension Bytes32: CustomStringConvertible {
  package var description: String { hex }
}
