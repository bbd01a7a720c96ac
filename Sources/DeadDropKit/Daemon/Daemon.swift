import Host
package import Protocol
import Wire
import WireFormat

/// One agent's presence on one wire: what it does whenever it is woken, and when it must be next.
///
/// It waits for nothing itself: `turn` does all that is due by the session's clocks and says how
/// long nothing more will be. Whoever runs it calls again then, or when something has changed.
package struct Daemon: ~Copyable {
  package var session: Session
  /// Milliseconds from the last turn until something is due by itself.
  package private(set) var pause = 0
  /// How far the chains were read when the doorbell last rang.
  private var rung: [Handle: Int] = [:]
  /// How far they were read at the last turn.
  private var heads: [Handle: Int] = [:]
  /// Whether the own key was there when it was first needed.
  private var hasKey = false
  /// For which facts and belief all incidents are acked.
  private var acked: (key: HeadStore.Key, belief: Belief)?
  /// The year in which closed years were last archived.
  private var archivedYear: Int?

  /// What one turn did.
  package struct Turn: Sendable {
    /// Whether any chain was read further, or is shorter now.
    package var hasNews = false
    /// What happened, in clauses for a log.
    package var notes: [String] = []
    /// What is wrong with the wire, as long as it is.
    package var faults: [String] = []
    /// Where the agent's tier machine stands.
    package var tier: TierName?
    /// The beat that it wrote.
    package var beat: Session.BeatReceipt?
    /// The first thing that it could not do, and that the next turn tries again.
    package var failure: KitError?
    /// Whether something that waits for nobody but a lock or space was left to the next turn.
    package var isLeftOver = false
  }

  /// Two beats that are not a cadence apart are at least this far: many lines cause one beat.
  package static let shortestPause = 1_000
  /// How soon is looked again at a deadline that waits for something else, in milliseconds.
  private static let lookPause = 5_000

  package init(_ session: consuming Session) { self.session = session }

  /// Reads what is new, draws all consequences, and beats where that is due.
  ///
  /// Throws what keeps it from all of that, and `ended` or `notInForce` where there is nothing to be
  /// present for any more. What keeps it from one part is in the turn, and keeps it from no other: a
  /// peer's file in the way of the archive must not silence the agent. Called again it does what is
  /// left, and nothing twice.
  package mutating func turn() throws(KitError) -> Turn {
    var turn = Turn()
    try read(into: &turn)
    if let ending = try session.ownEnding() { throw .ended(ending) }
    try requireKey()
    do { try ackIncidents(&turn.notes) } catch { turn.note(error) }
    do { try archiveClosedYears(&turn) } catch { turn.note(error) }
    do { try ring() } catch { turn.note(error) }
    do {
      if try session.millisecondsToBeat() == 0 {
        turn.beat = try session.announce(Heartbeat())
      }
    } catch { turn.note(error) }
    turn.tier = try TierMemory.load(session.state).tier
    pause = try session.millisecondsToNext(lookingAgainAfter: Self.lookPause)
    return turn
  }

  private mutating func read(into turn: inout Turn) throws(KitError) {
    let news = try session.catchUp(saves: false)
    let heads = session.reader.store.records.mapValues(\.head.seq)
    (turn.hasNews, self.heads) = (heads != self.heads, heads)
    turn.notes += news.notes
    turn.notes += news.bad.prefix(5).map { "\($0.file):\($0.line): \($0.reason.rawValue)" }
    if news.bad.count > 5 { turn.notes.append("\(news.bad.count - 5) more lines at fault") }
    turn.failure = news.failure
    turn.isLeftOver = news.isLeftOver
    turn.faults = news.broken.map { "\($0.log): \($0.verdict.rawValue)" }
  }

  /// A daemon without a key is of no use, and says so at once; later whatever signs does.
  private mutating func requireKey() throws(KitError) {
    if hasKey {
      try KitError.liftingWire { () throws(WireError) in try session.state.requireInForce() }
    } else {
      _ = try session.signingKey()
      hasKey = true
    }
  }

  /// Only facts, and whom this agent believes, decide which incidents it has to ack.
  private mutating func ackIncidents(_ notes: inout [String]) throws(KitError) {
    let (key, belief) = (session.reader.store.key, session.belief)
    if let acked, acked == (key, belief) { return }
    try session.ackIncidents(&notes)
    acked = (key, belief)
  }

  /// Once a year, and once after a start.
  private mutating func archiveClosedYears(_ turn: inout Turn) throws(KitError) {
    let year = session.now().year
    guard archivedYear != year else { return }
    if case .moved(let archived) = try session.archive(.closed) {
      turn.notes.append("archived the own log of a closed year to \(archived.file)")
    }
    archivedYear = year
  }

  /// Rings where a verified peer has written since it last did, and something is unread.
  private mutating func ring() throws(KitError) {
    let heads = session.verifiedHeads
    guard heads.contains(where: { $1 > rung[$0] ?? 0 }) else { return }
    let unread = try session.unreadCount()
    if unread > 0 { try Doorbell.ring(session.state, unread: unread, at: session.now()) }
    rung = heads
  }
}

extension Daemon.Turn {
  fileprivate mutating func note(_ error: KitError) { failure = failure ?? error }
}

extension Session {
  /// How far the chains of peers are read whose newest line this agent believes.
  fileprivate var verifiedHeads: [Handle: Int] {
    var heads: [Handle: Int] = [:]
    for (peer, record) in reader.store.records where peer != handle && record.head.seq > 0 {
      guard let pk = record.spans.last?.pk, isTrusted(peer, pk, seq: record.head.seq) else {
        continue
      }
      heads[peer] = record.head.seq
    }
    return heads
  }

  /// Lines of peers that no session of this agent was shown.
  func unreadCount() throws(KitError) -> Int {
    let shown = try KitError.liftingWire { () throws(WireError) in
      try CursorSet.furthest(state, following: reader.store.records)
    }
    return reader.store.records.reduce(0) { count, entry in
      entry.key == handle ? count : count + max(0, entry.value.head.seq - (shown[entry.key] ?? 0))
    }
  }
}
