package import WireFormat

/// What a claim is on: paths by patterns, or a thing by its name.
package enum ClaimResource: Hashable, Sendable {
  case paths([PathPattern])
  /// Not a path: only the same name overlaps it.
  case name(Text)

  /// More patterns, or more bytes in all of them together, are refused.
  package static let patternLimit = 16
  package static let byteLimit = PathPattern.byteLimit

  /// A string is a name, a list of strings are patterns; nil for anything else.
  package init?(_ value: JSONValue) {
    if let name = value.text {
      guard (1...Self.byteLimit).contains(name.utf8.count) else { return nil }
      self = .name(name)
      return
    }
    guard let texts = value.texts, (1...Self.patternLimit).contains(texts.count),
      texts.reduce(0, { $0 + $1.utf8.count }) <= Self.byteLimit
    else { return nil }
    let patterns = texts.compactMap { PathPattern($0) }
    guard patterns.count == texts.count else { return nil }
    self = .paths(patterns)
  }

  package var value: JSONValue {
    switch self {
    case .name(let name): .string(name)
    case .paths(let patterns): .array(patterns.map { .string($0.text) })
    }
  }

  package func overlaps(_ other: ClaimResource) -> Bool {
    switch (self, other) {
    case (.name(let one), .name(let two)): one == two
    case (.paths(let some), .paths(let others)):
      some.contains { pattern in others.contains { pattern.overlaps($0) } }
    default: false
    }
  }

  package func covers(_ path: ProjectPath) -> Bool {
    if case .paths(let patterns) = self { patterns.contains { $0.matches(path) } } else { false }
  }

  /// For people.
  package var words: String {
    switch self {
    case .name(let name): name.string
    case .paths(let patterns): patterns.map(\.text.string).joined(separator: " ")
    }
  }
}
