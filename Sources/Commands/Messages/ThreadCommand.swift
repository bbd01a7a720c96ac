import DeadDropKit
import WireFormat

/// `deaddrop thread`: one conversation.
enum ThreadCommand: Command {
  static let name = "thread"
  /// Deeper answers stand no further to the right.
  private static let deepest = 8

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show all messages of one thread, answers below what they answer",
      arguments: [.one("id", "any message of it")],
      options: [.frame],
      notes: ["Below each proposal stands what became of it."],
      examples: ["deaddrop thread 4e98b798b10f"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let id = try invocation.messageID("id")
    let form = try invocation.messageForm()
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let (older, entries) = try CommandFailure.lifting { () throws(KitError) in
        try session.wholeThread(id)
      }
      return Report(
        older.map { LegacyView.answer($0, as: form) }
          + entries.compactMap { item($0, form, &session) })
    }
  }

  private static func item(
    _ entry: ThreadEntry, _ form: MessageForm, _ session: inout Session
  ) -> ReportItem? {
    guard case .answer(var lines, var json) = session.answers([entry.line], as: form).first else {
      return nil
    }
    json?["depth"] = .integer(entry.depth)
    if let standing = entry.standing {
      lines.append(StandingView.line(standing))
      StandingView.add(standing, to: &json)
    }
    let indent = Line(String(repeating: "  ", count: min(entry.depth, deepest)))
    return .answer(lines.map { indent + $0 }, json: json)
  }
}
