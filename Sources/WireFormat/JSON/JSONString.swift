/// The grammar of a string: UTF-8 as RFC 3629 has it, escapes as RFC 8259 has them, no lone
/// surrogate.
enum JSONString {
  /// Reads from the opening quote past the closing one, unescaping.
  static func read(_ bytes: Span<UInt8>, _ at: inout Int) throws(Malformation) -> Text {
    at += 1
    var start = at
    try skipPlain(bytes, &at)
    var text = bytes.bytes(in: start..<at)
    while bytes[at] != UInt8(ascii: "\"") {
      try escape(bytes, &at, into: &text)
      start = at
      try skipPlain(bytes, &at)
      for index in start..<at { text.append(bytes[index]) }
    }
    at += 1
    return Text(utf8: text)
  }

  /// Goes on to the closing quote or the next escape, over bytes that stand for themselves.
  private static func skipPlain(_ bytes: Span<UInt8>, _ at: inout Int) throws(Malformation) {
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): return
      case 0..<0x20: throw Malformation(.controlCharacter, at: at)
      case 0x20..<0x80: at += 1
      default:
        let length = sequenceLength(bytes, at)
        guard length > 0 else { throw Malformation(.invalidUTF8, at: at) }
        at += length
      }
    }
    throw Malformation(.truncated, at: at)
  }

  /// Bytes of the well-formed multi-byte sequence at `at`; 0 when there is none.
  ///
  /// Source: RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
  static func sequenceLength(_ bytes: Span<UInt8>, _ at: Int) -> Int {
    let lead = bytes[at]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return 0
    }
    guard at + length <= bytes.count, second.contains(bytes[at + 1]) else { return 0 }
    var index = at + 2
    while index < at + length {
      guard bytes[index] & 0xC0 == 0x80 else { return 0 }
      index += 1
    }
    return length
  }

  private static func escape(
    _ bytes: Span<UInt8>, _ at: inout Int, into text: inout [UInt8]
  ) throws(Malformation) {
    let start = at
    at += 1
    guard at < bytes.count else { throw Malformation(.truncated, at: at) }
    let letter = bytes[at]
    at += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      let unit = try codeUnit(bytes, &at, escapeAt: start)
      append(try scalar(unit, bytes, &at, escapeAt: start), to: &text)
    default: throw Malformation(.badEscape, at: start)
    }
  }

  private static func codeUnit(
    _ bytes: Span<UInt8>, _ at: inout Int, escapeAt start: Int
  ) throws(Malformation) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard at < bytes.count else { throw Malformation(.truncated, at: at) }
      guard let digit = Hex.value(ofEitherCase: bytes[at]) else {
        throw Malformation(.badEscape, at: start)
      }
      unit = unit << 4 | UInt32(digit)
      at += 1
    }
    return unit
  }

  private static func scalar(
    _ unit: UInt32, _ bytes: Span<UInt8>, _ at: inout Int, escapeAt start: Int
  ) throws(Malformation) -> UInt32 {
    guard (0xD800...0xDFFF).contains(unit) else { return unit }
    guard unit < 0xDC00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
      bytes[at + 1] == UInt8(ascii: "u")
    else { throw Malformation(.loneSurrogate, at: start) }
    at += 2
    let low = try codeUnit(bytes, &at, escapeAt: at - 2)
    guard (0xDC00...0xDFFF).contains(low) else { throw Malformation(.loneSurrogate, at: start) }
    return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
  }

  private static func append(_ scalar: UInt32, to text: inout [UInt8]) {
    switch scalar {
    case 0..<0x80:
      text.append(UInt8(scalar))
    case 0x80..<0x800:
      text.append(UInt8(0xC0 | scalar >> 6))
      text.append(UInt8(0x80 | scalar & 0x3F))
    case 0x800..<0x10000:
      text.append(UInt8(0xE0 | scalar >> 12))
      text.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      text.append(UInt8(0x80 | scalar & 0x3F))
    default:
      text.append(UInt8(0xF0 | scalar >> 18))
      text.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      text.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      text.append(UInt8(0x80 | scalar & 0x3F))
    }
  }
}
