package import WireFormat

/// One thing to show: on standard output, or a word beside it on standard error.
package enum ReportItem: Equatable, Sendable {
  /// Lines for people, and the object that `--json` prints in their place; nothing when nil.
  case answer([Line], json: JSONObject?)
  /// An object that is JSON with `--json` and without.
  case data(JSONObject)
  /// Bytes that go out as they are with an LF, with `--json` and without.
  case exact([UInt8])
  /// What is worth knowing: `deaddrop: note: …`.
  case note(String)
  /// What is worth acting on: `deaddrop: warning: …`.
  case warning(String)
}

/// What a command has to say, and the code to leave with.
///
/// One item with JSON makes one object, several make JSON Lines.
package struct Report: Equatable, Sendable {
  package var items: [ReportItem]
  /// Another code than `done` is for what is said together with an answer, such as `unsafe`.
  package var code: ExitCode

  package init(_ items: [ReportItem] = [], code: ExitCode = .done) {
    self.items = items
    self.code = code
  }

  /// A report of one answer.
  package init(_ lines: [Line], json: JSONObject, code: ExitCode = .done) {
    self.init([.answer(lines, json: json)], code: code)
  }

  /// Adds an answer.
  package mutating func answer(_ lines: [Line], json: JSONObject?) {
    items.append(.answer(lines, json: json))
  }

  package mutating func note(_ text: String) { items.append(.note(text)) }
  package mutating func warn(_ text: String) { items.append(.warning(text)) }
}
