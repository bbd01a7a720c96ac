/// Takes the words of a command line apart, as the declarations say.
///
/// Options may stand anywhere, `--` ends them, `-` alone is a value, `--name=value` is the same as
/// `--name value`. Before the verb only the global options may stand.
package struct CommandLineReader {
  /// What a command line asks for.
  package enum Request {
    case run(any Command.Type, Invocation.Values)
    case help(any Command.Type, Invocation.Values)
    /// The help of a noun, or of everything.
    case topic(String?, Invocation.Values)
  }

  private let words: [String]
  private var at = 0
  private var endsOptions = false
  private var values: Invocation.Values = [:]
  private var positionals: [String] = []
  private var options = OptionSpec.global
  /// The name of the verb, as soon as it is known; for the hint of a failure.
  package private(set) var verb: String?

  /// A reader of the words after the name of the program.
  package init(_ words: [String]) { self.words = words }

  /// Reads the whole line; throws usage failures, with a line to paste where one word was mistaken.
  package mutating func read() throws(CommandFailure) -> Request {
    guard let (command, spec) = try readVerb() else {
      return .topic(positionals.first, values)
    }
    verb = command.name
    options += spec.options
    while at < words.count { try readWord(of: command) }
    if values["help"] != nil { return .help(command, values) }
    try assign(spec, of: command)
    return .run(command, values)
  }

  /// The verb, from one word or two; nil when only help is asked for.
  private mutating func readVerb() throws(CommandFailure) -> (any Command.Type, CommandSpec)? {
    while positionals.isEmpty, at < words.count { try readWord(of: nil) }
    guard let first = positionals.first else { return nil }
    let place = at - 1
    // A noun can be a verb as well: then only the next word tells, `card publish` from `card scribe`.
    let isNoun =
      CommandList.command(named: first) == nil
      || at < words.count && Self.verbWords(of: first).contains(words[at])
    guard CommandList.noun(named: first) != nil, isNoun else {
      guard let command = CommandList.command(named: first) else {
        throw unknownVerb(first, at: place)
      }
      positionals = []
      return (command, command.spec)
    }
    while positionals.count == 1, at < words.count { try readWord(of: nil) }
    guard positionals.count == 2 else {
      if values["help"] != nil { return nil }
      throw .usage(
        "\(first) needs a verb: \(Self.verbWords(of: first).joined(separator: ", "))",
        hint: ShellWord.deaddrop("help", first))
    }
    let second = positionals[1]
    if let command = try readThirdWord("\(first) \(second)") { return (command, command.spec) }
    guard let command = CommandList.command(named: "\(first) \(second)") else {
      let nearest = NearestWord.nearest(to: positionals[1], in: Self.verbWords(of: first))
      throw .usage(
        "\(first) has no verb \"\(positionals[1])\"",
        hint: nearest.map { corrected(at - 1, $0) } ?? ShellWord.deaddrop("help", first))
    }
    positionals = []
    return (command, command.spec)
  }

  /// The verb of three words that begins with these two, if the next word is its last.
  private mutating func readThirdWord(
    _ name: String
  ) throws(CommandFailure) -> (any Command.Type)? {
    guard !CommandList.verbs(of: name).isEmpty else { return nil }
    while at < words.count, isOption(words[at]) { try readWord(of: nil) }
    guard at < words.count, let command = CommandList.command(named: "\(name) \(words[at])") else {
      return nil
    }
    at += 1
    positionals = []
    return command
  }

  private static func verbWords(of noun: String) -> [String] {
    var found: [String] = []
    for command in CommandList.verbs(of: noun) {
      let word = String(command.words[1])
      if !found.contains(word) { found.append(word) }
    }
    return found
  }

  private func unknownVerb(_ word: String, at place: Int) -> CommandFailure {
    let whole = CommandList.all.first { $0.words.count == 2 && $0.words[1] == word }?.name
    let nearest = whole ?? NearestWord.nearest(to: word, in: CommandList.firstWords)
    return .usage(
      "there is no verb \"\(word)\"",
      hint: nearest.map { corrected(place, $0) } ?? ShellWord.deaddrop("help"))
  }

  /// The command line again with one word replaced, which may be by two.
  private func corrected(_ place: Int, _ word: String) -> String {
    let before = words[..<place].map(ShellWord.quoted)
    let after = words[(place + 1)...].map(ShellWord.quoted)
    return (["deaddrop"] + before + [word] + after).joined(separator: " ")
  }

  private mutating func readWord(of command: (any Command.Type)?) throws(CommandFailure) {
    let word = words[at]
    at += 1
    if endsOptions || word == "-" || !word.hasPrefix("-") {
      positionals.append(word)
    } else if word == "--" {
      endsOptions = true
    } else {
      try readOption(word == "-h" ? "--help" : word, of: command)
    }
  }

  private mutating func readOption(
    _ word: String, of command: (any Command.Type)?
  ) throws(CommandFailure) {
    let place = at - 1
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let spelled = String(parts[0])
    guard spelled.hasPrefix("--"),
      let option = options.first(where: { $0.name == spelled.dropFirst(2) })
    else {
      throw unknownOption(spelled, rest: parts.dropFirst().first, of: command, at: place)
    }
    guard option.takesValue else {
      guard parts.count == 1 else { throw .usage("--\(option.name) takes no value") }
      values[option.name] = []
      return
    }
    let value: String
    if parts.count == 2 {
      value = String(parts[1])
    } else {
      guard at < words.count, !isOption(words[at]) else {
        throw .usage("--\(option.name) needs a value: \(option.shown)")
      }
      value = words[at]
      at += 1
    }
    if !option.choices.isEmpty, !option.choices.contains(value) {
      let list = option.choices.joined(separator: ", ")
      throw .usage("--\(option.name) is one of \(list), not \"\(value)\"")
    }
    if !option.isRepeatable, values[option.name] != nil {
      throw .usage("--\(option.name) is given twice")
    }
    values[option.name] = (values[option.name] ?? []) + [value]
  }

  /// Whether a word that stands where a value should is one of the options.
  private func isOption(_ word: String) -> Bool {
    word.hasPrefix("--") && options.contains { $0.name == word.dropFirst(2) }
  }

  private func unknownOption(
    _ spelled: String, rest: Substring?, of command: (any Command.Type)?, at place: Int
  ) -> CommandFailure {
    let subject = command?.name ?? "deaddrop itself"
    let nearest = NearestWord.nearest(to: spelled, in: options.map { "--" + $0.name })
    let value = rest.map { "=" + ShellWord.quoted(String($0)) } ?? ""
    let hint = nearest.map { corrected(place, $0 + value) }
    return .usage("\(subject) has no option \(spelled)", hint: hint)
  }

  /// Gives the positional words their names and checks that nothing is missing or too much.
  private mutating func assign(
    _ spec: CommandSpec, of command: any Command.Type
  ) throws(CommandFailure) {
    var rest = positionals[...]
    for argument in spec.arguments {
      if rest.isEmpty {
        guard !argument.isRequired else {
          throw .usage("\(command.name) needs \(argument.shown): \(argument.summary)")
        }
        continue
      }
      values[argument.name] = argument.isRepeated ? Array(rest) : [rest.removeFirst()]
      if argument.isRepeated { rest = [] }
    }
    if let extra = rest.first {
      throw .usage("\(command.name) does not take \"\(extra)\"")
    }
    for option in spec.options where option.isRequired && values[option.name] == nil {
      throw .usage("\(command.name) needs \(option.shown): \(option.summary)")
    }
  }
}
