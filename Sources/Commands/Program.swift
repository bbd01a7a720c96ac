import Host

/// The whole command, from its words to its exit code.
package enum Program {
  /// Runs what this process was called with and ends it with the code.
  package static func main() -> Never {
    Environment.exit(run(Environment.arguments).rawValue)
  }

  /// Runs what the words ask for; the first word is the name of the program and does not count.
  package static func run(_ arguments: [String]) -> ExitCode {
    // Neither can be refused to a process about itself; secrets are in guarded memory besides.
    try? Environment.disableCoreDumps()
    try? Environment.ignoreBrokenPipe()
    let terminal = Terminal.current
    do {
      return try run(Array(arguments.dropFirst()), on: terminal)
    } catch {
      terminal.show(error)
      return error.code
    }
  }

  private static func run(
    _ words: [String], on terminal: Terminal
  ) throws(CommandFailure) -> ExitCode {
    var reader = CommandLineReader(words == ["--version"] ? ["version"] : words)
    do throws(CommandFailure) {
      let report: Report
      let isJSON: Bool
      switch try reader.read() {
      case .run(let command, let values):
        let invocation = Invocation(values: values, terminal: terminal)
        report = try command.run(invocation)
        isJSON = invocation.isJSON
      case .help(let command, let values):
        report = HelpText.report(of: command)
        isJSON = values["json"] != nil
      case .topic(let noun, let values):
        report = HelpText.report(of: noun.flatMap { CommandList.noun(named: $0) })
        isJSON = values["json"] != nil
      }
      return try show(report, asJSON: isJSON, on: terminal)
    } catch {
      throw withHint(error, verb: reader.verb)
    }
  }

  private static func show(
    _ report: Report, asJSON: Bool, on terminal: Terminal
  ) throws(CommandFailure) -> ExitCode {
    do {
      try terminal.show(report, asJSON: asJSON)
    } catch {
      // The work is done: a reader that has gone does not change how.
      if error.message.isEmpty { return report.code }
      throw error
    }
    return report.code
  }

  /// A usage failure always says where the rule can be read.
  private static func withHint(_ failure: CommandFailure, verb: String?) -> CommandFailure {
    guard failure.code == .usage, failure.hint == nil else { return failure }
    var failure = failure
    let words = verb?.split(separator: " ").map(String.init) ?? []
    failure.hint = ShellWord.line(["deaddrop", "help"] + words)
    return failure
  }
}
