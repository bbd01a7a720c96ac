package import WireFormat

/// What keeps new work from starting until an operator lifts it.
package enum Standstill: Equatable, Sendable {
  /// An incident that was not acked in time, by the first of those records that stand.
  case safeMode(Incident, UnackedRecord)
  /// An operator asked for it.
  case pause(Pause)

  /// The line that a wakeup cites to lift it.
  package var cause: Bytes32 {
    switch self {
    case .safeMode(let incident, _): incident.eventID
    case .pause(let pause): pause.eventID
    }
  }

  package var writer: Handle {
    switch self {
    case .safeMode(let incident, _): incident.writer
    case .pause(let pause): pause.writer
    }
  }

  fileprivate var place: (Timestamp, Bytes32) {
    switch self {
    case .safeMode(let incident, _): (incident.timestamp, incident.eventID)
    case .pause(let pause): (pause.timestamp, pause.eventID)
    }
  }
}

/// What became of an incident.
package enum IncidentStatus: String, Sendable {
  /// Nobody has to ack it.
  case noted
  /// Somebody has not acked it yet.
  case open
  case acked
  /// It was not acked in time: the wire is in safe mode.
  case unacked
  /// A wakeup has lifted it, for good.
  case lifted
}

extension WireState {
  /// What stops this agent, oldest first by the writers' clocks; nothing stops it where empty.
  package func standstills(of handle: Handle, under history: EffectHistory) -> [Standstill] {
    var found = unackedIncidents(under: history).map { Standstill.safeMode($0, $1) }
    found += incidents.pauses.values
      .filter { $0.to.include(handle) && history.stands($0.writer, $0.seq) }
      .map { .pause($0) }
    let lifted = lifted(Set(found.map(\.cause)), under: history)
    return found.filter { lifted[$0.cause] == nil }.sorted { $0.place < $1.place }
  }

  /// Whether an incident that was not acked in time keeps the whole wire from new work.
  package func isSafeMode(under history: EffectHistory) -> Bool {
    let found = unackedIncidents(under: history)
    let lifted = lifted(Set(found.map(\.incident.eventID)), under: history)
    return found.contains { lifted[$0.incident.eventID] == nil }
  }

  /// Incidents that wanted an ack and of which a record stands, lifted or not.
  private func unackedIncidents(
    under history: EffectHistory
  ) -> [(incident: Incident, record: UnackedRecord)] {
    incidents.records.compactMap { id, byWriter in
      guard !Mutant.on(.recordsIgnored), let incident = incidents.incidents[id],
        incident.ackRequired,
        history.stands(incident.writer, incident.seq),
        let record = byWriter.values.filter({ history.stands($0.writer, $0.seq) })
          .min(by: { $0.eventID < $1.eventID })
      else { return nil }
      return (incident, record)
    }
  }

  /// Of these lines those that a valid wakeup cites, or a record of them, with the wakeup.
  package func lifted(
    _ lines: Set<Bytes32>, under history: EffectHistory
  ) -> [Bytes32: Wakeup] {
    incidents.wakeups(of: lines).compactMapValues { wakeups in
      wakeups.sorted { $0.wakeup.eventID < $1.wakeup.eventID }
        .first {
          history.stands($0.wakeup.writer, $0.wakeup.seq)
            && incidents.isValid($0.wakeup, citing: $0.cited)
        }?.wakeup
    }
  }

  /// Whether a member has acked a message, whatever it answered besides.
  package func hasAcked(_ id: Bytes32, _ handle: Handle, under history: EffectHistory) -> Bool {
    if let answer = answers[id]?[handle], answer.verdict == .ack {
      return history.stands(handle, answer.seq)
    }
    return incidents.laterAcks[id]?[handle].map { history.stands(handle, $0) } ?? false
  }

  /// Whom an incident asks for an ack: members who can still give one, never its writer.
  package func addressees(of incident: Incident, members: Set<Handle>) -> [Handle] {
    guard incident.ackRequired else { return [] }
    return members.filter { $0 != incident.writer && incident.to.include($0) }.sorted()
  }

  /// Every incident whose line stands, with where it is and who has not acked, oldest first.
  package func incidentStandings(under history: EffectHistory) -> [IncidentStanding] {
    let members = answerers(under: history)
    let all = incidents.incidents.values.filter { history.stands($0.writer, $0.seq) }
    let stopping = Set(unackedIncidents(under: history).map(\.incident.eventID))
    let lifted = lifted(Set(all.filter(\.ackRequired).map(\.eventID)), under: history)
    return all.map { incident in
      let missing = addressees(of: incident, members: members)
        .filter { !hasAcked(incident.eventID, $0, under: history) }
      let status = status(
        of: incident, isLifted: lifted[incident.eventID] != nil,
        isRecorded: stopping.contains(incident.eventID), isMissed: !missing.isEmpty)
      return IncidentStanding(
        incident: incident, status: status, missing: status == .lifted ? [] : missing,
        lifter: lifted[incident.eventID]?.writer)
    }.sorted {
      ($0.incident.timestamp, $0.incident.eventID) < ($1.incident.timestamp, $1.incident.eventID)
    }
  }

  private func status(
    of incident: Incident, isLifted: Bool, isRecorded: Bool, isMissed: Bool
  ) -> IncidentStatus {
    if !incident.ackRequired { return .noted }
    if isLifted { return .lifted }
    if isRecorded { return .unacked }
    return isMissed ? .open : .acked
  }
}

/// An incident and where it stands.
package struct IncidentStanding: Equatable, Sendable {
  package let incident: Incident
  package let status: IncidentStatus
  /// Who has not acked it; nobody once it is lifted.
  package let missing: [Handle]
  /// Who wrote the wakeup.
  package let lifter: Handle?
}
