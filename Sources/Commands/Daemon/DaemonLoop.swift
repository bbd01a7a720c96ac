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
  /// The wire that it began with: another one in its place is not served.
  private let wire: Bytes32
  private let handle: Handle
  private let statePath: String
  /// Held as long as it runs.
  private var lock: OpenFile
  private let signals: SignalQueue
  private let timer: WakeTimer
  private var settings: DaemonSettings
  private var presence: DaemonPresence
  private var isStopped = false
  /// How far the operator's command was told, where that could not be saved.
  private var unsavedTelling: CursorSet?
  private var hasNewSettings = false
  private var failureCount = 0
  /// How many turns one after the other left something over that a lock or space is missing for.
  private var leftOverCount = 0
  private var budget = WakeBudget()
  /// What was told last, so that it is not told again as long as it stays so.
  private var told: [String] = []
  private var tier = ""
  /// Whether this run has said of itself that it is there.
  private var isSaid = false

  /// Without inotify it looks this often, in milliseconds.
  private static let pollingPause = 1_000
  /// Between two tries, in milliseconds.
  private static let leastRest = 1_000
  private static let longestRest = 15_000

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
      var loop = try DaemonLoop(options, session)
      try loop.run(session)
    }
  }

  private init(_ options: Options, _ session: borrowing Session) throws(KitError) {
    let lock = try DaemonPresence.begin(session.state)
    let settings = try options.settings(session)
    let signals: SignalQueue
    do { signals = try SignalQueue() } catch { throw .host(error) }
    (self.options, self.settings) = (options, settings)
    self.lock = lock
    (wire, handle, statePath) = (session.genesis.id, session.handle, session.state.path)
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
        switch next.take() {
        case .some(let session): try attend(session)
        case .none: try attendAgain(try options.open())
        }
      } catch {
        if Self.isFinal(error) { throw error }
        note(trouble: error.description)
      }
      if failureCount > 0, !isStopped { try rest() }
    }
    log.write("stopped")
  }

  /// Goes on with what stands at its places now, if that is still its own.
  private mutating func attendAgain(_ session: consuming Session) throws(KitError) {
    guard session.genesis.id == wire, session.handle == handle else {
      return note(trouble: "\(session.shared.path): another wire than the one it began with")
    }
    if try !DaemonPresence.holds(lock, session.state) {
      lock = try DaemonPresence.begin(session.state)
    }
    try attend(session)
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
    readSettings(session)
    let call = try DaemonCall.folder(session.state)
    var watch = Self.watch(session, call)
    var daemon = Daemon(session)
    var hook = try MessageHook(
      settings.onMessage, timeLimit: .seconds(settings.onMessageSeconds),
      variables: [
        "DEADDROP_DIR": daemon.session.shared.path, "DEADDROP_HANDLE": daemon.session.handle.name,
      ], unsaved: unsavedTelling, &daemon.session)
    defer { unsavedTelling = hook.stop(&daemon.session) }
    say(isPolling: watch.isPolling)
    while !isStopped, !hasNewSettings {
      var turn = try daemon.turn()
      do throws(KitError) {
        if let failure = turn.failure, Self.isFinal(failure) { throw failure }
        try hook.goOn(&daemon.session, content: Self.content)
      } catch {
        if Self.isFinal(error) { throw error }
        turn.failure = turn.failure ?? error
      }
      tell(turn)
      let ready = try ready(after: turn, daemon.pause, watch, hook)
      if let number = watch.readyNumber, ready.contains(number) {
        budget.wake(at: MonotonicClock.now())
        try KitError.lifting { () throws(HostError) in try watch.take() }
      }
      if let number = hook.readyNumber, ready.contains(number),
        let words = hook.finish(&daemon.session)
      {
        log.write(words)
      }
      for path in [daemon.session.shared.pathIfGone, daemon.session.state.pathIfGone] {
        if let path { return note(trouble: "\(path): not the directory that it was") }
      }
      // What could not be had may be had by now.
      if watch.isPolling { watch = Self.watch(daemon.session, call) }
      say(isPolling: watch.isPolling)
    }
  }

  private static func watch(
    _ session: borrowing Session, _ call: borrowing Directory
  ) -> FileWatch {
    var watch = FileWatch(session.shared.directory)
    watch.add(call)
    return watch
  }

  /// The settings that stand in the file, or those before where it cannot be read.
  private mutating func readSettings(_ session: borrowing Session) {
    if hasNewSettings { log.write("reads its settings again") }
    hasNewSettings = false
    do { settings = try options.settings(session) } catch {
      log.write("keeps the settings that it has: \(error)")
    }
    guard presence.settings != settings else { return }
    presence.settings = settings
    savePresence()
  }

  /// Waits for something to do, and takes the signals that came.
  ///
  /// After a turn that could not do all it rests, deaf to changes: what it tried may have been one.
  private mutating func ready(
    after turn: Daemon.Turn, _ pause: Int, _ watch: borrowing FileWatch,
    _ hook: borrowing MessageHook
  ) throws(KitError) -> [Int32] {
    var numbers = [hook.readyNumber].compactMap { $0 }
    if turn.failure != nil || turn.isLeftOver {
      let ready = try wait(
        for: numbers, milliseconds: turn.failure == nil ? Self.leastRest : restMilliseconds)
      if turn.failure != nil || !ready.isEmpty || isStopped || hasNewSettings { return ready }
      leftOverCount += 1
    } else {
      leftOverCount = 0
    }
    var limit = watch.isPolling ? min(pause, Self.pollingPause) : pause
    if leftOverCount > 0 { limit = min(limit, Self.rest(after: leftOverCount)) }
    let now = MonotonicClock.now()
    let deaf = Int((budget.endLook(at: now, hasFound: turn.hasNews) - now + 999_999) / 1_000_000)
    if deaf > 0 {
      let ready = try wait(for: numbers, milliseconds: min(deaf, limit))
      if deaf >= limit || !ready.isEmpty || isStopped || hasNewSettings { return ready }
      limit -= deaf
    }
    if let number = watch.readyNumber { numbers.append(number) }
    if limit > Self.longestRest { ProgramCode.release() }
    return try wait(for: numbers, milliseconds: limit)
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
    _ = try wait(for: [], milliseconds: restMilliseconds)
  }

  private var restMilliseconds: Int { Self.rest(after: failureCount) }

  private static func rest(after count: Int) -> Int {
    min(longestRest, leastRest << max(0, min(count - 1, 8)))
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
    savePresence()
  }

  private mutating func say(isPolling: Bool) {
    guard presence.isPolling != isPolling || !isSaid else { return }
    if isPolling != presence.isPolling {
      log.write(
        isPolling
          ? "looks every second: the system does not tell of all changes here"
          : "is woken by changes again")
    }
    presence.isPolling = isPolling
    isSaid = true
    savePresence()
  }

  private func savePresence() {
    // Only a word to people: that it cannot be written must not keep it from its work.
    try? presence.save(in: statePath)
  }

  private mutating func tell(_ turn: Daemon.Turn) {
    let words = turn.notes + turn.faults
    for word in words where !told.contains(word) { log.write(word) }
    told = words
    if let failure = turn.failure {
      note(trouble: failure.description)
    } else if failureCount > 0 {
      log.write("goes on")
      (failureCount, presence.trouble) = (0, nil)
      savePresence()
    }
    guard let now = turn.tier, now.rawValue != tier else { return }
    tier = now.rawValue
    log.write("in \(tier)")
  }
}

extension SharedDirectory {
  /// Its path, where that stands for another directory or none.
  fileprivate var pathIfGone: String? { isInPlace ? nil : path }
}

extension PrivateState {
  /// Its path, where that stands for another directory or none.
  fileprivate var pathIfGone: String? { isInPlace ? nil : path }
}
