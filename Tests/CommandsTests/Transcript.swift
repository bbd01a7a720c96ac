import Foundation

/// A session with the real binary, written down: what is typed, what must come.
///
///     # a sentence
///     $ deaddrop version
///     0.1.0 (protocol <VERSION>)
///     $ deaddrop nonsense
///     ! exit 2
///     2> deaddrop: error: there is no verb "nonsense"
///     2> …
///
/// A `$` line is run by sh in the directory of the transcript, `deaddrop` being the one under test.
/// What follows is its whole output, in order; `2>` lines its errors; `! exit N` its code, 0 unless
/// given; `1>` begins an output line that would pass for something else. Blank lines, here and in
/// the output, and `#` lines do not count. `env NAME=VALUE` lines before the first `$` set
/// variables, in which {HOME} is the transcript's own. In expected lines `<ID>`, `<SHORT>`, `<FENCE>`,
/// `<TIME>`, `<KEY>`, `<PATH>` and `<NUMBER>` stand for anything of that kind, `…` for any text of
/// a line, and a line `…` for any lines that follow. `<ID:name>` keeps what it met; `{name}` in
/// later lines stands for it.
struct Transcript: Sendable, CustomStringConvertible {
  struct Step: Sendable {
    var line: Int
    var command: String
    var output: [String] = []
    var errors: [String] = []
    var code: Int32 = 0
  }

  struct Fault: Error {
    let line: Int
    let rule: String
  }

  let name: String
  private(set) var variables: [String: String] = [:]
  private(set) var steps: [Step] = []

  var description: String { name }

  init(name: String, text: String) throws {
    self.name = name
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      try take(String(line), number: index + 1)
    }
  }

  private mutating func take(_ line: String, number: Int) throws {
    func rest(_ prefix: String) -> String { String(line.dropFirst(prefix.count)) }
    if line.hasPrefix("$ ") {
      steps.append(Step(line: number, command: rest("$ ")))
    } else if line.hasPrefix("#") || line.isEmpty {
      return
    } else if line.hasPrefix("env "), steps.isEmpty {
      let parts = rest("env ").split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw Fault(line: number, rule: "env NAME=VALUE") }
      variables[String(parts[0])] = String(parts[1])
    } else if let last = steps.indices.last {
      if line.hasPrefix("! exit ") {
        guard let code = Int32(rest("! exit ")) else { throw Fault(line: number, rule: "! exit N") }
        steps[last].code = code
      } else if line.hasPrefix("2> ") {
        steps[last].errors.append(rest("2> "))
      } else {
        steps[last].output.append(line.hasPrefix("1> ") ? rest("1> ") : line)
      }
    } else {
      throw Fault(line: number, rule: "output before the first command")
    }
  }
}

/// Compares lines with patterns and keeps what named patterns met.
struct TranscriptMatcher {
  private(set) var captured: [String: String] = [:]

  /// The text with `{name}` replaced by what was met.
  func filled(_ text: String) -> String {
    captured.reduce(text) { $0.replacingOccurrences(of: "{\($1.key)}", with: $1.value) }
  }

  /// Nil when all lines fit, else a sentence about the first that does not.
  mutating func mismatch(_ found: [String], _ expected: [String]) -> String? {
    for (index, pattern) in expected.enumerated() {
      if pattern == "…" { return nil }
      guard index < found.count else { return "missing: \(pattern)" }
      if !matches(found[index], filled(pattern)) {
        return "expected: \(filled(pattern))\n       found: \(found[index])"
      }
    }
    return found.count > expected.count ? "too much: \(found[expected.count])" : nil
  }

  private static let kinds = [
    "ID": "[0-9a-f]{64}", "SHORT": "[0-9a-f]{8,16}", "FENCE": "[0-9a-f]{32}",
    "KEY": "[A-Za-z0-9+/]{43}=",
    "TIME": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?Z",
    "PATH": "/[^ ]*", "NUMBER": "[0-9]+([.][0-9]+)?",
  ]

  private mutating func matches(_ line: String, _ pattern: String) -> Bool {
    var names: [String] = []
    var expression = ""
    var rest = pattern[...]
    while let character = rest.first {
      if character == "…" {
        expression += ".*"
        rest.removeFirst()
      } else if let (kind, name, length) = Self.placeholder(rest) {
        expression += name.isEmpty ? "(?:\(kind))" : "(\(kind.replacing("(", with: "(?:")))"
        if !name.isEmpty { names.append(name) }
        rest.removeFirst(length)
      } else {
        expression += NSRegularExpression.escapedPattern(for: String(character))
        rest.removeFirst()
      }
    }
    guard let regex = try? NSRegularExpression(pattern: "^\(expression)$"),
      let match = regex.firstMatch(in: line, range: NSRange(line.startIndex..., in: line))
    else { return false }
    for (index, name) in names.enumerated() {
      guard let range = Range(match.range(at: index + 1), in: line) else { continue }
      captured[name] = String(line[range])
    }
    return true
  }

  /// The kind, the name and the length of a placeholder with which the text begins.
  private static func placeholder(_ text: Substring) -> (String, String, Int)? {
    guard text.first == "<", let end = text.firstIndex(of: ">") else { return nil }
    let parts = text[text.index(after: text.startIndex)..<end]
      .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = kinds[String(parts[0])] else { return nil }
    let length = text.distance(from: text.startIndex, to: end) + 1
    return (kind, parts.count > 1 ? String(parts[1]) : "", length)
  }
}
