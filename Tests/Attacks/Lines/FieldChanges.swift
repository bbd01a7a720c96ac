import Identity
import TestSupport
import WireFormat

/// Changes every field of valid messages: as it is, with a new id, and with another's signature.
package enum FieldChanges {
  /// How many changes of so many messages of random wires were refused: all, or it throws.
  package static func run(messages count: Int) throws -> Int {
    var random = RandomSource("field changes")
    let mallory = try TestKey("mallory")
    var changes = 0
    var left = count
    while left > 0 {
      let wire = try WireGenerator.wire(RandomSource("fields \(random.next())"))
      for (trial, lines) in try LineTrial.each(of: wire) {
        for line in lines.prefix(left) {
          let altered = try altered(line, by: mallory, &random)
          try trial.refuse(altered, of: "a changed field")
          changes += altered.count
          left -= 1
        }
      }
    }
    return changes
  }

  private static func altered(
    _ line: [UInt8], by mallory: TestKey, _ random: inout RandomSource
  ) throws -> [[UInt8]] {
    let object = try JSONParser.object(line)
    var found: [[UInt8]] = []
    for member in object.members {
      for value in [other(than: member.value, &random), .null, nil] {
        var changed = object
        changed[member.key] = value
        guard changed != object else { continue }
        // As a careless host leaves it.
        found.append(CanonicalWriter.bytes(of: changed))
        // As a careful one: the id is right again, and the signature is over another.
        var withID = changed
        withID["event_id"] = .hex(EventID.of(changed))
        if withID != changed, withID != object { found.append(CanonicalWriter.bytes(of: withID)) }
        // As one with a key of its own: a signature that holds, but for nobody's key of this log.
        guard let from = object["from"]?.text.flatMap(Handle.init(sender:)) else { continue }
        found.append(LineSignature.sign(changed, as: from, with: mallory.signing))
        changed["pk"] = .hex(mallory.pk)
        found.append(LineSignature.sign(changed, as: from, with: mallory.signing))
      }
    }
    var extended = object
    extended["zz"] = .bool(true)
    found.append(CanonicalWriter.bytes(of: extended))
    return found
  }

  /// A value that could stand there as well.
  private static func other(than value: JSONValue, _ random: inout RandomSource) -> JSONValue {
    switch value {
    case .null: .bool(true)
    case .bool(let flag): .bool(!flag)
    case .integer(let number): .integer(number + 1 + random.below(3))
    case .bigInteger, .real: .integer(0)
    case .string(let text): .string(other(than: text, &random))
    case .array(let elements): .array(elements + (elements.last.map { [$0] } ?? [.string("x")]))
    case .object(let object):
      if let first = object.members.first {
        .object([first.key: other(than: first.value, &random)])
      } else {
        .object(["x": .null])
      }
    }
  }

  private static func other(than text: Text, _ random: inout RandomSource) -> Text {
    guard !text.utf8.isEmpty else { return "x" }
    var bytes = text.utf8
    let index = random.below(bytes.count)
    // Digits stay digits, so that ids, keys and times keep their shape.
    if bytes[index] >= 0x80 { return "x" }
    bytes[index] = bytes[index] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
    return Text(utf8: bytes)
  }
}
