/// A string of a message, compared by its UTF-8 bytes and nothing else.
///
/// `String` treats canonically equivalent spellings as equal; on the wire `é` and `e` + U+0301 are
/// two different strings, so keys and values never become `String` before they are shown.
package struct Text: Hashable, Sendable {
  /// Valid UTF-8, unescaped.
  package let utf8: [UInt8]

  /// The caller vouches that the bytes are valid UTF-8.
  package init(utf8: [UInt8]) {
    self.utf8 = utf8
  }

  package init(_ string: String) {
    self.utf8 = Array(string.utf8)
  }

  /// The text for people; not for comparing.
  package var string: String { String(decoding: utf8, as: UTF8.self) }
}

extension Text: Comparable {
  /// By byte, which for UTF-8 is by code point.
  package static func < (left: Text, right: Text) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

extension Text: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) {
    self.init(value)
  }
}

extension [UInt8] {
  /// Whether these bytes stand somewhere in it, one after the other.
  ///
  /// What `String` has for that links the engine of regular expressions: 1.3 MB.
  package func holds(_ part: [UInt8]) -> Bool {
    guard let first = part.first else { return true }
    return indices.contains { self[$0] == first && self[$0...].starts(with: part) }
  }
}
