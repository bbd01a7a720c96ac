import DeadDropKit
import Host
import Wire
import WireFormat

/// `deaddrop top`: where everything stands, as long as somebody looks.
enum TopCommand: Command {
  static let name = "top"
  /// Watching tells of most changes; what it does not see is found by looking this often.
  private static let longestPause = 10
  /// The same where other machines write, which no watch tells of.
  private static let longestRemotePause = 2

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show the wire live: who is alive, what waits, claims, and messages",
      notes: [
        "Drawn on a terminal, anew whenever something comes, and each second while a time runs out.\n"
          + "A peer is alive, late or gone; beside it stands how long no new beat of it was seen.",
        "Shows the words of those peers only whose key is believed. Marks nothing as read. What every\n"
          + "command settles it settles too. Ends by q, Ctrl-C, Ctrl-D, or a signal.",
      ],
      examples: ["deaddrop top"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    guard !invocation.isJSON else {
      throw .usage(
        "top draws on a terminal, --json is for programs",
        hint: ShellWord.deaddrop("status", "--json"))
    }
    for (number, stream) in [(0, "input"), (1, "output")] as [(Int32, String)] {
      guard Environment.isTerminal(number) else {
        throw .usage(
          "top draws on a terminal, and standard \(stream) is none",
          hint: ShellWord.deaddrop("status"))
      }
    }
    guard Environment.value("TERM") != "dumb" else {
      throw .usage(
        "top places what it draws, and a terminal of TERM=dumb cannot",
        hint: ShellWord.deaddrop("status"))
    }
    let name = try invocation.sessionName()
    return try invocation.withSession { (session: inout Session) throws(CommandFailure) in
      // Before the first look: what comes during it counts.
      var watch = FileWatch(session.shared.directory)
      var look = try CommandFailure.lifting { () throws(KitError) in
        try TopLook(&session, name)
      }
      try show(&look, &session, name, &watch, invocation)
      var report = Report()
      report.add(look.atEnd, of: session, isReader: true)
      return report
    }
  }
}

extension TopCommand {
  /// Draws until somebody wants it to end; the terminal is given back before anything else is said.
  private static func show(
    _ look: inout TopLook, _ session: inout Session, _ name: String, _ watch: inout FileWatch,
    _ invocation: Invocation
  ) throws(CommandFailure) {
    let screen = try lifting { () throws(HostError) in try TerminalScreen.take() }
    var drawing = TopDrawing(isColoured: invocation.terminal.isColoured)
    let longest = isRemote(session) ? longestRemotePause : longestPause
    var watchesBeats = false
    var hasNews = false
    while true {
      if !watchesBeats { watchesBeats = addBeats(to: &watch, session) }
      do throws(HostError) { try draw(look, &drawing, on: screen) } catch {
        // Nobody is there to look any more.
        if error.isHungUp { return }
        throw CommandFailure(error)
      }
      let pause = pause(look, longest: longest, hasNews: hasNews)
      // It knows already that there is something: nobody need tell it again before it looks.
      let wake = try lifting { () throws(HostError) in
        try screen.wait(&watch, isDeaf: hasNews, upTo: pause)
      }
      if wake.isEnding || wake.keys.contains(where: { ends($0) }) { return }
      if wake.isResized || wake.keys.contains(controlL) { drawing.forget() }
      hasNews = hasNews || wake.isChanged
      let age = MonotonicClock.now() - look.takenAt
      if age >= (hasNews ? look.leastAge : 1_000_000_000 * Int64(due(look, longest))) {
        try lifting { () throws(HostError) in try watch.take() }
        hasNews = false
        try CommandFailure.lifting { () throws(KitError) in try look.again(&session, name) }
      }
    }
  }

  private static let controlL: UInt8 = 0x0C

  /// q, and what Ctrl-C and Ctrl-D are where the terminal makes no more of them.
  private static func ends(_ key: UInt8) -> Bool {
    [UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x03, 0x04].contains(key)
  }

  private static func draw(
    _ look: TopLook, _ drawing: inout TopDrawing, on screen: borrowing TerminalScreen
  ) throws(HostError) {
    let (columns, rows) = try screen.size()
    let facts = TopFacts(look.current, look.messages, notes: look.notes)
    let frame = TopFrame(facts, columns: columns, rows: rows)
    let isShown = try screen.write(drawing.bytes(frame, columns: columns, rows: rows))
    if !isShown { drawing.forget() }
  }

  /// The age in seconds at which a look is too old, whatever the watch says.
  private static func due(_ look: TopLook, _ longest: Int) -> Int {
    min(longest, look.status.secondsToLook ?? longest)
  }

  /// Until the next look is due, or what is shown has another number.
  private static func pause(_ look: TopLook, longest: Int, hasNews: Bool) -> Duration {
    let age = MonotonicClock.now() - look.takenAt
    let second: Int64 = 1_000_000_000
    var next = hasNews ? look.leastAge : second * Int64(due(look, longest))
    if look.status.isCounting { next = min(next, (age / second + 1) * second) }
    if let tick = look.current.secondsToTick {
      next = min(next, (age / second + Int64(tick)) * second)
    }
    return .nanoseconds(max(second / 100, next - age))
  }

  private static func addBeats(
    to watch: inout FileWatch, _ session: borrowing Session
  ) -> Bool {
    guard let beats = try? session.shared.beats() else { return false }
    watch.add(beats)
    return true
  }

  private static func isRemote(_ session: borrowing Session) -> Bool {
    (try? FileSystemKind.name(of: session.shared.directory)).map { FileSystemKind.isRemote($0) }
      ?? false
  }

  private static func lifting<Value: ~Copyable>(
    _ body: () throws(HostError) -> Value
  ) throws(CommandFailure) -> Value {
    do { return try body() } catch { throw CommandFailure(error) }
  }
}
