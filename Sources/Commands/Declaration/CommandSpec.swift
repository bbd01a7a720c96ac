/// What a verb takes, as data: parsing, help and completion all read it.
package struct CommandSpec: Sendable {
  /// Imperative, without a period, at most 72 characters.
  package let summary: String
  package let arguments: [ArgumentSpec]
  package let options: [OptionSpec]
  /// Paragraphs of the help; where a line is too long for help, all of the paragraph is filled anew.
  package let notes: [String]
  /// Shell lines that can be pasted; a test runs each.
  package let examples: [String]

  package init(
    summary: String, arguments: [ArgumentSpec] = [], options: [OptionSpec] = [],
    notes: [String] = [], examples: [String]
  ) {
    self.summary = summary
    self.arguments = arguments
    self.options = options
    self.notes = notes
    self.examples = examples
  }
}

/// One positional argument.
package struct ArgumentSpec: Sendable {
  package enum Count: Sendable {
    case one
    case oneOrNone
    /// Any number of them, at least one; the last argument only.
    case many
    /// Any number of them, none as well; the last argument only.
    case manyOrNone
  }

  /// Lower case, where help shows capitals; no option of the verb has the same name.
  package let name: String
  package let count: Count
  /// A lowercase clause without a period.
  package let summary: String

  package static func one(_ name: String, _ summary: String) -> ArgumentSpec {
    ArgumentSpec(name: name, count: .one, summary: summary)
  }

  package static func oneOrNone(_ name: String, _ summary: String) -> ArgumentSpec {
    ArgumentSpec(name: name, count: .oneOrNone, summary: summary)
  }

  package static func many(_ name: String, _ summary: String) -> ArgumentSpec {
    ArgumentSpec(name: name, count: .many, summary: summary)
  }

  package static func manyOrNone(_ name: String, _ summary: String) -> ArgumentSpec {
    ArgumentSpec(name: name, count: .manyOrNone, summary: summary)
  }
}

extension ArgumentSpec {
  /// The name as help and errors show it.
  package var shown: String { name.uppercased() }
  var isRequired: Bool { count == .one || count == .many }
  var isRepeated: Bool { count == .many || count == .manyOrNone }
  /// As the usage line shows it.
  package var usage: String {
    let repeated = isRepeated ? shown + "..." : shown
    return isRequired ? repeated : "[\(repeated)]"
  }
}

/// One option, given as `--name`, `--name value` or `--name=value`.
package struct OptionSpec: Sendable {
  /// Without the two hyphens.
  package let name: String
  /// What stands for any value; nil for a flag.
  private let placeholder: String?
  package let isRequired: Bool
  package let isRepeatable: Bool
  /// The only values allowed; any when empty.
  package let choices: [String]
  /// A lowercase clause without a period.
  package let summary: String

  /// An option without a value.
  package static func flag(_ name: String, _ summary: String) -> OptionSpec {
    OptionSpec(
      name: name, placeholder: nil, isRequired: false, isRepeatable: false, choices: [],
      summary: summary)
  }

  /// An option with one value.
  package static func value(
    _ name: String, _ value: String, _ summary: String, isRequired: Bool = false
  ) -> OptionSpec {
    OptionSpec(
      name: name, placeholder: value, isRequired: isRequired, isRepeatable: false, choices: [],
      summary: summary)
  }

  /// An option that may be given several times.
  package static func values(
    _ name: String, _ value: String, _ summary: String, isRequired: Bool = false
  ) -> OptionSpec {
    OptionSpec(
      name: name, placeholder: value, isRequired: isRequired, isRepeatable: true, choices: [],
      summary: summary)
  }

  /// An option whose value is one of a few words.
  package static func choice(
    _ name: String, _ choices: [String], _ summary: String
  ) -> OptionSpec {
    OptionSpec(
      name: name, placeholder: "", isRequired: false, isRepeatable: false, choices: choices,
      summary: summary)
  }
}

extension OptionSpec {
  var takesValue: Bool { placeholder != nil }
  /// What stands for the value in help; nil for a flag.
  package var value: String? {
    choices.isEmpty ? placeholder : choices.joined(separator: "|")
  }
  /// The option as it is typed, with what stands for its value.
  package var shown: String { value.map { "--\(name) \($0)" } ?? "--\(name)" }
  /// As the usage line shows it.
  package var usage: String {
    let repeated = isRepeatable ? shown + "..." : shown
    return isRequired ? repeated : "[\(repeated)]"
  }

  /// The options that every verb takes, before or after it.
  package static let global: [OptionSpec] = [
    .flag("json", "print one JSON object, or one a line"),
    .value("dir", "DIR", "the wire directory itself, such as ./_coordination"),
    .value("as", "HANDLE", "the agent to act as"),
    .value("session", "ID", "the session whose cursor to use"),
    .flag("help", "print the help of the verb"),
  ]
}
