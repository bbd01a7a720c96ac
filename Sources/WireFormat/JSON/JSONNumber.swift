/// The grammar of numbers, and their canonical spelling, which is CPython's.
package enum JSONNumber {
  /// Where a number token ends and which of the two kinds it is.
  struct Token {
    var end: Int
    var isReal: Bool
    var digits: Int
  }

  static func read(_ bytes: Span<UInt8>, _ at: inout Int) throws(Malformation) -> JSONValue {
    let start = at
    let token = try scan(bytes, at)
    at = token.end
    if token.isReal { return .real(try double(bytes, start..<token.end)) }
    guard token.digits <= ReaderLimits.integerDigits else {
      throw Malformation(.integerTooLong, at: start)
    }
    return integer(bytes, start..<token.end)
  }

  /// Checks RFC 8259's grammar without judging the value.
  static func scan(_ bytes: Span<UInt8>, _ start: Int) throws(Malformation) -> Token {
    var at = start
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let first = at
    at = endOfDigits(bytes, at)
    guard at > first else { throw Malformation(.badNumber, at: start) }
    if bytes[first] == UInt8(ascii: "0"), at - first > 1 {
      throw Malformation(.badNumber, at: start)
    }
    var token = Token(end: at, isReal: false, digits: at - first)
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      let end = endOfDigits(bytes, at + 1)
      guard end > at + 1 else { throw Malformation(.badNumber, at: start) }
      (at, token.isReal) = (end, true)
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
        at += 1
      }
      let end = endOfDigits(bytes, at)
      guard end > at else { throw Malformation(.badNumber, at: start) }
      (at, token.isReal) = (end, true)
    }
    token.end = at
    return token
  }

  private static func endOfDigits(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var at = start
    while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    return at
  }

  private static func integer(_ bytes: Span<UInt8>, _ range: Range<Int>) -> JSONValue {
    var digits: [UInt8] = []
    digits.reserveCapacity(range.count)
    for index in range { digits.append(bytes[index]) }
    if let value = Int(String(decoding: digits, as: UTF8.self)) { return .integer(value) }
    return .bigInteger(digits)
  }

  static func double(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Malformation) -> Double {
    var spelled: [UInt8] = []
    spelled.reserveCapacity(range.count)
    for index in range { spelled.append(bytes[index]) }
    guard let value = Double(String(decoding: spelled, as: UTF8.self)), value.isFinite else {
      throw Malformation(.numberOverflow, at: range.lowerBound)
    }
    return value
  }

  /// The value as CPython's `repr(float)` spells it.
  ///
  /// Swift's shortest round-trip digits are the same digits; only their layout differs: CPython
  /// changes to an exponent below 1e-04 and from 1e+16 on, with a sign and at least two digits.
  package static func spelling(of value: Double) -> [UInt8] {
    var digits: [UInt8] = []
    var pointAfter: Int?
    var exponent = 0
    var rest = value.description.utf8[...]
    let negative = rest.first == UInt8(ascii: "-")
    if negative { rest = rest.dropFirst() }
    while let byte = rest.first {
      rest = rest.dropFirst()
      if byte == UInt8(ascii: ".") {
        pointAfter = digits.count
      } else if byte == UInt8(ascii: "e") {
        exponent = Int(String(decoding: rest, as: UTF8.self)) ?? 0
        break
      } else {
        digits.append(byte)
      }
    }
    var point = (pointAfter ?? digits.count) + exponent
    let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(leading)
    point -= leading
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if digits.isEmpty { (digits, point) = ([UInt8(ascii: "0")], 1) }
    return (negative ? [UInt8(ascii: "-")] : []) + layOut(digits, point: point)
  }

  /// `digits` with the decimal point after the first `point` of them.
  private static func layOut(_ digits: [UInt8], point: Int) -> [UInt8] {
    let zero = UInt8(ascii: "0")
    let dot = UInt8(ascii: ".")
    let exponent = point - 1
    if exponent < -4 || exponent >= 16 {
      let fraction = digits.count > 1 ? [dot] + digits.dropFirst() : []
      let size = exponent.magnitude
      let sign = exponent < 0 ? "e-" : "e+"
      return [digits[0]] + fraction + Array("\(sign)\(size < 10 ? "0" : "")\(size)".utf8)
    }
    if point <= 0 { return [zero, dot] + Array(repeating: zero, count: -point) + digits }
    if point >= digits.count {
      return digits + Array(repeating: zero, count: point - digits.count) + [dot, zero]
    }
    return digits[..<point] + [dot] + digits[point...]
  }
}
