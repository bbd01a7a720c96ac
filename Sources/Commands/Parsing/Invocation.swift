/// One call of a verb: what was given, by name, and where streamed items go.
///
/// Options and positional arguments share one name space.
package struct Invocation: Sendable {
  /// Values by name, in the order in which they were given; a flag has none.
  let values: Values
  /// What the answer is made for.
  package let terminal: Terminal

  /// What was given under each name; a command line has too few of them for a table.
  package struct Values: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    private var entries: [(name: String, values: [String])]

    package init(dictionaryLiteral elements: (String, [String])...) {
      entries = elements.map { (name: $0, values: $1) }
    }

    package static func == (left: Values, right: Values) -> Bool {
      left.entries.count == right.entries.count
        && left.entries.allSatisfy { right[$0.name] == $0.values }
    }

    package subscript(_ name: String) -> [String]? {
      get { entries.first { $0.name == name }?.values }
      set {
        entries.removeAll { $0.name == name }
        if let newValue { entries.append((name, newValue)) }
      }
    }
  }

  package init(values: Values, terminal: Terminal) {
    self.values = values
    self.terminal = terminal
  }

  /// Whether `--name` was given, with or without a value.
  package func flag(_ name: String) -> Bool { values[name] != nil }

  /// The value, or nil when it was not given.
  package func optionalText(_ name: String) -> String? { values[name]?.first }

  /// The value of what the parser made sure of, or of an option that is needed here.
  package func text(_ name: String) throws(CommandFailure) -> String {
    guard let text = optionalText(name) else { throw .usage("\(name) is missing") }
    return text
  }

  /// All values, in the order in which they were given.
  package func texts(_ name: String) -> [String] { values[name] ?? [] }

  /// Whether JSON was asked for; a report carries both forms, so few verbs need to know.
  package var isJSON: Bool { flag("json") }
  /// `--dir` as given; what stands for it otherwise is the library's to find.
  package var directory: String? { optionalText("dir") }
  /// `--as` as given.
  package var handle: String? { optionalText("as") }
  /// `--session` as given.
  package var session: String? { optionalText("session") }
  /// The columns of the terminal; nil when the answer goes elsewhere.
  package var width: Int? { terminal.width }

  /// Shows an item at once, for verbs that stream.
  ///
  /// Throws when nobody takes it: a silent failure when the reader has gone.
  package func emit(_ item: ReportItem) throws(CommandFailure) {
    try terminal.show(item, asJSON: isJSON)
  }
}
