/// The top-level fields that readers know, in canonical order.
///
/// Source: PROTOCOL.md, "Fields".
package enum Field: Int, CaseIterable, Sendable {
  case ackRequired
  case after
  case body
  case correlationID
  case crit
  case enc
  case eventID
  case from
  case kind
  case n
  case pk
  case prev
  case priority
  case publicKeyID
  case re
  case refs
  case seq
  case signature
  case subject
  case timestamp
  case to
  case type
  case v
  case wire

  package var name: String {
    switch self {
    case .ackRequired: "ack_required"
    case .after: "after"
    case .body: "body"
    case .correlationID: "correlation_id"
    case .crit: "crit"
    case .enc: "enc"
    case .eventID: "event_id"
    case .from: "from"
    case .kind: "kind"
    case .n: "n"
    case .pk: "pk"
    case .prev: "prev"
    case .priority: "priority"
    case .publicKeyID: "public_key_id"
    case .re: "re"
    case .refs: "refs"
    case .seq: "seq"
    case .signature: "signature"
    case .subject: "subject"
    case .timestamp: "timestamp"
    case .to: "to"
    case .type: "type"
    case .v: "v"
    case .wire: "wire"
    }
  }

  package var key: Text { Self.keys[rawValue] }

  private static let keys = allCases.map { Text($0.name) }

  /// The names as bytes, by raw value.
  static let spellings: [[UInt8]] = allCases.map { Array($0.name.utf8) }

  /// The fields that the hash of a message leaves out.
  package static let unsigned: [Field] = [.eventID, .publicKeyID, .signature]
}

/// Where the known top-level fields of one canonical line stand.
package struct FieldTable: Sendable {
  private var starts = InlineArray<24, Int32>(repeating: -1)
  private var ends = InlineArray<24, Int32>(repeating: -1)
  /// The field to try first for the next key: in canonical order they only rise.
  private var next = 0

  init() {}

  /// Bytes of the field's value, quotes included; nil when the line has no such field.
  package subscript(_ field: Field) -> Range<Int>? {
    let start = starts[field.rawValue]
    return start < 0 ? nil : Int(start)..<Int(ends[field.rawValue])
  }

  mutating func note(_ bytes: Span<UInt8>, key: Range<Int>, value: Range<Int>) {
    let spellings = Field.spellings
    for index in next..<spellings.count where Self.equal(bytes, key, spellings[index]) {
      starts[index] = Int32(truncatingIfNeeded: value.lowerBound)
      ends[index] = Int32(truncatingIfNeeded: value.upperBound)
      next = index + 1
      return
    }
  }

  private static func equal(_ bytes: Span<UInt8>, _ key: Range<Int>, _ name: [UInt8]) -> Bool {
    guard name.count == key.count else { return false }
    var index = 0
    while index < name.count {
      guard name[index] == bytes[key.lowerBound + index] else { return false }
      index += 1
    }
    return true
  }

  /// Gives the parts of the line that, joined, are its canonical form without the unsigned fields.
  package func forEachSignedPart(of line: Span<UInt8>, _ body: (Range<Int>) -> Void) {
    var taken = 0
    for field in Field.unsigned {
      guard let value = self[field] else { continue }
      let member = value.lowerBound - field.name.utf8.count - 3
      // A comma goes with each member left out: the one before it, else the one after it.
      let commaBefore = member > taken && line[member - 1] == UInt8(ascii: ",")
      let start = commaBefore ? member - 1 : member
      let commaAfter = !commaBefore && line[value.upperBound] == UInt8(ascii: ",")
      body(taken..<start)
      taken = value.upperBound + (commaAfter ? 1 : 0)
    }
    body(taken..<line.count)
  }
}
