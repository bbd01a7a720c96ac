import DeadDropKit
import WireFormat

/// `deaddrop trust sas start`: begins a comparison of codes, or joins one.
enum SASStartCommand: Command {
  static let name = "trust sas start"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Begin to compare codes with a peer, or join what it has begun",
      arguments: [.one("peer", "with whom")],
      notes: ["For scripts: `trust sas PEER` does all three steps on a terminal."],
      examples: ["deaddrop trust sas start scribe"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("peer")
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        Report([SASView.item(try session.startComparing(peer), own: session.handle)])
      }
    }
  }
}
