import WireFormat

/// Turns declarations into help: for people as text, with `--json` as data.
enum HelpText {
  /// The help of a noun, or of everything.
  static func report(of noun: Noun?) -> Report {
    let commands = noun.map { CommandList.verbs(of: $0.name) } ?? CommandList.all
    var rows: [Row] = []
    let isListed = { (name: String) in noun != nil || !name.contains(" ") }
    for command in commands where isListed(command.name) {
      rows.append(Row(name: "\(command.name, .strong)", summary: command.spec.summary))
    }
    for noun in noun == nil ? CommandList.nouns : [] {
      rows.append(Row(name: "\(noun.name, .strong) ...", summary: noun.summary))
    }
    let title =
      noun.map { "\($0.name): \($0.summary)" }
      ?? "deaddrop: \(Self.summary)"
    let name = noun.map { $0.name + " " } ?? ""
    let lines =
      [Line(title), "", "usage: deaddrop \(name)VERB [ARGUMENTS] [OPTIONS]", ""] + table(rows)
      + ["", "One of them in full: deaddrop help \(name)VERB"] + (noun == nil ? shared : [])
    return Report([.answer(lines, json: ["verbs": .array(commands.map { .object(json($0)) })])])
  }

  static let summary = "Coordinate agents through signed logs in a directory they share"

  private static var shared: [Line] {
    let rows = OptionSpec.global.map { Row(name: Line($0.shown), summary: $0.summary) }
    return ["", "Options that every verb takes:"] + table(rows) + ["", codes]
  }

  private static let codes: Line = "Exit codes: deaddrop help exit-codes"

  /// The help of one verb; it ends with an example.
  static func report(of command: any Command.Type) -> Report {
    let spec = command.spec
    var lines: [Line] = ["\(command.name, .strong): \(spec.summary)", ""]
    lines += usage(command.name, spec)
    let arguments = spec.arguments.map { Row(name: Line($0.shown), summary: $0.summary) }
    lines += section("Arguments", table(arguments))
    let options = spec.options.map { Row(name: Line($0.shown), summary: $0.summary) }
    lines += section("Options", table(options))
    for note in spec.notes { lines += [""] + paragraph(note).map { Line($0) } }
    let global = OptionSpec.global.map { $0.shown }.joined(separator: ", ")
    lines += ["", "Also: \(global)", codes]
    lines += section(
      spec.examples.count == 1 ? "Example" : "Examples", spec.examples.flatMap(example))
    return Report(lines, json: json(command))
  }

  /// The lines of an example, indented as a whole.
  private static func example(_ text: String) -> [Line] {
    text.split(separator: "\n").map { Line("  " + $0) }
  }

  /// What stands in a list: a name, and what is said of it.
  private struct Row {
    let name: Line
    let summary: String
  }

  /// No line is longer, but for one word that is.
  private static let width = 80

  /// The names below each other, and beside them the summaries, filled to the width.
  private static func table(_ rows: [Row]) -> [Line] {
    let indent = 4 + (rows.map { $0.name.text.count }.max() ?? 0)
    let margin = Line(String(repeating: " ", count: indent))
    return rows.flatMap { row in
      let gap = String(repeating: " ", count: indent - 2 - row.name.text.count)
      return filled(row.summary, to: width - indent).enumerated().map { index, text in
        (index == 0 ? "  " + row.name + Line(gap) : margin) + Line(text)
      }
    }
  }

  /// A note as it was broken where it fits, else filled anew.
  private static func paragraph(_ note: String) -> [String] {
    let lines = note.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.allSatisfy { $0.count <= width } ? lines : filled(note, to: width)
  }

  /// The words of a text in lines of at most so many characters.
  private static func filled(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      if let last = lines.last, last.count + word.count < width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private static func section(_ title: String, _ lines: [Line]) -> [Line] {
    lines.isEmpty ? [] : ["", Line(title + ":")] + lines
  }

  /// The usage line, broken where it must be.
  private static func usage(_ name: String, _ spec: CommandSpec) -> [Line] {
    var lines: [String] = []
    var line = "usage: deaddrop \(name)"
    for part in spec.arguments.map(\.usage) + spec.options.map(\.usage) {
      if line.count + part.count + 1 > width {
        lines.append(line)
        line = String(repeating: " ", count: 14)
      }
      line += " " + part
    }
    return (lines + [line]).map { Line($0) }
  }

  static func json(_ command: any Command.Type) -> JSONObject {
    let spec = command.spec
    return [
      "name": .string(command.name), "summary": .string(spec.summary),
      "arguments": .array(spec.arguments.map { .object(json($0)) }),
      "options": .array(spec.options.map { .object(json($0)) }),
      "notes": .strings(spec.notes), "examples": .strings(spec.examples),
    ]
  }

  private static func json(_ argument: ArgumentSpec) -> JSONObject {
    [
      "name": .string(argument.name), "summary": .string(argument.summary),
      "required": .bool(argument.isRequired), "repeated": .bool(argument.isRepeated),
    ]
  }

  private static func json(_ option: OptionSpec) -> JSONObject {
    [
      "name": .string(option.name), "summary": .string(option.summary),
      "value": option.value.map { .string($0) } ?? .null,
      "required": .bool(option.isRequired), "repeated": .bool(option.isRepeatable),
    ]
  }
}
