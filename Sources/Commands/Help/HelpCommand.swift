import WireFormat

/// `deaddrop help`, for everything, a noun, a verb or the exit codes.
enum HelpCommand: Command {
  static let name = "help"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Print the help of a verb, of a noun, or of everything",
      arguments: [.manyOrNone("topic", "a verb, a noun, a noun and its verb, or exit-codes")],
      examples: ["deaddrop help plumbing canonical"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let topic = invocation.texts("topic").joined(separator: " ")
    if topic.isEmpty { return HelpText.report(of: nil) }
    if topic == exitCodes { return codes() }
    if let command = CommandList.command(named: topic) { return HelpText.report(of: command) }
    if let noun = CommandList.noun(named: topic) { return HelpText.report(of: noun) }
    let topics =
      [exitCodes] + CommandList.nouns.map(\.name) + CommandList.all.map { $0.name }
    let nearest = NearestWord.nearest(to: topic, in: topics)
    let words = nearest?.split(separator: " ").map(String.init) ?? []
    throw .usage(
      "there is no help on \"\(topic)\"", hint: ShellWord.line(["deaddrop", "help"] + words))
  }

  static let exitCodes = "exit-codes"

  private static func codes() -> Report {
    var report = Report()
    for code in ExitCode.allCases {
      report.answer(
        ["\(code.rawValue)  \(code.meaning)"],
        json: ["code": .integer(Int(code.rawValue)), "meaning": .string(code.meaning)])
    }
    return report
  }
}
