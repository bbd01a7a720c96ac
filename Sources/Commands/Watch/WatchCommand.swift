import DeadDropKit
import Host
import Wire
import WireFormat

/// `deaddrop watch`: one line a message, to wake who does other work.
enum WatchCommand: Command {
  static let name = "watch"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Print one line for each message as it comes, until interrupted",
      options: [
        .choice("format", Format.allCases.map(\.rawValue), "a line of text, or an object"),
        .flag("new", "only what comes from now on, and not what is unread"),
      ],
      notes: [
        "A line is: event_id, sender, trust tier, type, time. No word of a peer is in it; to read the\n"
          + "message: deaddrop show ID, or deaddrop inbox.",
        "Marks nothing as read. More than \(WatchView.listedLimit) unread at the start are one line that counts them.",
        "What is held back or revoked is no message: it is counted on standard error, once for each peer.\n"
          + "Ends when nobody reads its output any more.",
      ],
      examples: ["deaddrop watch", "deaddrop watch --new --format json"])
  }

  private enum Format: String, CaseIterable {
    case line, json
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let format = try format(invocation)
    let name = try invocation.sessionName()
    let isNewOnly = invocation.flag("new")
    return try invocation.withSession { (session: inout Session) throws(CommandFailure) in
      var wakes = WireWatch(session.shared.path)
      var faults = FaultMemory()
      try catchUp(&session, &faults, invocation)
      var watching = try CommandFailure.lifting { () throws(KitError) in
        try session.watching(session: name, isNewOnly: isNewOnly)
      }
      var inbox = try news(&session, &watching)
      if inbox.lines.count > WatchView.listedLimit {
        let count = inbox.lines.count
        let item: ReportItem =
          format == .json
          ? .data(WatchView.json(unread: count))
          : .answer([WatchView.line(unread: count, for: session.handle)], json: nil)
        try invocation.emit(item)
        inbox.lines = []
      }
      while true {
        for item in items(inbox.lines, format, session) { try invocation.emit(item) }
        for item in faults.items(of: inbox) { try invocation.emit(item) }
        try rest(&session, &wakes, hasFound: !inbox.lines.isEmpty, invocation)
        guard !StandardStreams.isOutputGone else { return Report() }
        try catchUp(&session, &faults, invocation)
        inbox = try news(&session, &watching)
      }
    }
  }

  private static func format(_ invocation: Invocation) throws(CommandFailure) -> Format {
    let asked = invocation.optionalText("format").flatMap { Format(rawValue: $0) }
    guard invocation.isJSON else { return asked ?? .line }
    if asked == .line { throw .usage("--format line is text, --json is for programs") }
    return .json
  }

  private static func catchUp(
    _ session: inout Session, _ faults: inout FaultMemory, _ invocation: Invocation
  ) throws(CommandFailure) {
    // What is shown need not wait for the disk.
    let met = try CommandFailure.lifting { () throws(KitError) in
      try session.catchUp(saves: false)
    }
    for item in faults.items(of: met, session.changedLogs) { try invocation.emit(item) }
  }

  private static func news(
    _ session: inout Session, _ watching: inout Watching
  ) throws(CommandFailure) -> Inbox {
    try CommandFailure.lifting { () throws(KitError) in try session.news(&watching) }
  }

  /// Waits for what comes; what was verified is made durable while nothing else is to be done.
  private static func rest(
    _ session: inout Session, _ wakes: inout WireWatch, hasFound: Bool, _ invocation: Invocation
  ) throws(CommandFailure) {
    do throws(HostError) {
      if try wakes.hasChanged(afterFinding: hasFound) { return }
    } catch { throw CommandFailure(error) }
    let bad = try CommandFailure.lifting { () throws(KitError) in try session.saveHeads() }
    for item in CatchUp(bad: bad).items { try invocation.emit(item) }
    do throws(HostError) { try wakes.wait(upTo: Session.longestPause) } catch {
      throw CommandFailure(error)
    }
  }

  private static func items(
    _ lines: [ShownLine], _ format: Format, _ session: borrowing Session
  ) -> [ReportItem] {
    var items: [ReportItem] = []
    for line in lines {
      guard let message = line.message else { continue }
      let tier = session.tierLabel(of: line)
      switch format {
      case .line: items.append(.answer([WatchView.line(message, tier: tier)], json: nil))
      case .json: items.append(.data(WatchView.json(message, tier: tier)))
      }
    }
    return items
  }
}
