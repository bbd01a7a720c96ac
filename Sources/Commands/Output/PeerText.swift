package import WireFormat

/// Makes text that somebody else wrote harmless to look at.
///
/// Controls, escape sequences, direction marks and all other characters that cannot be seen are
/// spelled out as `\u{202E}`, so text can neither move the cursor nor stand in another order than
/// it is read. A backslash stays as it is: this form is for eyes, `--json` is for programs.
package enum PeerText {
  /// The text on one line; LF, CR and TAB are `\n`, `\r` and `\t`.
  package static func escaped(_ text: String, keepsTabs: Bool = false) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t" where keepsTabs: out.unicodeScalars.append(scalar)
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where isHidden(scalar) || (out.isEmpty && joinsBackward(scalar)):
        out += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// As much of a text as takes at most so many bytes when it is shown, and an ellipsis for the rest.
  ///
  /// For overviews, which no peer may fill: the whole stands in the message and in `--json`.
  package static func clipped(_ text: String, to byteLimit: Int = titleByteLimit) -> String {
    if escaped(text).utf8.count <= byteLimit { return text }
    var (kept, room) = ("", byteLimit)
    for scalar in text.unicodeScalars {
      // Alone a mark is spelled out, behind another character it is not.
      room -=
        kept.isEmpty
        ? escaped(String(scalar)).utf8.count : escaped("x\(scalar)").utf8.count - 1
      guard room >= 0 else { break }
      kept.unicodeScalars.append(scalar)
    }
    return kept + "…"
  }

  /// Bytes of a subject that an overview shows.
  package static let titleByteLimit = 200

  /// A whole text over several lines, each behind a bar, so that none can pass for ours.
  ///
  /// CR LF ends a line as LF does; tabs stay; one LF at the very end is not shown.
  package static func body(_ text: String) -> [Line] {
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      return Line(bar: String(Substring(content)))
    }
  }

  /// A body as people read it: text as text, anything else as indented JSON.
  package static func body(_ value: JSONValue) -> [Line] {
    if let text = value.text { return body(text.string) }
    return body(JSONText.indented(value))
  }

  /// Whether a character has no place on a screen: controls, format characters, noncharacters.
  ///
  /// Source: Unicode general categories Cc, Cf, Zl, Zp, and Default_Ignorable_Code_Point.
  package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default:
      return scalar.properties.isDefaultIgnorableCodePoint
        || scalar.properties.isNoncharacterCodePoint
    }
  }

  /// Whether a character would change the one before it, which is ours.
  private static func joinsBackward(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return false }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: return true
    default: return scalar.properties.isEmojiModifier
    }
  }
}
