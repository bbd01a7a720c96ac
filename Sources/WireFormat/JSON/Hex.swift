/// Lower-case hex, the only spelling of hashes and keys that the wire knows.
package enum Hex {
  package static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }

  /// The value of a lower-case hex digit and whether the byte is one, without a branch.
  static func digit(of byte: UInt8) -> (value: UInt8, isDigit: Bool) {
    let number = byte &- UInt8(ascii: "0")
    let letter = byte &- UInt8(ascii: "a")
    return (number < 10 ? number : letter &+ 10, (number < 10) != (letter < 6))
  }

  /// The value of a lower-case hex digit.
  package static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// The value of a hex digit of either case, as `\u` escapes allow.
  static func value(ofEitherCase byte: UInt8) -> UInt8? {
    value(byte) ?? (byte >= 0x41 && byte <= 0x46 ? byte - 0x41 + 10 : nil)
  }

  package static func string(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      out.append(digit(byte >> 4))
      out.append(digit(byte & 15))
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes that lower-case hex of even length spells.
  package static func bytes(_ hex: some Collection<UInt8>) -> [UInt8]? {
    guard hex.count.isMultiple(of: 2) else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(hex.count / 2)
    var high: UInt8?
    for byte in hex {
      guard let digit = value(byte) else { return nil }
      if let upper = high {
        out.append(upper << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return out
  }
}
