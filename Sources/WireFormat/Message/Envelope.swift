/// What a canonical v3.2 line says of its author and place, read without building its content.
///
/// Nothing of it is proven: the key, the id, the signature and the chain are checked elsewhere.
package struct Envelope: Sendable {
  package let fields: FieldTable
  package let wire: Bytes32
  /// The signer's public key.
  package let pk: Bytes32
  package let eventID: Bytes32
  package let place: Place
  package let kind: Int
  /// `ack_required`.
  package let asksForAck: Bool

  /// Where a line stands: in its writer's chain, or among its beats.
  package enum Place: Equatable, Sendable {
    /// `seq` from 1; `prev` is the id before it, zeros at 1.
    case chain(seq: Int, prev: Bytes32)
    case beat(n: Int)
  }

  /// Reads a line, its LF not included, or says why it is no v3.2 message.
  ///
  /// Throws `malformed` or `not_canonical` only.
  package static func read(_ line: Span<UInt8>) throws(LineFault) -> Envelope {
    guard let fields = CanonicalScan.fields(of: line) else { throw spelling(line) }
    guard let v = fields[.v], v.count == 1, line[v.lowerBound] == UInt8(ascii: "1"),
      let wire = id(.wire, fields, line), let pk = id(.pk, fields, line),
      let eventID = id(.eventID, fields, line), let place = place(fields, line),
      let kind = integer(.kind, fields, line), FieldShape.holds(fields, line),
      let flag = fields[.ackRequired]
    else { throw .malformed }
    return Envelope(
      fields: fields, wire: wire, pk: pk, eventID: eventID, place: place, kind: kind,
      asksForAck: line[flag.lowerBound] == UInt8(ascii: "t"))
  }

  /// Why bytes that are not canonical are refused: a message spelled otherwise, or no message.
  private static func spelling(_ line: Span<UInt8>) -> LineFault {
    guard let object = try? JSONParser.object(line) else { return .malformed }
    return object[Field.v.key] == .integer(1) ? .notCanonical : .malformed
  }

  private static func place(_ fields: FieldTable, _ line: Span<UInt8>) -> Place? {
    if fields[.n] != nil, fields[.seq] == nil, fields[.prev] == nil {
      guard let n = integer(.n, fields, line), n >= 1 else { return nil }
      return .beat(n: n)
    }
    guard fields[.n] == nil, let seq = integer(.seq, fields, line), seq >= 1,
      let prev = id(.prev, fields, line), seq > 1 || prev == .zero
    else { return nil }
    return .chain(seq: seq, prev: prev)
  }

  private static func id(
    _ field: Field, _ fields: FieldTable, _ line: Span<UInt8>
  ) -> Bytes32? {
    guard let value = FieldShape.string(field, fields, line) else { return nil }
    return Bytes32(hex: line, in: value)
  }

  /// Whether the line says that this agent wrote it, by handle or by did.
  package func isFrom(_ handle: Handle, _ line: Span<UInt8>) -> Bool {
    guard let from = FieldShape.string(.from, fields, line) else { return false }
    return line.equals(handle.name.utf8, in: from) || line.equals(handle.did.utf8, in: from)
  }

  /// Integers that every reader holds exactly; larger ones are no place, count or kind.
  private static func integer(
    _ field: Field, _ fields: FieldTable, _ line: Span<UInt8>
  ) -> Int? {
    guard let range = fields[field], range.count <= 16 else { return nil }
    var value = 0
    for index in range {
      let digit = line[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value <= WriterLimits.largestInteger ? value : nil
  }
}
