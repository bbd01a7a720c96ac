import Host
import Protocol
import Wire
import WireFormat

/// What is recorded of those who do not ack an incident in time.
extension Session {
  /// So many records one settling writes: the next goes on, and one is enough to stop the wire.
  private static var recordLimit: Int { 16 }

  /// Whether somebody's time to ack has run out, or does not run yet.
  func isMissDue() throws(KitError) -> Bool {
    guard reader.store.isWatching else { return false }
    return try IncidentMemory.load(state).isDue(at: awakeClock())
  }

  /// Records the incidents that were not acked within a heartbeat; whether a line was written.
  ///
  /// The time runs from the debtor's first beat that shows that it knows the incident, or from when
  /// it is gone, by a clock that stands while the machine sleeps: agents of one machine sleep
  /// together. `moment` is before the last read of the wire began. Nobody records its own miss: the
  /// command that brings the ack would else convict itself.
  mutating func recordMisses(
    _ report: inout CatchUp, at moment: BootMoment
  ) throws(KitError) -> Bool {
    let tables = try wireState().history.current
    let open = try waitingIncidents().filter {
      $0.status == .open && isShown($0.incident) && !Mutant.on(.missesUnrecorded)
    }
    let before = try IncidentMemory.load(state)
    guard !open.isEmpty || before.isWatching else { return false }
    let patience = 1_000 * tables.heartbeatSeconds
    let peers = open.isEmpty ? [:] : try peerLiveness(try beats(), tables)
    let noted = awakeClock()
    var debts: [IncidentMemory.Debt: IncidentMemory.Start?] = [:]
    for standing in open {
      for debtor in standing.missing where debtor != handle {
        guard canAnswer(debtor) else { continue }
        let debt = IncidentMemory.Debt(incident: standing.incident.eventID, debtor: debtor)
        let start = start(
          of: debt, standing.incident, held: before.start(of: debt, at: moment), peers[debtor],
          at: noted)
        debts.updateValue(start, forKey: debt)
      }
    }
    let missed = Set(
      debts.filter { $0.value.map { moment.milliseconds - $0.milliseconds >= patience } ?? false }
        .keys)
    var memory = before
    memory.follow(debts, patience: patience, at: moment)
    // Before anything is written: a failure of that does not start the time of others anew.
    if memory != before { try memory.save(state) }
    var recorded: Set<Bytes32> = []
    for standing in open {
      let silent = standing.missing.filter {
        missed.contains(.init(incident: standing.incident.eventID, debtor: $0))
      }
      guard !silent.isEmpty, recorded.count < Self.recordLimit,
        try record(standing.incident, silent, tables.heartbeatSeconds, &report)
      else { continue }
      recorded.insert(standing.incident.eventID)
    }
    guard !recorded.isEmpty else { return false }
    memory.follow(
      debts.filter { !recorded.contains($0.key.incident) }, patience: patience, at: moment)
    try memory.save(state)
    return true
  }

  /// From when the time of a debtor runs; nil where it does not yet.
  private func start(
    of debt: IncidentMemory.Debt, _ incident: Incident, held: IncidentMemory.Start?,
    _ peer: PeerLiveness?, at moment: BootMoment
  ) -> IncidentMemory.Start? {
    if let held, held.hasSeen { return held }
    if peer?.beat?.seen[incident.writer] ?? 0 >= incident.seq {
      return IncidentMemory.Start(milliseconds: moment.milliseconds, hasSeen: true)
    }
    // Back, and without the incident: its time begins when it shows that it knows of it.
    guard peer?.isGone ?? false else { return nil }
    return held ?? IncidentMemory.Start(milliseconds: moment.milliseconds, hasSeen: false)
  }

  /// Writes the record of those of whom no lines are missing here: an ack may be among them.
  private func record(
    _ incident: Incident, _ silent: [Handle], _ seconds: Int, _ report: inout CatchUp
  ) throws(KitError) -> Bool {
    let id = incident.eventID.hex.prefix(12)
    var whole: [Handle] = []
    for debtor in silent {
      let verdict = reader.store.records[debtor]?.verdict
      if verdict == .gap || verdict == .rollback {
        report.notes.append("\(id) is not recorded as unacked: lines of \(debtor) are missing")
      } else {
        whole.append(debtor)
      }
    }
    guard !whole.isEmpty else { return false }
    let words = "no ack of \(whole.map(\.name).joined(separator: ", ")) within \(seconds) s"
    _ = try append(
      Draft(
        .incident, subject: "not acked in time",
        body: .object([
          "code": .string(Incident.Code.unacked), "missing": .strings(whole.map(\.name)),
          "text": .string(words),
        ]), priority: .high, re: incident.eventID, correlationID: incident.correlationID))
    report.notes.append("safe mode: incident \(id) of \(incident.writer): \(words)")
    return true
  }

  /// Others whose logs show lines of a higher version, until that is settled.
  var drifts: [Handle: Int] { reader.store.drifts.filter { $0.key != handle } }

  /// Writes once for each writer whose log shows a line of a higher version that it is not obeyed.
  mutating func tellDrift(_ report: inout CatchUp) throws(KitError) -> Bool {
    let drifts = drifts
    guard !drifts.isEmpty else { return false }
    let now = try wireState()
    let history = now.history
    var hasWritten = false
    for (writer, version) in drifts.sorted(by: { $0.key < $1.key }) {
      let isTold = now.incidents.incidents.values.contains {
        $0.code == Incident.Code.schemaDrift && $0.about == writer
          && history.stands($0.writer, $0.seq)
      }
      guard !isTold else { continue }
      let words = "a line of \(writer) needs version \(version) of the protocol, and is not obeyed"
      _ = try append(
        Draft(
          .incident, subject: "schema drift",
          body: .object([
            "code": .string(Incident.Code.schemaDrift), "handle": .string(writer.name),
            "text": .string(words), "v": .integer(version),
          ]), priority: .high))
      report.notes.append(words)
      hasWritten = true
    }
    return hasWritten
  }
}
