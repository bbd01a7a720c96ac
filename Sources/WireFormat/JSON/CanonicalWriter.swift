/// Writes the one canonical spelling of a value.
///
/// Source: PROTOCOL.md, "Canonical form": what CPython's `json.dumps(obj, sort_keys=True,
/// separators=(",", ":"), ensure_ascii=False)` gives, in UTF-8.
package enum CanonicalWriter {
  package static func bytes(of object: JSONObject) -> [UInt8] {
    var out: [UInt8] = []
    write(object, to: &out)
    return out
  }

  /// The object's bytes with members added, its own being spelled only once.
  ///
  /// `added` is given the bytes without them; they are sorted, and the object has none of their
  /// keys.
  package static func bytes(
    of object: JSONObject, adding added: ([UInt8]) -> [JSONObject.Member]
  ) -> [UInt8] {
    var plain: [UInt8] = [UInt8(ascii: "{")]
    var starts: [Int] = []
    for member in object.members {
      if plain.count > 1 { plain.append(UInt8(ascii: ",")) }
      starts.append(plain.count)
      write(member, to: &plain)
    }
    plain.append(UInt8(ascii: "}"))
    var out: [UInt8] = []
    out.reserveCapacity(plain.count + 256)
    var taken = 0
    for member in added(plain) {
      let next = object.members.firstIndex { member.key < $0.key }
      let place = next.map { starts[$0] } ?? plain.count - 1
      out += plain[taken..<place]
      if next == nil, out.count > 1 { out.append(UInt8(ascii: ",")) }
      write(member, to: &out)
      if next != nil { out.append(UInt8(ascii: ",")) }
      taken = place
    }
    out += plain[taken...]
    return out
  }

  private static func write(_ member: JSONObject.Member, to out: inout [UInt8]) {
    write(member.key, to: &out)
    out.append(UInt8(ascii: ":"))
    write(member.value, to: &out)
  }

  package static func bytes(of value: JSONValue) -> [UInt8] {
    var out: [UInt8] = []
    write(value, to: &out)
    return out
  }

  private static func write(_ value: JSONValue, to out: inout [UInt8]) {
    switch value {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let flag): out.append(contentsOf: (flag ? "true" : "false").utf8)
    case .integer(let number): out.append(contentsOf: String(number).utf8)
    case .bigInteger(let digits): out.append(contentsOf: digits)
    case .real(let number): out.append(contentsOf: JSONNumber.spelling(of: number))
    case .string(let text): write(text, to: &out)
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(element, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let object): write(object, to: &out)
    }
  }

  private static func write(_ object: JSONObject, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "{"))
    for (index, member) in object.members.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      write(member, to: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  private static func write(_ text: Text, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    let bytes = text.utf8
    var start = 0
    for index in bytes.indices where mustEscape(bytes[index]) {
      out += bytes[start..<index]
      out += escape(bytes[index])
      start = index + 1
    }
    if start == 0 { out += bytes } else { out += bytes[start...] }
    out.append(UInt8(ascii: "\""))
  }

  private static func mustEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    let backslash = UInt8(ascii: "\\")
    return switch byte {
    case UInt8(ascii: "\""), backslash: [backslash, byte]
    case 0x08: [backslash, UInt8(ascii: "b")]
    case 0x09: [backslash, UInt8(ascii: "t")]
    case 0x0A: [backslash, UInt8(ascii: "n")]
    case 0x0C: [backslash, UInt8(ascii: "f")]
    case 0x0D: [backslash, UInt8(ascii: "r")]
    default:
      Array("\\u00".utf8) + [Hex.digit(byte >> 4), Hex.digit(byte & 15)]
    }
  }
}
