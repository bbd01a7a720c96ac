import Host
package import Wire
import WireFormat

/// The operator's command that is run for each message of a verified peer, one after the other.
///
/// It runs on a thread of its own and bounded: in time, in output, and ended with all that it has
/// started. A message counts as told once its command has ended, however; one that a kill came
/// before is told again. What a command has left in the background with its streams closed is the
/// operator's, and goes on.
package struct MessageHook: ~Copyable {
  /// Nil runs nothing.
  private let command: String?
  private let timeLimit: Duration
  /// Variables beside those of the daemon.
  private let variables: [String: String]
  private var queue: [(line: ShownLine, isShown: Bool)] = []
  private var cursors: CursorSet
  private var looked = LookedChains()
  private var current: ShownLine?
  private var work: Background<String?>?
  /// Whether a message was told that the cursor on disk does not say.
  private var isUnsaved: Bool

  /// More lines are read again: what peers have sent while a command ran need not fit in memory.
  private static let queueLimit = 1_000
  /// More output than this ends the command.
  private static let outputLimit = 64 << 10
  /// A dot in front: what the operator's command was told was not put before a model, and is no
  /// receipt.
  private static let cursorName = ".on-message"

  /// Begins behind the last message that was told; the first time behind all that is there.
  ///
  /// `unsaved` is where a hook before this one had come to that could not save it.
  package init(
    _ command: String?, timeLimit: Duration, variables: [String: String], unsaved: CursorSet?,
    _ session: inout Session
  ) throws(KitError) {
    isUnsaved = unsaved != nil
    if let unsaved {
      cursors = unsaved
    } else {
      cursors = command == nil ? CursorSet() : try Self.begin(&session)
    }
    (self.command, self.timeLimit, self.variables) = (command, timeLimit, variables)
    work = nil
  }

  private static func begin(_ session: inout Session) throws(KitError) -> CursorSet {
    var cursors = try session.loadCursors(cursorName)
    let isThere = try KitError.lifting { () throws(HostError) in
      try session.state.subdirectory(CursorSet.directoryName)
        .status(of: "\(cursorName).json") != nil
    }
    guard !isThere else { return cursors }
    _ = try session.catchUp(saves: false)
    var looked = LookedChains()
    for (line, isShown) in try session.arrivals(after: &cursors, leavingOut: &looked) {
      cursors.mark(line, isShown: isShown)
    }
    try save(cursors, session)
    return cursors
  }

  /// Ready to read once a command has ended; nil while none runs.
  package var readyNumber: Int32? {
    switch work {
    case .some(let work): work.number
    case .none: nil
    }
  }

  /// Starts the command for the next message, where none runs, and once it is remembered that the
  /// one before was told.
  package mutating func goOn(
    _ session: inout Session, content: (ShownLine, borrowing Session) -> [UInt8]
  ) throws(KitError) {
    guard let command, current == nil else { return }
    if isUnsaved { try remember(&session) }
    if queue.isEmpty { try fill(&session) }
    // A line with nothing to show is passed once all before it are told. Whoever was revoked since
    // a line was queued is told of no more.
    while let (line, isShown) = queue.first {
      if isShown, session.isShown(line.handle, seq: line.seq) { break }
      if !isShown { cursors.mark(line, isShown: false) }
      queue.removeFirst()
    }
    guard let (line, _) = queue.first else { return }
    var program = ChildProgram(["/bin/sh", "-c", command])
    program.input = content(line, session)
    program.outputLimit = Self.outputLimit
    program.timeLimit = timeLimit
    program.isLeader = true
    program.environment = variables.mapValues { $0 }
    program.environment["DEADDROP_EVENT_ID"] = line.eventID.hex
    program.environment["DEADDROP_FROM"] = line.handle.name
    let given = program
    do {
      work = try Background { leash in
        var program = given
        program.leash = leash
        return Self.run(program)
      }
    } catch { throw .host(error) }
    queue.removeFirst()
    current = line
  }

  private mutating func fill(_ session: inout Session) throws(KitError) {
    // Nothing was looked at where it could not be had.
    var (cursors, looked) = (cursors, looked)
    let arrivals = try session.arrivals(after: &cursors, leavingOut: &looked)
    queue = Array(arrivals.prefix(Self.queueLimit))
    (self.cursors, self.looked) =
      (cursors, arrivals.count > queue.count ? LookedChains() : looked)
  }

  /// What went wrong, in a clause; nil where nothing did.
  private static func run(_ program: ChildProgram) -> String? {
    do throws(HostError) {
      let outcome = try program.run()
      guard outcome.code != 0 else { return nil }
      let first = outcome.errors.prefix(200).prefix { $0 != UInt8(ascii: "\n") }
      let words = String(decoding: first, as: UTF8.self)
      let end = outcome.code.map { "ended with \($0)" } ?? "was ended by a signal"
      return words.isEmpty ? end : "\(end): \(words)"
    } catch {
      return error.description
    }
  }

  /// Takes up the end of the command; gives what went wrong.
  package mutating func finish(_ session: inout Session) -> String? {
    guard let line = current else { return nil }
    current = nil
    let words = outcome()
    cursors.mark(line, isShown: true)
    isUnsaved = true
    // Else before the next one begins: the message is not told again because a disk is full.
    try? remember(&session)
    return words.map { "on-message, \(line.eventID.hex.prefix(12)): \($0)" }
  }

  private mutating func remember(_ session: inout Session) throws(KitError) {
    try session.saveHeads()
    try Self.save(cursors, session)
    isUnsaved = false
  }

  private mutating func outcome() -> String? {
    switch work.take() {
    case .some(let work): work.finish() ?? nil
    case .none: nil
    }
  }

  /// Ends the command that runs; its message is told again.
  ///
  /// Gives how far all was told, where that could not be saved.
  package mutating func stop(_ session: inout Session) -> CursorSet? {
    switch work.take() {
    case .some(let work): work.cancel()
    case .none: break
    }
    current = nil
    if isUnsaved { try? remember(&session) }
    return isUnsaved ? cursors : nil
  }

  private static func save(
    _ cursors: CursorSet, _ session: borrowing Session
  ) throws(KitError) {
    try KitError.liftingWire { () throws(WireError) in
      try cursors.save(session.state, session: cursorName)
    }
  }
}

extension CursorSet {
  fileprivate mutating func mark(_ line: ShownLine, isShown: Bool) {
    cursors[line.handle, default: Cursor()].mark(
      line.seq, eventID: line.eventID, end: line.end, isHidden: !isShown && line.message != nil)
  }
}
