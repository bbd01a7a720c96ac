/// Why bytes are not one strict JSON object, and at which byte that showed.
///
/// Source: PROTOCOL.md, "Strict reading".
package struct Malformation: Error, Equatable, Sendable {
  /// The rule that the bytes break; the raw value is the stable word that plumbing prints.
  package enum Reason: String, Sendable, CaseIterable {
    case notAnObject = "not_an_object"
    case truncated
    case trailingBytes = "trailing_bytes"
    case unexpectedByte = "unexpected_byte"
    case invalidUTF8 = "invalid_utf8"
    case controlCharacter = "control_character"
    case badEscape = "bad_escape"
    case loneSurrogate = "lone_surrogate"
    case badNumber = "bad_number"
    case numberOverflow = "number_overflow"
    case integerTooLong = "integer_too_long"
    case duplicateKey = "duplicate_key"
    case tooDeep = "too_deep"
    case tooLong = "too_long"
  }

  package let reason: Reason
  /// Bytes before the fault, from 0.
  package let offset: Int

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

/// The sizes beyond which a reader refuses bytes, whoever wrote them.
package enum ReaderLimits {
  /// Bytes of one line, its LF not counted.
  package static let lineByteCount = 256 * 1024
  /// Nested containers, the outermost object being 1.
  package static let depth = 64
  /// Digits of one integer, its sign not counted; CPython's own limit.
  package static let integerDigits = 4300
  /// Canonical bytes of one `body`.
  package static let bodyByteCount = 64 * 1024
  package static let refs = 64
}
