import Host
import Identity
package import Protocol
package import Wire
package import WireFormat

/// What an agent says of itself in a beat.
package struct Heartbeat: Sendable {
  package enum Activity: String, Sendable, CaseIterable {
    case idle
    case busy
    case blocked
    case paused
  }

  /// Nil, as each of these: what was said last is said again.
  package var activity: Activity?
  package var lastAction: String?
  package var nextETA: String?
  /// Declares a multi-edit cycle, or its end; nil leaves that as it is.
  package var headsDown: Bool?

  package init() {}
}

extension Session {
  /// Ids in `owes` beyond this are only counted.
  private static let owedLimit = 8

  /// What a beat was written as.
  package struct BeatReceipt: Equatable, Sendable {
    /// Its counter.
    package let n: Int
    /// Whose cadence it announces.
    package let tier: TierName
  }

  /// Writes one beat; gives its counter.
  package mutating func heartbeat(_ beat: Heartbeat) throws(KitError) -> Int {
    try announce(beat).n
  }

  /// Writes one beat, in the tier that what happened since the last one leads to.
  package mutating func announce(_ beat: Heartbeat) throws(KitError) -> BeatReceipt {
    try saveHeads()
    let key = try signingKey()
    let cursors = try KitError.liftingWire { () throws(WireError) in
      try CursorSet.furthest(state, following: reader.store.records)
    }
    var seen = JSONObject()
    var read = JSONObject()
    var unread = 0
    for (writer, record) in reader.store.records where writer != handle {
      guard record.head.seq > 0 else { continue }
      let shown = cursors[writer] ?? 0
      seen[Text(writer.name)] = .array([
        .integer(record.head.seq), .string(record.head.eventID.hex),
      ])
      read[Text(writer.name)] = .integer(shown)
      unread += record.head.seq - shown
    }
    let own = reader.store.records[handle]?.head ?? .none
    let proposals = try proposals()
    let owed = try debts(among: proposals).filter { $0.debtor == handle }.map(\.eventID.hex)
    // Beats of two processes at once would each count the cycle that the other has counted.
    let lock = try KitError.liftingWire { () throws(WireError) in try state.lock("tier.lock") }
    defer { try? lock.unlock() }
    var memory = try TierMemory.load(state)
    let tierBefore = memory.tier
    memory.activity = beat.activity ?? memory.activity
    memory.lastAction = beat.lastAction ?? memory.lastAction
    memory.nextETA = beat.nextETA ?? memory.nextETA
    try advanceTier(&memory, proposals, isInboxEmpty: unread == 0, headsDown: beat.headsDown)
    var body: JSONObject = [
      "wakeup_count": .integer(memory.wakeupCount), "state": .string(memory.activity.rawValue),
      "last_action": .string(memory.lastAction), "next_eta": .string(memory.nextETA),
      "inbox_unread_count": .integer(unread),
      "tier": .string(memory.tier.rawValue),
      "head": .array([.integer(own.seq), .string(own.eventID.hex)]), "seen": .object(seen),
      "read": .object(read), "owes": .strings(Array(owed.prefix(Self.owedLimit))),
    ]
    if owed.count > Self.owedLimit {
      body["owes_more"] = .integer(owed.count - Self.owedLimit)
    }
    let n = try KitError.liftingWire { () throws(WireError) in
      try Beats.append(
        .object(body), wire: genesis.id, handle: handle, with: key,
        earlier: reader.store.records[handle]?.spans.map(\.pk) ?? [], shared, state,
        clock: wallClock())
    }
    // Not before: one that could not be written is still due, and what it counts not yet counted.
    try memory.save(state)
    if memory.tier != tierBefore { DaemonCall.make(state) }
    return BeatReceipt(n: n, tier: memory.tier)
  }

  /// The newest beats of all members.
  ///
  /// A beat whose counter is below one that was seen before is a replay, and counts for nothing.
  package func beats() throws(KitError) -> [Handle: Beat] {
    var newest: [Beat] = []
    for (member, record) in reader.store.records {
      let beat = try KitError.lifting { () throws(HostError) in
        try Beats.newest(
          of: member, keys: record.spans.suffix(1).map(\.pk), wire: genesis.id, shared)
      }
      if let beat { newest.append(beat) }
    }
    return try KitError.liftingWire { () throws(WireError) in
      try BeatCounters.change(state) { (counters) throws(WireError) in
        var beats: [Handle: Beat] = [:]
        for beat in newest where counters.raise(beat.handle, to: beat.n) {
          beats[beat.handle] = beat
        }
        return beats
      }
    }
  }
}
