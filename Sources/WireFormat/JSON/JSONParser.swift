/// Reads any legal spelling of one JSON object, refusing all that PROTOCOL.md calls malformed.
///
/// The slower of two readers: `CanonicalScan` reads lines that are already canonical without
/// building anything. Both are recursive functions over a span with the state passed along.
package enum JSONParser {
  /// The object that the bytes spell, or the first rule that they break.
  package static func object(_ bytes: Span<UInt8>) throws(Malformation) -> JSONObject {
    guard bytes.count <= ReaderLimits.lineByteCount else {
      throw Malformation(.tooLong, at: ReaderLimits.lineByteCount)
    }
    var at = 0
    skipSpace(bytes, &at)
    guard at < bytes.count else { throw Malformation(.truncated, at: at) }
    guard bytes[at] == UInt8(ascii: "{") else { throw Malformation(.notAnObject, at: at) }
    let object = try members(bytes, &at, depth: 1)
    skipSpace(bytes, &at)
    guard at == bytes.count else { throw Malformation(.trailingBytes, at: at) }
    return object
  }

  package static func object(_ bytes: [UInt8]) throws(Malformation) -> JSONObject {
    try object(bytes.span)
  }

  /// An object of our own private files, whatever its size.
  package static func record(_ bytes: [UInt8]) throws(Malformation) -> JSONObject {
    guard let object = try value(bytes).members else { throw Malformation(.notAnObject, at: 0) }
    return object
  }

  /// One value of any shape; what `--json-body` reads.
  package static func value(_ bytes: [UInt8]) throws(Malformation) -> JSONValue {
    let span = bytes.span
    var at = 0
    skipSpace(span, &at)
    let parsed = try value(span, &at, depth: 1)
    skipSpace(span, &at)
    guard at == span.count else { throw Malformation(.trailingBytes, at: at) }
    return parsed
  }

  private static func skipSpace(_ bytes: Span<UInt8>, _ at: inout Int) {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  private static func value(
    _ bytes: Span<UInt8>, _ at: inout Int, depth: Int
  ) throws(Malformation) -> JSONValue {
    guard at < bytes.count else { throw Malformation(.truncated, at: at) }
    switch bytes[at] {
    case UInt8(ascii: "{"): return .object(try members(bytes, &at, depth: depth + 1))
    case UInt8(ascii: "["): return .array(try elements(bytes, &at, depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try JSONString.read(bytes, &at))
    case UInt8(ascii: "t"): return try word("true", .bool(true), bytes, &at)
    case UInt8(ascii: "f"): return try word("false", .bool(false), bytes, &at)
    case UInt8(ascii: "n"): return try word("null", .null, bytes, &at)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return try JSONNumber.read(bytes, &at)
    default: throw Malformation(.unexpectedByte, at: at)
    }
  }

  private static func word(
    _ word: String, _ value: JSONValue, _ bytes: Span<UInt8>, _ at: inout Int
  ) throws(Malformation) -> JSONValue {
    for expected in word.utf8 {
      guard at < bytes.count else { throw Malformation(.truncated, at: at) }
      guard bytes[at] == expected else { throw Malformation(.unexpectedByte, at: at) }
      at += 1
    }
    return value
  }

  private static func members(
    _ bytes: Span<UInt8>, _ at: inout Int, depth: Int
  ) throws(Malformation) -> JSONObject {
    guard depth <= ReaderLimits.depth else { throw Malformation(.tooDeep, at: at) }
    var found: [JSONObject.Member] = []
    var seen = SeenKeys()
    at += 1
    skipSpace(bytes, &at)
    if at < bytes.count, bytes[at] == UInt8(ascii: "}") {
      at += 1
      return JSONObject()
    }
    while true {
      guard at < bytes.count else { throw Malformation(.truncated, at: at) }
      guard bytes[at] == UInt8(ascii: "\"") else { throw Malformation(.unexpectedByte, at: at) }
      let keyOffset = at
      let key = try JSONString.read(bytes, &at)
      guard seen.insert(key, after: found) else { throw Malformation(.duplicateKey, at: keyOffset) }
      skipSpace(bytes, &at)
      guard at < bytes.count else { throw Malformation(.truncated, at: at) }
      guard bytes[at] == UInt8(ascii: ":") else { throw Malformation(.unexpectedByte, at: at) }
      at += 1
      skipSpace(bytes, &at)
      found.append(.init(key: key, value: try value(bytes, &at, depth: depth)))
      skipSpace(bytes, &at)
      if try ended(bytes, &at, by: UInt8(ascii: "}")) { break }
      skipSpace(bytes, &at)
    }
    return JSONObject(unsorted: found) ?? JSONObject()
  }

  /// The keys of one object: rising ones cannot repeat, few are compared one by one, many through a
  /// set.
  private struct SeenKeys {
    private static let fewCount = 8
    private var isRising = true
    private var many: Set<Text> = []

    mutating func insert(_ key: Text, after found: [JSONObject.Member]) -> Bool {
      if isRising {
        guard let last = found.last, !(last.key < key) else { return true }
        isRising = false
      }
      if found.count < Self.fewCount { return !found.contains { $0.key == key } }
      if many.isEmpty { many = Set(found.map(\.key)) }
      return many.insert(key).inserted
    }
  }

  private static func elements(
    _ bytes: Span<UInt8>, _ at: inout Int, depth: Int
  ) throws(Malformation) -> [JSONValue] {
    guard depth <= ReaderLimits.depth else { throw Malformation(.tooDeep, at: at) }
    var found: [JSONValue] = []
    at += 1
    skipSpace(bytes, &at)
    if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
      at += 1
      return []
    }
    while true {
      found.append(try value(bytes, &at, depth: depth))
      skipSpace(bytes, &at)
      if try ended(bytes, &at, by: UInt8(ascii: "]")) { return found }
      skipSpace(bytes, &at)
    }
  }

  /// Takes the closing byte (true) or a comma (false).
  private static func ended(
    _ bytes: Span<UInt8>, _ at: inout Int, by close: UInt8
  ) throws(Malformation) -> Bool {
    guard at < bytes.count else { throw Malformation(.truncated, at: at) }
    defer { at += 1 }
    if bytes[at] == close { return true }
    guard bytes[at] == UInt8(ascii: ",") else { throw Malformation(.unexpectedByte, at: at) }
    return false
  }
}
