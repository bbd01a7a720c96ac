import DeadDropKit
import Host
import Wire
import WireFormat

/// `deaddrop log`: every message that this agent may see.
enum LogCommand: Command {
  static let name = "log"
  private static let pause: Duration = .seconds(2)

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show the messages of all agents, oldest first",
      options: [
        .flag("follow", "go on with what comes, until interrupted"),
        .value("from", "HANDLE", "only of this agent"),
        .value("type", "TYPE", "only of this type"),
        .value("since", "TIME", "only since a UTC time, or a span such as 2h"),
        .value("grep", "TEXT", "only with these bytes in subject or body"),
        .frame,
        .flag("sent", "only own messages, each with what its recipients have proven of it"),
        .flag("refused", "only lines that have no effect, and why"),
      ],
      notes: [
        "Marks nothing as read.",
        "--sent shows for each recipient: stored, seen, read (by its signed beats), or answered, with its\n"
          + "signed ack, decline or counter. Only keys that this agent believes prove anything.",
        "A line that breaks a rule of its type is good, holds its place, and changes nothing: --refused\n"
          + "shows these, each with a word of PROTOCOL.md, and those that wait for what they cite.",
      ],
      examples: [
        "deaddrop log --since 2h", "deaddrop log --from scribe --type decision",
        "deaddrop log --sent --type request", "deaddrop log --refused",
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    var filter = Session.Filter()
    filter.from = try invocation.handle("from")
    filter.since = try invocation.instant("since")
    filter.text = invocation.optionalText("grep")
    if let word = invocation.optionalText("type") {
      guard let type = MessageType(word: Text(word)) else {
        throw .usage("\"\(word)\" is no type", hint: "deaddrop help send")
      }
      filter.type = type
    }
    let form = try invocation.messageForm()
    if invocation.flag("sent") { return try SentLines.report(filter, form, invocation) }
    if invocation.flag("refused") { return try RefusedLines.report(filter, invocation) }
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      var cursors = CursorSet()
      let older = try CommandFailure.lifting { () throws(KitError) in
        try session.legacyHistory(filter)
      }
      for line in older { try invocation.emit(LegacyView.answer(line, as: form)) }
      try show(&cursors, filter, form, &session, invocation)
      guard invocation.flag("follow") else { return Report() }
      var watch = FileWatch(session.shared.directory)
      while true {
        do throws(HostError) {
          _ = try watch.wait(upTo: pause)
        } catch { throw CommandFailure(error) }
        guard !StandardStreams.isOutputGone else { return Report() }
        let news = try CommandFailure.lifting { () throws(KitError) in try session.catchUp() }
        for item in news.items where !news.bad.isEmpty || !news.notes.isEmpty {
          try invocation.emit(item)
        }
        try show(&cursors, filter, form, &session, invocation)
      }
    }
  }

  private static func show(
    _ cursors: inout CursorSet, _ filter: Session.Filter, _ form: MessageForm,
    _ session: inout Session, _ invocation: Invocation
  ) throws(CommandFailure) {
    let lines = try CommandFailure.lifting { () throws(KitError) in
      try session.history(filter, after: &cursors)
    }
    for item in session.answers(lines, as: form) { try invocation.emit(item) }
  }
}
