/// Decides in one pass whether bytes are an object's canonical form, noting where its fields stand.
///
/// Builds nothing and gives no reason: bytes that fail are read again by `JSONParser`, which tells
/// a malformed line from one that is only spelled otherwise.
package enum CanonicalScan {
  /// The places of the top-level fields, or nil when the bytes are not canonical.
  package static func fields(of bytes: Span<UInt8>) -> FieldTable? {
    guard bytes.count <= ReaderLimits.lineByteCount, bytes.count >= 2,
      bytes[0] == UInt8(ascii: "{")
    else { return nil }
    var table = FieldTable()
    var at = 0
    guard members(bytes, &at, depth: 1, noting: &table), at == bytes.count else { return nil }
    return table
  }

  private static func value(_ bytes: Span<UInt8>, _ at: inout Int, depth: Int) -> Bool {
    guard at < bytes.count else { return false }
    switch bytes[at] {
    case UInt8(ascii: "\""):
      var escaped = false
      return string(bytes, &at, escaped: &escaped)
    case UInt8(ascii: "{"):
      var ignored: FieldTable?
      return members(bytes, &at, depth: depth + 1, noting: &ignored)
    case UInt8(ascii: "["): return elements(bytes, &at, depth: depth + 1)
    case UInt8(ascii: "t"): return word(words.true, bytes, &at)
    case UInt8(ascii: "f"): return word(words.false, bytes, &at)
    case UInt8(ascii: "n"): return word(words.null, bytes, &at)
    default: return number(bytes, &at)
    }
  }

  private static let words = (
    true: Array("true".utf8), false: Array("false".utf8), null: Array("null".utf8)
  )

  private static func word(_ word: [UInt8], _ bytes: Span<UInt8>, _ at: inout Int) -> Bool {
    guard at + word.count <= bytes.count else { return false }
    for byte in word {
      guard bytes[at] == byte else { return false }
      at += 1
    }
    return true
  }

  private static func number(_ bytes: Span<UInt8>, _ at: inout Int) -> Bool {
    let first = bytes[at]
    guard first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10,
      let token = try? JSONNumber.scan(bytes, at)
    else { return false }
    let range = at..<token.end
    at = token.end
    if !token.isReal {
      let isMinusZero =
        first == UInt8(ascii: "-") && bytes[range.lowerBound + 1] == UInt8(ascii: "0")
      return token.digits <= ReaderLimits.integerDigits && !isMinusZero
    }
    guard let value = try? JSONNumber.double(bytes, range) else { return false }
    let spelling = JSONNumber.spelling(of: value)
    guard spelling.count == range.count else { return false }
    for (index, byte) in spelling.enumerated() where bytes[range.lowerBound + index] != byte {
      return false
    }
    return true
  }

  /// Takes a string whose escapes are all the shortest ones.
  private static func string(
    _ bytes: Span<UInt8>, _ at: inout Int, escaped: inout Bool
  ) -> Bool {
    at += 1
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        at += 1
        return true
      }
      if byte == UInt8(ascii: "\\") {
        escaped = true
        guard canonicalEscape(bytes, &at) else { return false }
      } else if byte < 0x20 {
        return false
      } else if byte < 0x80 {
        at += 1
      } else {
        let length = JSONString.sequenceLength(bytes, at)
        guard length > 0 else { return false }
        at += length
      }
    }
    return false
  }

  private static func canonicalEscape(_ bytes: Span<UInt8>, _ at: inout Int) -> Bool {
    guard at + 1 < bytes.count else { return false }
    switch bytes[at + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 2
      return true
    case UInt8(ascii: "u"):
      guard at + 6 <= bytes.count, bytes[at + 2] == UInt8(ascii: "0"),
        bytes[at + 3] == UInt8(ascii: "0"), let high = Hex.value(bytes[at + 4]), high < 2,
        let low = Hex.value(bytes[at + 5])
      else { return false }
      at += 6
      // These five have a shorter escape.
      return ![0x08, 0x09, 0x0A, 0x0C, 0x0D].contains(high << 4 | low)
    default: return false
    }
  }

  private static func elements(_ bytes: Span<UInt8>, _ at: inout Int, depth: Int) -> Bool {
    guard depth <= ReaderLimits.depth else { return false }
    at += 1
    if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
      at += 1
      return true
    }
    while value(bytes, &at, depth: depth) {
      guard at < bytes.count else { return false }
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "]") { return true }
      guard byte == UInt8(ascii: ",") else { return false }
    }
    return false
  }

  private static func members(
    _ bytes: Span<UInt8>, _ at: inout Int, depth: Int, noting table: inout FieldTable
  ) -> Bool {
    var optional: FieldTable? = table
    defer { if let optional { table = optional } }
    return members(bytes, &at, depth: depth, noting: &optional)
  }

  private static func members(
    _ bytes: Span<UInt8>, _ at: inout Int, depth: Int, noting table: inout FieldTable?
  ) -> Bool {
    guard depth <= ReaderLimits.depth else { return false }
    at += 1
    if at < bytes.count, bytes[at] == UInt8(ascii: "}") {
      at += 1
      return true
    }
    var previous: Range<Int>?
    var previousEscaped = false
    while at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
      var escaped = false
      let start = at + 1
      guard string(bytes, &at, escaped: &escaped) else { return false }
      let key = start..<at - 1
      if let previous,
        !ascends(bytes, previous, key, escaped: escaped || previousEscaped)
      {
        return false
      }
      (previous, previousEscaped) = (key, escaped)
      guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return false }
      at += 1
      let valueStart = at
      guard value(bytes, &at, depth: depth), at < bytes.count else { return false }
      if table != nil { table?.note(bytes, key: key, value: valueStart..<at) }
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "}") { return true }
      guard byte == UInt8(ascii: ",") else { return false }
    }
    return false
  }

  /// Whether the second key follows the first by unescaped bytes; equal keys do not.
  private static func ascends(
    _ bytes: Span<UInt8>, _ first: Range<Int>, _ second: Range<Int>, escaped: Bool
  ) -> Bool {
    if escaped {
      var left = first.lowerBound - 1
      var right = second.lowerBound - 1
      guard let a = try? JSONString.read(bytes, &left), let b = try? JSONString.read(bytes, &right)
      else { return false }
      return a < b
    }
    var index = 0
    while index < first.count, index < second.count {
      let a = bytes[first.lowerBound + index]
      let b = bytes[second.lowerBound + index]
      if a != b { return a < b }
      index += 1
    }
    return first.count < second.count
  }
}
