import DeadDropKit
import Host
import Protocol
import Wire
import WireFormat

/// Runs a `Daemon`: the one place where it waits, for changes, moments, signals and its command.
///
/// Whatever keeps it from its work is told once and tried again, after 1 to 15 seconds: a wire that
/// is not there, a full disk, another file in the place of one.
struct DaemonLoop: ~Copyable {
  private let options: Options
  private let signals: SignalQueue
  private let timer: WakeTimer
  private var settings: DaemonSettings
  private var presence: DaemonPresence
  private var isStopped = false
  private var hasNewSettings = false
  private var failureCount = 0
  /// What was told last, so that it is not told again as long as it stays so.
  private var told: [String] = []
  private var tier = ""

  /// Without inotify it looks this often, in milliseconds.
  private static let pollingPause = 1_000
  /// In seconds.
  private static let longestRest = 15

  /// What the command line says; a setting that it names is not read from the file.
  struct Options: Sendable {
    var directory: String?
    var handle: String?
    var onMessage: String?
    var onMessageSeconds: Int?
    var logPath: String?

    func settings(_ session: borrowing Session) throws(KitError) -> DaemonSettings {
      var settings = try DaemonSettings.load(session.state)
      settings.onMessage = onMessage ?? settings.onMessage
      settings.onMessageSeconds = onMessageSeconds ?? settings.onMessageSeconds
      settings.logPath = logPath ?? settings.logPath
      return settings
    }

    func open() throws(KitError) -> Session {
      try Session.open(directory: directory, as: handle)
    }
  }

  /// Runs until it is told to stop, or has nothing to be present for any more.
  static func run(_ options: Options) throws(CommandFailure) {
    try CommandFailure.lifting { () throws(KitError) in
      let session = try options.open()
      let lock = try DaemonPresence.begin(session.state)
      defer { try? lock.unlock() }
      var loop = try DaemonLoop(options, session)
      try loop.run(session)
    }
  }

  private init(_ options: Options, _ session: borrowing Session) throws(KitError) {
    let settings = try options.settings(session)
    let signals: SignalQueue
    do { signals = try SignalQueue() } catch { throw .host(error) }
    (self.options, self.settings) = (options, settings)
    presence = DaemonPresence(processID: Environment.processID, since: session.now())
    timer = WakeTimer()
    self.signals = signals
  }

  private var log: DaemonLog { DaemonLog(path: settings.logPath) }

  private mutating func run(_ first: consuming Session) throws(KitError) {
    log.write(
      "\(first.handle) is present on wire \(first.genesis.id.hex.prefix(12)) in \(first.shared.path)"
    )
    var next: Session? = consume first
    while !isStopped {
      do throws(KitError) {
        if hasNewSettings { log.write("reads its settings again") }
        hasNewSettings = false
        switch next.take() {
        case .some(let session): try attend(session)
        case .none: try attend(try options.open())
        }
      } catch {
        if Self.isFinal(error) { throw error }
        note(trouble: error.description)
      }
      if failureCount > 0, !isStopped { try rest() }
    }
    log.write("stopped")
  }

  /// Nothing is left to be present for.
  private static func isFinal(_ error: KitError) -> Bool {
    switch error {
    case .ended, .wire(.notInForce): true
    // A unit's sandbox shows what was there at the start: of a directory that came in the place of
    // one only the manager's next start shows more.
    case .host(let error), .wire(.host(let error)):
      error.isReadOnly && Environment.value("INVOCATION_ID") != nil
    default: false
    }
  }

  /// Turns whenever something has changed or is due, until it must be opened anew.
  private mutating func attend(_ session: consuming Session) throws(KitError) {
    settings = try options.settings(session)
    var watch = FileWatch(session.shared.directory)
    var daemon = Daemon(session)
    var hook = try MessageHook(
      settings.onMessage, timeLimit: .seconds(settings.onMessageSeconds),
      variables: [
        "DEADDROP_DIR": daemon.session.shared.path, "DEADDROP_HANDLE": daemon.session.handle.name,
      ], &daemon.session)
    defer { hook.stop() }
    let isPolling = watch.isPolling
    say(isPolling: isPolling, daemon.session)
    while !isStopped, !hasNewSettings {
      tell(try daemon.turn(), daemon.session)
      try hook.goOn(&daemon.session, content: Self.content)
      let ready = try ready(within: daemon.pause, watch, hook)
      if let number = watch.readyNumber, ready.contains(number) {
        try KitError.lifting { () throws(HostError) in try watch.take() }
      }
      if let number = hook.readyNumber, ready.contains(number),
        let words = try hook.finish(&daemon.session)
      {
        log.write(words)
      }
      guard daemon.session.shared.isInPlace, watch.isPolling == isPolling else {
        return note(trouble: "\(daemon.session.shared.path): not the directory that it was")
      }
    }
  }

  /// Waits for something to do, and takes the signals that came.
  private mutating func ready(
    within pause: Int, _ watch: borrowing FileWatch, _ hook: borrowing MessageHook
  ) throws(KitError) -> [Int32] {
    let limit = watch.isPolling ? min(pause, Self.pollingPause) : pause
    return try wait(
      for: [watch.readyNumber, hook.readyNumber].compactMap { $0 }, milliseconds: limit)
  }

  private mutating func wait(
    for numbers: [Int32], milliseconds: Int
  ) throws(KitError) -> [Int32] {
    try KitError.lifting { () throws(HostError) in
      let moment = BootClock.now() + Int64(milliseconds) * 1_000_000
      let ready = try timer.wait(for: numbers + [signals.number], until: moment)
      for signal in try signals.take() {
        switch signal {
        case .hangUp: hasNewSettings = true
        case .interrupt, .terminate: isStopped = true
        }
      }
      return ready
    }
  }

  /// Before the next try; a signal ends it.
  private mutating func rest() throws(KitError) {
    let seconds = min(Self.longestRest, 1 << min(failureCount - 1, 8))
    _ = try wait(for: [], milliseconds: 1_000 * seconds)
  }

  /// The message as `inbox --json` has it, for the operator's command.
  private static func content(_ line: ShownLine, _ session: borrowing Session) -> [UInt8] {
    let line = session.opened(line)
    guard let message = line.message else { return [] }
    return JSONText.line(MessageView.json(line, message, tier: session.tierLabel(of: line)))
      + [UInt8(ascii: "\n")]
  }
}

extension DaemonLoop {
  /// Notes what keeps it from its work: once, until it is something else.
  private mutating func note(trouble: String) {
    failureCount += 1
    guard presence.trouble != trouble else { return }
    presence.trouble = trouble
    log.write("trouble, tried again: \(trouble)")
  }

  private mutating func say(isPolling: Bool, _ session: borrowing Session) {
    if isPolling, !presence.isPolling {
      log.write("no inotify here: looks every second, and says so to doctor")
    }
    presence.isPolling = isPolling
    // Only a word to people: that it cannot be written must not keep it from its work.
    try? presence.save(session.state)
  }

  private mutating func tell(_ turn: Daemon.Turn, _ session: borrowing Session) {
    if failureCount > 0 {
      log.write("goes on")
      (failureCount, presence.trouble) = (0, nil)
      try? presence.save(session.state)
    }
    let words = turn.notes + turn.faults
    for word in words where !told.contains(word) { log.write(word) }
    told = words
    guard let beat = turn.beat, beat.tier.rawValue != tier else { return }
    tier = beat.tier.rawValue
    log.write("in \(tier)")
  }
}
