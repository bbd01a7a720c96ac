import Host
import Protocol
import Wire
import WireFormat

/// How far a reader that stays was shown each chain: in memory, so that nothing is marked as read.
package struct Watching: Sendable {
  /// What was given.
  private var given: CursorSet
  /// The same with what was passed over, so that it is read once and not at each look.
  private var passed: CursorSet
  /// The chains at the last look: one that is as it was then has nothing new.
  private var looked: [Handle: HeadRecord] = [:]
  /// Of whom nothing more is given before another key of theirs is believed.
  private var heldBack: Set<Handle> = []
  private var belief: (trust: TrustStore, strayed: Set<Handle>)

  fileprivate init(
    after cursors: CursorSet, _ trust: TrustStore, strayed: Set<Handle>
  ) {
    (given, passed, belief) = (cursors, cursors, (trust, strayed))
  }

  /// What was passed over is looked at again where this agent has come to believe otherwise.
  fileprivate mutating func follow(
    _ records: [Handle: HeadRecord], _ trust: TrustStore, strayed: Set<Handle>
  ) {
    given.follow(records)
    passed.follow(records)
    guard trust != belief.trust || strayed != belief.strayed else { return }
    (passed, belief, looked, heldBack) = (given, (trust, strayed), [:], [])
  }

  /// Where to read on in a chain; nil where nothing of it can be given.
  fileprivate mutating func cursor(in record: HeadRecord, of writer: Handle) -> Cursor? {
    let last = looked[writer]
    guard last != record else { return nil }
    // Behind a cut other lines stand.
    if last?.recoveries != record.recoveries { heldBack.remove(writer) }
    let cursor = passed.cursors[writer] ?? Cursor()
    let hasNew = record.verdict != .sound || cursor.contiguous < record.head.seq
    return hasNew && !heldBack.contains(writer) ? cursor : nil
  }

  fileprivate mutating func note(
    _ record: HeadRecord, of writer: Handle, _ unread: Session.Sorted, isWhole: Bool
  ) {
    if isWhole { looked[writer] = record }
    for line in unread.open { given.mark(line) }
    for line in unread.open + unread.revoked { passed.mark(line) }
    if unread.heldBackCount > 0 { heldBack.insert(writer) }
  }
}

extension CursorSet {
  fileprivate mutating func mark(_ line: ShownLine) {
    cursors[line.handle, default: Cursor()].mark(line.seq, eventID: line.eventID, end: line.end)
  }
}

extension Session {
  /// The start of a watch: at what is unread for a session, or behind all that is there.
  package mutating func watching(
    session name: String, isNewOnly: Bool
  ) throws(KitError) -> Watching {
    var cursors = try loadCursors(name)
    if isNewOnly {
      for (writer, record) in reader.store.records where writer != handle {
        if record.verdict == .sound {
          cursors.cursors[writer] = Cursor(through: record)
          continue
        }
        let cursor = cursors.cursors[writer] ?? Cursor()
        for line in try unseen(by: cursor, of: writer, record) { cursors.mark(line) }
      }
    }
    return Watching(after: cursors, trust, strayed: strayedPeers)
  }

  /// What was not given before, as `inbox` would show it; marks nothing as read.
  package mutating func news(_ watching: inout Watching) throws(KitError) -> Inbox {
    watching.follow(reader.store.records, trust, strayed: strayedPeers)
    var inbox = Inbox()
    var queues: [[ShownLine]] = []
    for (writer, record) in reader.store.records where writer != handle {
      guard let cursor = watching.cursor(in: record, of: writer) else { continue }
      let unread = sorted(try unseen(by: cursor, of: writer, record), of: writer)
      // Of a log that changed meanwhile nothing was to be had: it is looked at again.
      let isWhole = !changedLogs.contains(record.log)
      watching.note(record, of: writer, unread, isWhole: isWhole)
      inbox.note(unread, of: writer)
      queues.append(unread.open)
    }
    inbox.lines = try shown(Self.merge(queues))
    return inbox
  }
}
