package import Host
import Identity
package import Protocol
package import WireFormat

/// What a wire proves by itself to somebody who has no key and no history of it.
///
/// Source: PROTOCOL.md, "The two audits". Beats are not audited.
package struct Audit: Sendable {
  /// A line at fault; `file` is relative to the wire, `line` counts from 1.
  package struct BadLine: Hashable, Sendable {
    package let file: String
    package let line: Int
    package let reason: LineFault
  }

  package let reading: WireReading
  /// Logs in the order of the genesis, each with its archive first, then derived files; lines
  /// ascending.
  package let bad: [BadLine]
  /// What messages derive, whatever the file says, oldest first.
  package let decisions: [Bytes32]
  /// Derived, and not in `decisions.jsonl`: settling adds them.
  package let missingDecisions: [Bytes32]
  /// Incidents that `incident_log.jsonl` does not hold yet.
  package let missingIncidents: [Bytes32]
  package let lineCount: Int
  /// Lines older than the wire that the genesis covers, those in the logs counted.
  package let legacyLineCount: Int
  /// Stored signatures that were not looked at: later ones prove their lines.
  package let unseenSignatures: Int

  package init(
    _ shared: borrowing SharedDirectory, _ genesis: Genesis,
    _ options: WireReading.Options = .init()
  ) throws(HostError) {
    let reading = try WireReading(shared, genesis, options)
    let history = reading.state.history
    let lines = reading.state.decisionLines(under: history)
    let file = try DerivedFile.compare(
      shared, SharedDirectory.decisionsName, with: lines, genesis.legacy)
    var bad: [BadLine] = []
    for handle in reading.handles {
      bad += (reading.chains[handle]?.faults ?? []).map {
        let (file, line) = reading.locate($0.place.number, of: handle)
        return BadLine(file: file, line: line, reason: $0.fault)
      }
    }
    bad += file.foreign.map {
      BadLine(file: SharedDirectory.decisionsName, line: $0, reason: .notDerived)
    }
    let facts = reading.handles.flatMap { reading.chains[$0]?.facts ?? [] }
    let incidents = IncidentLog(facts, of: reading.state, under: history)
    let mirror = try DerivedFile.compare(
      shared, SharedDirectory.incidentLogName, with: incidents.lines, genesis.legacy,
      besides: incidents.idle)
    bad += mirror.foreign.map {
      BadLine(file: SharedDirectory.incidentLogName, line: $0, reason: .notDerived)
    }
    missingIncidents = mirror.missing
    let old = try LegacyHistory(shared, genesis)
    let logs = Set(reading.directory.entries.values.map(\.log))
    // Of a log the reading has told it already.
    bad += old.lost.filter { !logs.contains($0) }
      .map { BadLine(file: $0, line: 1, reason: .eventIDMismatch) }
    legacyLineCount = old.lineCount
    self.reading = reading
    self.bad = bad
    decisions = lines.map(\.id)
    missingDecisions = file.missing
    lineCount = reading.scans.values.reduce(0) { $0 + $1.end.lineCount }
    unseenSignatures = reading.scans.values.reduce(0) { $0 + $1.unseenSignatures }
  }
}

extension WireReading {
  /// The members in the order of the genesis, then those added since, by handle.
  package var handles: [Handle] {
    let first = genesis.members.map(\.handle)
    return first + directory.handles.filter { !first.contains($0) }
  }
}

/// A file that follows from messages: never read as truth, only compared.
package enum DerivedFile {
  package struct Comparison: Equatable, Sendable {
    /// Numbers of the lines that no message derives.
    package var foreign: [Int] = []
    /// Ids whose line is not there, in the order derived.
    package var missing: [Bytes32] = []
    /// Where the last whole line ends.
    package var end: Int64 = 0
  }

  /// `idle` lines are not at fault where they stand, and not missed where they do not.
  ///
  /// A foreign line is told when two readings agree on it: one alone can meet a writer that cuts an
  /// unfinished line and goes on.
  package static func compare(
    _ shared: borrowing SharedDirectory, _ name: String,
    with lines: [(id: Bytes32, line: [UInt8])], _ legacy: [String: Genesis.Legacy] = [:],
    besides idle: Set<[UInt8]> = []
  ) throws(HostError) -> Comparison {
    var found = try read(shared, name, with: lines, legacy, besides: idle)
    for _ in 0..<16 where !found.foreign.isEmpty {
      let again = try read(shared, name, with: lines, legacy, besides: idle)
      if again == found { break }
      found = again
    }
    return found
  }

  private static func read(
    _ shared: borrowing SharedDirectory, _ name: String,
    with lines: [(id: Bytes32, line: [UInt8])], _ legacy: [String: Genesis.Legacy],
    besides idle: Set<[UInt8]>
  ) throws(HostError) -> Comparison {
    var comparison = Comparison()
    let places = Dictionary(uniqueKeysWithValues: lines.indices.map { (lines[$0].line, $0) })
    var isThere = Array(repeating: false, count: lines.count)
    if try shared.isOdd(name) { comparison.foreign = [1] }
    if let file = try shared.openLog(name) {
      // What is older than the wire derives from nothing, and need not.
      let old = try legacy[name].map { (legacy) throws(HostError) in
        try LegacyPrefix.end(of: file, legacy)
      }
      let end = try LineStream.forEachLine(of: file, from: (old ?? nil) ?? .init()) {
        (place, line) throws(HostError) in
        guard let line else { return comparison.foreign.append(place.number) }
        let bytes = line.bytes(in: 0..<line.count)
        if let place = places[bytes] {
          isThere[place] = true
        } else if !idle.contains(bytes) {
          comparison.foreign.append(place.number)
        }
      }
      comparison.end = end.offset
    }
    comparison.missing = lines.indices.filter { !isThere[$0] }.map { lines[$0].id }
    return comparison
  }
}
