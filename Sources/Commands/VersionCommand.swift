import WireFormat

/// `deaddrop version`.
enum VersionCommand: Command {
  static let name = "version"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Print the version of the program and of the protocol",
      examples: ["deaddrop version --json"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    Report(
      ["\(Version.program) (protocol \(Version.wire))"],
      json: ["version": .string(Version.program), "protocol": .string(Version.wire)])
  }
}
