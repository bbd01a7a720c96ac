package import WireFormat

/// Base64 in its one canonical spelling.
///
/// No white space, exact length, spare bits zero: otherwise one signature has sixteen spellings.
/// Source: RFC 4648 §4 and §5.
package enum Base64 {
  /// The standard alphabet, with padding.
  package static func encode(_ bytes: [UInt8]) -> String {
    let padding = String(repeating: "=", count: (3 - bytes.count % 3) % 3)
    return encode(bytes, standard) + padding
  }

  /// The URL-safe alphabet, without padding.
  package static func encodeURL(_ bytes: [UInt8]) -> String {
    encode(bytes, urlSafe)
  }

  /// Nil unless the characters are the canonical spelling, padding included.
  package static func decode(_ characters: [UInt8]) -> [UInt8]? {
    decode(characters.span, in: characters.indices)
  }

  /// The same for a string of a message.
  package static func decode(_ text: Text) -> [UInt8]? {
    decode(text.utf8)
  }

  /// Nil unless the characters are the canonical URL-safe spelling without padding.
  package static func decodeURL(_ characters: [UInt8]) -> [UInt8]? {
    decode(characters.span, in: characters.indices, standardAlphabet: false)
  }

  /// The same for a string of a message.
  package static func decodeURL(_ text: Text) -> [UInt8]? {
    decodeURL(text.utf8)
  }

  private static let standard = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let urlSafe = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  private static func encode(_ bytes: [UInt8], _ alphabet: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count / 3 * 4 + 4)
    var pending = 0
    var bits = 0
    for byte in bytes {
      pending = pending << 8 | Int(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        out.append(alphabet[pending >> bits & 63])
      }
      pending &= 63
    }
    if bits > 0 { out.append(alphabet[pending << (6 - bits) & 63]) }
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes that a part of a line spells, read where they stand.
  static func decode(_ line: Span<UInt8>, in range: Range<Int>) -> [UInt8]? {
    // Of the lengths that four divides, only the right padding leaves a length that can be read.
    guard range.count.isMultiple(of: 4) else { return nil }
    var end = range.upperBound
    while end > range.lowerBound, range.upperBound - end < 2, line[end - 1] == UInt8(ascii: "=") {
      end -= 1
    }
    return decode(line, in: range.lowerBound..<end, standardAlphabet: true)
  }

  private static func decode(
    _ line: Span<UInt8>, in range: Range<Int>, standardAlphabet: Bool
  ) -> [UInt8]? {
    guard range.count % 4 != 1 else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(range.count * 3 / 4)
    var pending: UInt32 = 0
    var bits: UInt32 = 0
    for index in range {
      guard let value = value(of: line[index], standardAlphabet) else { return nil }
      pending = pending << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: pending >> bits))
        pending &= (1 << bits) - 1
      }
    }
    return pending == 0 ? out : nil
  }

  private static func value(of character: UInt8, _ isStandard: Bool) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+") where isStandard, UInt8(ascii: "-") where !isStandard: 62
    case UInt8(ascii: "/") where isStandard, UInt8(ascii: "_") where !isStandard: 63
    default: nil
    }
  }
}
