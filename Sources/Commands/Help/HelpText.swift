import WireFormat

/// Turns declarations into help: for people as text, with `--json` as data.
enum HelpText {
  /// The help of a noun, or of everything.
  static func report(of noun: Noun?) -> Report {
    let commands = noun.map { CommandList.verbs(of: $0.name) } ?? CommandList.all
    var table = Table()
    let isListed = { (name: String) in noun != nil || !name.contains(" ") }
    for command in commands where isListed(command.name) {
      table.add("  \(command.name, .strong)", Line(command.spec.summary))
    }
    for noun in noun == nil ? CommandList.nouns : [] {
      table.add("  \(noun.name, .strong) ...", Line(noun.summary))
    }
    let title =
      noun.map { "\($0.name): \($0.summary)" }
      ?? "deaddrop: \(Self.summary)"
    let name = noun.map { $0.name + " " } ?? ""
    let lines =
      [Line(title), "", "usage: deaddrop \(name)VERB [ARGUMENTS] [OPTIONS]", ""] + table.lines
      + ["", "One of them in full: deaddrop help \(name)VERB"] + (noun == nil ? shared : [])
    return Report([.answer(lines, json: ["verbs": .array(commands.map { .object(json($0)) })])])
  }

  static let summary = "Coordinate agents through signed logs in a directory they share"

  private static var shared: [Line] {
    var table = Table()
    for option in OptionSpec.global { table.add("  \(option.shown)", Line(option.summary)) }
    return ["", "Options that every verb takes:"] + table.lines + ["", codes]
  }

  private static let codes: Line = "Exit codes: deaddrop help exit-codes"

  /// The help of one verb; it ends with an example.
  static func report(of command: any Command.Type) -> Report {
    let spec = command.spec
    var lines: [Line] = ["\(command.name, .strong): \(spec.summary)", ""]
    lines += usage(command.name, spec)
    var table = Table()
    for argument in spec.arguments { table.add("  \(argument.shown)", Line(argument.summary)) }
    lines += section("Arguments", table.lines)
    table = Table()
    for option in spec.options { table.add("  \(option.shown)", Line(option.summary)) }
    lines += section("Options", table.lines)
    for note in spec.notes {
      lines +=
        [""]
        + note.split(separator: "\n", omittingEmptySubsequences: false)
        .map { Line(String($0)) }
    }
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

  private static func section(_ title: String, _ lines: [Line]) -> [Line] {
    lines.isEmpty ? [] : ["", Line(title + ":")] + lines
  }

  /// The usage line, broken before column 80 where it must be.
  private static func usage(_ name: String, _ spec: CommandSpec) -> [Line] {
    var lines: [String] = []
    var line = "usage: deaddrop \(name)"
    for part in spec.arguments.map(\.usage) + spec.options.map(\.usage) {
      if line.count + part.count + 1 > 80 {
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
