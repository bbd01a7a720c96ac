package import WireFormat

/// How a part of a line looks where there is colour; elsewhere it is the same text without.
package enum Style: Sendable {
  case plain, strong, faint, good, caution, bad

  /// The SGR code, ECMA-48 §8.3.117.
  var code: String? {
    switch self {
    case .plain: nil
    case .strong: "1"
    case .faint: "2"
    case .good: "32"
    case .caution: "33"
    case .bad: "31"
    }
  }
}

/// One line for people: parts of text, each with its style, escaped when it is shown.
///
/// Written as a string literal with interpolations: `"\(handle, .strong) sent \(subject)"`. Text of
/// peers needs no care: nothing in a part can leave it.
package struct Line: Equatable, Sendable {
  struct Part: Equatable, Sendable {
    var text: String
    var style = Style.plain
    var keepsTabs = false

    var shown: String { PeerText.escaped(text, keepsTabs: keepsTabs) }
  }

  var parts: [Part]

  /// A line of one style.
  package init(_ text: String, _ style: Style = .plain) {
    parts = [Part(text: text, style: style)]
  }

  init(bar text: String) {
    if text.isEmpty {
      parts = [Part(text: "  |", style: .faint)]
    } else {
      parts = [Part(text: "  | ", style: .faint), Part(text: text, keepsTabs: true)]
    }
  }

  /// The text as it is shown without colour.
  package var text: String { shown(coloured: false) }

  /// The text as it is shown.
  package func shown(coloured: Bool) -> String {
    // No `map` and `joined`: their types cost every start 80,000 instructions.
    var out = ""
    for part in parts {
      let code = coloured ? part.style.code : nil
      if let code { out += "\u{1B}[\(code)m" }
      out += part.shown
      if code != nil { out += "\u{1B}[0m" }
    }
    return out
  }

  /// The line with more behind it.
  package static func + (left: Line, right: Line) -> Line {
    var line = left
    line.parts += right.parts
    return line
  }
}

extension Line: ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { self.init(value) }
  package init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

  /// Collects the parts of an interpolated literal.
  package struct Interpolation: StringInterpolationProtocol {
    var parts: [Part] = []

    package init(literalCapacity: Int, interpolationCount: Int) {
      parts.reserveCapacity(2 * interpolationCount + 1)
    }

    package mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { parts.append(Part(text: literal)) }
    }

    package mutating func appendInterpolation(_ text: String, _ style: Style = .plain) {
      parts.append(Part(text: text, style: style))
    }

    package mutating func appendInterpolation(_ text: Text, _ style: Style = .plain) {
      parts.append(Part(text: text.string, style: style))
    }

    /// A subject where it stands in an overview.
    package mutating func appendInterpolation(title text: Text) {
      parts.append(Part(text: PeerText.clipped(text.string)))
    }

    package mutating func appendInterpolation(_ line: Line) { parts += line.parts }

    package mutating func appendInterpolation(
      _ value: some CustomStringConvertible, _ style: Style = .plain
    ) {
      parts.append(Part(text: value.description, style: style))
    }
  }
}
