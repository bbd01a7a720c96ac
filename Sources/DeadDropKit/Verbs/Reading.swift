import Host
import Protocol
package import Wire
package import WireFormat

/// What one look at the inbox gives.
package struct Inbox: Sendable {
  /// Unread lines of peers, each chain in its own order, chains interleaved by time.
  package var lines: [ShownLine] = []
  /// How many more are unread and were not given because of a limit.
  package var leftCount = 0
  /// Lines held back until the writer's key is verified.
  package var heldBack: [Handle: Int] = [:]
  /// Unread lines that the operator has revoked: passed over, and given once that is lifted.
  package var revoked: [Handle: Int] = [:]
}

extension Inbox {
  /// Counts what is not given of a chain.
  mutating func note(_ unread: Session.Sorted, of writer: Handle) {
    if !unread.revoked.isEmpty { revoked[writer] = unread.revoked.count }
    if unread.heldBackCount > 0 { heldBack[writer] = unread.heldBackCount }
  }
}

extension Session {
  /// Unread lines of one chain by what may be done with them.
  struct Sorted {
    var open: [ShownLine]
    var revoked: [ShownLine]
    var heldBackCount: Int
  }

  /// What was revoked is passed over; from the first line on that is not believed all waits.
  func sorted(_ unread: [ShownLine], of writer: Handle) -> Sorted {
    let rest = unread.filter { !isRevoked(writer, $0.pk, seq: $0.seq) }
    let open = rest.prefix { isTrusted(writer, $0.pk, seq: $0.seq) }
    let revoked =
      rest.count < unread.count ? unread.filter { isRevoked(writer, $0.pk, seq: $0.seq) } : []
    return Sorted(open: Array(open), revoked: revoked, heldBackCount: rest.count - open.count)
  }

  /// Of lines that may be given those with something to show.
  mutating func shown(_ lines: [ShownLine]) throws(KitError) -> [ShownLine] {
    guard !lines.isEmpty else { return [] }
    let now = try wireState()
    let history = now.history
    return lines.filter {
      $0.message != nil && now.canCount($0.handle, $0.seq, under: history)
    }
  }

  /// The lines of all chains that are wanted, in chain order, chains by handle.
  package mutating func lines(_ wanted: @escaping @Sendable (Envelope) -> Bool) throws(KitError)
    -> [ShownLine]
  {
    var found: [ShownLine] = []
    for handle in reader.store.records.keys.sorted() { found += try lines(of: handle, wanted) }
    return found
  }

  /// The same of one chain.
  mutating func lines(
    of writer: Handle, _ wanted: @escaping @Sendable (Envelope) -> Bool
  ) throws(KitError) -> [ShownLine] {
    guard let record = reader.store.records[writer] else { return [] }
    let lines = try KitError.lifting { () throws(HostError) in
      try ChainHistory.lines(of: writer, record, wire: genesis.id, shared, wanted: wanted)
    }
    return lines ?? noteChanged(record.log)
  }

  /// Everything unread of peers; unless peeking, what is given is marked as read.
  package mutating func inbox(
    session: String, limit: Int?, isPeek: Bool
  ) throws(KitError) -> Inbox {
    var cursors = try loadCursors(session)
    var inbox = Inbox()
    var looked = LookedChains()
    let merged = try unread(by: &cursors, &inbox, leavingOut: &looked)
    guard !merged.isEmpty else { return inbox }
    let now = try wireState()
    let history = now.history
    func isShown(_ line: ShownLine) -> Bool {
      line.message != nil && now.canCount(line.handle, line.seq, under: history)
    }
    var left = limit ?? .max
    // Lines with nothing to show are passed on the way and count for no limit.
    let given = merged.prefix { line in
      guard isShown(line) else { return true }
      left -= 1
      return left >= 0
    }
    inbox.leftCount = merged[given.endIndex...].count { isShown($0) }
    inbox.lines = given.filter { isShown($0) }
    if !isPeek {
      for line in Mutant.on(.skipUngiven) ? merged[...] : given {
        cursors.cursors[line.handle, default: Cursor()]
          .mark(
            line.seq, eventID: line.eventID, end: line.end,
            isHidden: line.message != nil && !isShown(line))
      }
      pending = (cursors, session)
    }
    return inbox
  }

  /// What the cursors have not passed and may be given, counting in the inbox what may not.
  private mutating func unread(
    by cursors: inout CursorSet, _ inbox: inout Inbox, leavingOut looked: inout LookedChains
  ) throws(KitError) -> [ShownLine] {
    if try reconsider(&cursors) { looked = LookedChains() }
    looked.follow(belief)
    var queues: [[ShownLine]] = []
    for (writer, record) in reader.store.records where writer != handle {
      let cursor = cursors.cursors[writer] ?? Cursor()
      guard record.verdict != .sound || cursor.contiguous < record.head.seq,
        looked.mayHaveMore(record, of: writer)
      else { continue }
      let unread = sorted(try unseen(by: cursor, of: writer, record), of: writer)
      // Of a log that changed meanwhile nothing was to be had: it is looked at again.
      if !changedLogs.contains(record.log) {
        looked.note(record, of: writer, isHeldBack: unread.heldBackCount > 0)
      }
      inbox.note(unread, of: writer)
      queues.append(unread.open)
    }
    return Self.merge(queues)
  }

  /// Goes back to lines that were passed because nothing of them counted, where that has changed: a
  /// decision that cut them off loses its proof with the chain of who acked it.
  ///
  /// Gives whether it has.
  private mutating func reconsider(_ cursors: inout CursorSet) throws(KitError) -> Bool {
    guard cursors.cursors.values.contains(where: { $0.hidden != nil }) else { return false }
    let now = try wireState()
    let history = now.history
    var hasChanged = false
    for (writer, cursor) in cursors.cursors {
      guard let seq = cursor.hidden, now.canCount(writer, seq, under: history) else { continue }
      cursors.cursors[writer]?.rewind(before: seq)
      hasChanged = true
    }
    return hasChanged
  }

  /// The lines of verified peers that the cursors have not passed, and whether there is a message
  /// to show in each.
  ///
  /// The caller marks them. Chains that were looked at before are left out.
  mutating func arrivals(
    after cursors: inout CursorSet, leavingOut looked: inout LookedChains
  ) throws(KitError) -> [(line: ShownLine, isShown: Bool)] {
    var inbox = Inbox()
    let unread = try unread(by: &cursors, &inbox, leavingOut: &looked)
    guard !unread.isEmpty else { return [] }
    let now = try wireState()
    let history = now.history
    return unread.map {
      ($0, $0.message != nil && now.canCount($0.handle, $0.seq, under: history))
    }
  }

  /// Moves the cursor past what the last look gave: called once it was put before the reader.
  package mutating func commitRead() throws(KitError) -> String? {
    guard pending != nil else { return nil }
    let untold = try moveCursor()
    // The receipt is a service to peers: that it could not be written takes nothing back.
    do {
      _ = try heartbeat(Heartbeat())
      return untold
    } catch {
      return "the peers were not told that this was read: \(error)"
    }
  }

  /// The same without telling the peers.
  mutating func moveCursor() throws(KitError) -> String? {
    guard let pending else { return nil }
    self.pending = nil
    let bad = try saveHeads()
    var cursors = pending.cursors
    let before = try loadCursors(pending.session)
    // A log that was replaced since then may hold less than was shown of the old one.
    for (writer, cursor) in cursors.cursors
    where cursor.contiguous > reader.store.records[writer]?.head.seq ?? 0 {
      cursors.cursors[writer] = before.cursors[writer]
    }
    try KitError.liftingWire { () throws(WireError) in
      try cursors.save(state, session: pending.session)
    }
    return bad.isEmpty ? nil : "\(bad.count) more lines at fault: deaddrop verify"
  }

  func loadCursors(_ session: String) throws(KitError) -> CursorSet {
    do {
      return try CursorSet.load(state, session: session, following: reader.store.records)
    } catch { throw .wire(error) }
  }

  /// Interleaves by time without ever changing the order within a chain.
  static func merge(_ queues: [[ShownLine]]) -> [ShownLine] {
    var rest = queues.map { $0[...] }.filter { !$0.isEmpty }
    var merged: [ShownLine] = []
    while let next = rest.indices.min(by: { time(rest[$0]) < time(rest[$1]) }) {
      if let line = rest[next].popFirst() { merged.append(line) }
      if rest[next].isEmpty { rest.remove(at: next) }
    }
    return merged
  }

  private static func time(_ queue: ArraySlice<ShownLine>) -> (Int64, String) {
    (queue.first?.message?.timestamp.microseconds ?? .min, queue.first?.handle.name ?? "")
  }
}

extension Session {
  /// What `log` looks for; nil means all.
  package struct Filter: Sendable {
    package var from: Handle?
    package var type: MessageType?
    package var since: Timestamp?
    /// Bytes to be found in the line.
    package var text: String?

    package init() {}
  }

  /// The lines past the cursors that this agent may see, oldest first, chains interleaved by time.
  package mutating func history(
    _ filter: Filter, after cursors: inout CursorSet
  ) throws(KitError) -> [ShownLine] {
    var queues: [[ShownLine]] = []
    for (writer, record) in reader.store.records.sorted(by: { $0.key < $1.key }) {
      if let from = filter.from, from != writer { continue }
      let cursor = cursors.cursors[writer] ?? Cursor()
      guard record.verdict != .sound || cursor.contiguous < record.head.seq else { continue }
      let lines = try unseen(by: cursor, of: writer, record)
      for line in lines where isVisible(line) {
        cursors.cursors[writer, default: cursor].mark(
          line.seq, eventID: line.eventID, end: line.end)
      }
      queues.append(lines.filter { matches($0, filter) })
    }
    let merged = Self.merge(queues)
    guard !merged.isEmpty else { return [] }
    let now = try wireState()
    let history = now.history
    return merged.filter { now.canCount($0.handle, $0.seq, under: history) }
  }

  /// The lines of one chain that a cursor has not passed.
  mutating func unseen(
    by cursor: Cursor, of writer: Handle, _ record: HeadRecord
  ) throws(KitError) -> [ShownLine] {
    let lines = try KitError.lifting { () throws(HostError) in
      try ChainHistory.lines(of: writer, record, wire: genesis.id, from: cursor, shared) {
        envelope in
        if case .chain(let seq, _) = envelope.place { !cursor.contains(seq) } else { false }
      }
    }
    return lines ?? noteChanged(record.log)
  }

  /// Remembers, for who shows lines, that those of one log are not to be had.
  mutating func noteChanged(_ log: String) -> [ShownLine] {
    if !changedLogs.contains(log) { changedLogs.append(log) }
    return []
  }

  func matches(_ line: ShownLine, _ filter: Filter) -> Bool {
    guard let message = line.message, isVisible(line) else { return false }
    if let from = filter.from, from != line.handle { return false }
    if let type = filter.type, message.type.known != type { return false }
    if let since = filter.since, message.timestamp < since { return false }
    if let text = filter.text {
      guard isTrusted(line) else { return false }
      let needle = Array(text.utf8)
      let value = opened(line).message?.body
      let body = value.map { CanonicalWriter.bytes(of: $0) } ?? []
      return message.subject.utf8.holds(needle) || body.holds(needle)
        || value?.text.map { $0.utf8.holds(needle) } ?? false
    }
    return true
  }
}
