/// The shape that each field of a v3.2 message must have for the line to be a message at all.
enum FieldShape {
  static func holds(_ fields: FieldTable, _ line: Span<UInt8>) -> Bool {
    for field in [Field.from, .type, .subject, .correlationID, .publicKeyID, .signature] {
      guard string(field, fields, line) != nil else { return false }
    }
    guard let timestamp = string(.timestamp, fields, line),
      Timestamp(line, in: timestamp) != nil, isPriority(fields, line),
      let flag = fields[.ackRequired], isBool(flag, line),
      let to = fields[.to], line[to.lowerBound] == UInt8(ascii: "["),
      let refs = fields[.refs], let refCount = stringCount(refs, line),
      refCount <= ReaderLimits.refs, (fields[.body] != nil) != (fields[.enc] != nil),
      fields[.body]?.count ?? 0 <= ReaderLimits.bodyByteCount
    else { return false }
    return optionalsHold(fields, line)
  }

  private static func optionalsHold(_ fields: FieldTable, _ line: Span<UInt8>) -> Bool {
    if fields[.re] != nil {
      guard let re = string(.re, fields, line), Bytes32(hex: line, in: re) != nil else {
        return false
      }
    }
    if let crit = fields[.crit] {
      guard let count = stringCount(crit, line), count > 0 else { return false }
    }
    if let enc = fields[.enc], line[enc.lowerBound] != UInt8(ascii: "{") { return false }
    if let after = fields[.after] {
      guard let ids = texts(after, line).map({ $0.compactMap(Bytes32.init(hex:)) }),
        ids.count == texts(after, line)?.count, ids == Array(Set(ids)).sorted()
      else { return false }
    }
    return true
  }

  /// The bytes between the quotes of a string field.
  static func string(
    _ field: Field, _ fields: FieldTable, _ line: Span<UInt8>
  ) -> Range<Int>? {
    guard let range = fields[field], line[range.lowerBound] == UInt8(ascii: "\"") else {
      return nil
    }
    return range.lowerBound + 1..<range.upperBound - 1
  }

  private static func isBool(_ range: Range<Int>, _ line: Span<UInt8>) -> Bool {
    let first = line[range.lowerBound]
    return first == UInt8(ascii: "t") || first == UInt8(ascii: "f")
  }

  private static func isPriority(_ fields: FieldTable, _ line: Span<UInt8>) -> Bool {
    guard let range = string(.priority, fields, line) else { return false }
    return Priority(rawValue: String(decoding: line.bytes(in: range), as: UTF8.self)) != nil
  }

  /// The number of elements of an array of strings; nil for anything else.
  private static func stringCount(_ range: Range<Int>, _ line: Span<UInt8>) -> Int? {
    guard line[range.lowerBound] == UInt8(ascii: "[") else { return nil }
    return range.count == 2 ? 0 : texts(range, line)?.count
  }

  static func texts(_ range: Range<Int>, _ line: Span<UInt8>) -> [Text]? {
    (try? JSONParser.value(line.bytes(in: range)))?.texts
  }
}

/// How urgent its writer says a message is.
package enum Priority: String, Sendable, CaseIterable {
  case low
  case medium
  case high
}

extension Span where Element == UInt8 {
  /// A copy of the bytes in the range.
  package func bytes(in range: Range<Int>) -> [UInt8] {
    let part = extracting(range)
    var copy = [UInt8](repeating: 0, count: part.count)
    for index in copy.indices { copy[index] = part[index] }
    return copy
  }
}
