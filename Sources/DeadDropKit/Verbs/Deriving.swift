import Host
import Protocol
import Wire
import WireFormat

/// That a derived file held all that follows from a source, and how it stood then.
///
/// For a session that stays: without it each settling would derive all lines again and compare them
/// with the whole file.
struct DerivedLook<Source: Equatable & Sendable>: Sendable {
  private var seen: (source: Source, file: FileStatus, wasOld: Bool)?

  init() {}

  /// Whether nothing can be missing: neither the source nor the file is another one.
  ///
  /// What was seen of a file that had only just changed is seen once more when that is over.
  func isComplete(
    _ source: Source, _ shared: borrowing SharedDirectory, _ name: String, at moment: Int64
  ) -> Bool {
    guard let seen, seen.source == source, (try? shared.directory.status(of: name)) == seen.file
    else { return false }
    return seen.wasOld || !seen.file.isOld(at: moment)
  }

  /// Remembers what a settling found that began at a moment; gives why it was not possible.
  mutating func note(
    _ source: Source, at moment: Int64, _ settling: DerivedFile.Settling
  ) -> String? {
    seen = nil
    switch settling {
    case .complete(let file):
      if let file { seen = (source, file, file.isOld(at: moment)) }
      return nil
    case .skipped(let why): return why
    }
  }
}

extension FileStatus {
  /// Whether a change from this moment on would show in its time, which goes on in steps: of 10 ms
  /// mostly, of a second or two on some file systems.
  fileprivate func isOld(at microseconds: Int64) -> Bool {
    changedSeconds < microseconds / 1_000_000 - 3
  }
}

/// What decides which lines `incident_log.jsonl` must hold.
struct MirrorSource: Equatable {
  /// Of the facts, which only grow within one: so many incidents are the same ones.
  let generation: Int
  let incidentCount: Int
  let cuts: [Handle: Effects.Cut]
  let departures: [Handle: Departure]
}

extension Session {
  /// Writes what is agreed to `decisions.jsonl`; gives why that was not possible.
  mutating func writeDecisions(_ now: WireState) -> String? {
    let (history, name) = (now.history, SharedDirectory.decisionsName)
    // The acks that a decision cites say by whom it is acked: a line follows from its id.
    let source = now.ratified(under: history).map(\.decision.eventID)
    let moment = wallClock()
    if decisionsLook.isComplete(source, shared, name, at: moment) { return nil }
    return decisionsLook.note(
      source, at: moment,
      DerivedFile.settle(
        shared, name, with: now.decisionLines(under: history), genesis.legacy))
  }

  /// Copies the incidents that stand to `incident_log.jsonl`; gives why that was not possible.
  mutating func mirrorIncidents(_ now: WireState) throws(KitError) -> String? {
    let count = now.incidents.incidents.count + now.incidents.recorded.count
    guard count > 0 else { return nil }
    let (history, name) = (now.history, SharedDirectory.incidentLogName)
    let source = MirrorSource(
      generation: reader.store.key.generation, incidentCount: count, cuts: history.cuts,
      departures: now.departures)
    let moment = wallClock()
    if mirrorLook.isComplete(source, shared, name, at: moment) { return nil }
    let facts = try KitError.liftingWire { () throws(WireError) in try reader.facts(state) }
    return mirrorLook.note(
      source, at: moment,
      DerivedFile.settle(
        shared, name, with: IncidentLog(facts, of: now, under: history).lines, genesis.legacy))
  }
}
