package import WireFormat

/// Spells JSON for a terminal or a pipe: valid, on one line, without a character that cannot be
/// seen.
///
/// Members stand in canonical order. What `PeerText` spells out is here an escape of four digits,
/// or two of them beyond U+FFFF; a reader of JSON gets the exact text back.
package enum JSONText {
  package static func line(_ object: JSONObject) -> [UInt8] {
    escaped(CanonicalWriter.bytes(of: object))
  }

  /// Spells out the hidden characters of canonical bytes, where they only stand inside strings.
  static func escaped(_ canonical: [UInt8]) -> [UInt8] {
    if canonical.allSatisfy({ $0 < 0x7F }) { return canonical }
    var out: [UInt8] = []
    out.reserveCapacity(canonical.count + 16)
    for scalar in String(decoding: canonical, as: UTF8.self).unicodeScalars {
      if PeerText.isHidden(scalar) {
        for unit in UTF16.encode(scalar) ?? .init() {
          out += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
          for shift in [12, 8, 4, 0] { out.append(Hex.digit(UInt8(unit >> shift & 15))) }
        }
      } else {
        out += UTF8.encode(scalar) ?? .init()
      }
    }
    return out
  }

  /// What is nested deeper stands on one line: 64 levels of indentation would make a body of 64 KiB
  /// one of 4 MB.
  private static let deepestIndent = 16

  /// A value over several lines, two spaces a level, for people.
  static func indented(_ value: JSONValue, _ indent: String = "") -> String {
    guard indent.utf8.count < deepestIndent else { return compact(value) }
    let inner = indent + "  "
    switch value {
    case .array(let elements) where !elements.isEmpty:
      let parts = elements.map { inner + indented($0, inner) }
      return "[\n" + parts.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let object) where !object.members.isEmpty:
      let parts = object.members.map { member in
        "\(inner)\(compact(.string(member.key))): \(indented(member.value, inner))"
      }
      return "{\n" + parts.joined(separator: ",\n") + "\n\(indent)}"
    default: return compact(value)
    }
  }

  private static func compact(_ value: JSONValue) -> String {
    String(decoding: CanonicalWriter.bytes(of: value), as: UTF8.self)
  }
}
