import Host
import Protocol
import Wire
import WireFormat

/// When an agent's next beat is due, and whatever else time alone makes due.
extension Session {
  /// Milliseconds until the next beat; 0 where it is due.
  ///
  /// A cadence of the tier after the last one, whichever process wrote that; sooner where lines were
  /// written or read since: those are to be told at once. Where no beat of this start of the machine
  /// is remembered, it is due.
  mutating func millisecondsToBeat() throws(KitError) -> Int {
    let memory = try TierMemory.load(state)
    guard let age = memory.sinceBeat(at: bootClock()) else { return 0 }
    let heads = reader.store.records.mapValues(\.head.seq)
    let hasNews = heads.contains { $1 > memory.heads[$0] ?? 0 }
    let tables = try wireState().history.current
    let cadence = 1_000 * tables.cadenceSeconds(of: memory.tier.text)
    return max(0, (hasNews ? min(cadence, Daemon.shortestPause) : cadence) - age)
  }

  /// Milliseconds until a beat or a deadline is due.
  ///
  /// A deadline that is not known yet, or that passed and could not be settled, is looked at again
  /// after `pause`.
  mutating func millisecondsToNext(lookingAgainAfter pause: Int) throws(KitError) -> Int {
    var next = try millisecondsToBeat()
    func look(after left: Int?) { next = min(next, left.map { $0 > 0 ? $0 : pause } ?? pause) }
    if reader.store.isWaiting {
      look(after: try SettlingMemory.load(state).millisecondsLeft(at: bootClock()))
    }
    if reader.store.isWatching {
      look(after: try IncidentMemory.load(state).millisecondsLeft(at: awakeClock()))
    }
    return next
  }
}
