import DeadDropKit
import WireFormat

/// `deaddrop thread`: one conversation.
enum ThreadCommand: Command {
  static let name = "thread"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show all messages of one thread",
      arguments: [.one("id", "any message of it")],
      examples: ["deaddrop thread 4e98b798b10f"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let id = try invocation.messageID("id")
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let lines = try CommandFailure.lifting { () throws(KitError) in try session.thread(id) }
      return Report(session.answers(lines))
    }
  }
}
