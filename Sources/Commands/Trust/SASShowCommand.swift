import DeadDropKit
import WireFormat

/// `deaddrop trust sas show`: goes on with a comparison, and prints the code when it is there.
enum SASShowCommand: Command {
  static let name = "trust sas show"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Go on comparing codes; print the code when it is there",
      arguments: [.one("peer", "with whom")],
      notes: ["While the peer has to go on first, there is none; with --json `code` is null."],
      examples: ["deaddrop trust sas show scribe"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("peer")
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        Report([SASView.item(try session.showCode(peer), own: session.handle)])
      }
    }
  }
}
