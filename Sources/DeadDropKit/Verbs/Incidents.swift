import Host
import Identity
package import Protocol
package import Wire
package import WireFormat

/// What stops a wire, and what lets it go on.
extension Session {
  /// What a person or a model says of something that went wrong.
  package struct Alarm: Sendable {
    package var subject: Text
    package var body: JSONValue
    /// Empty means every other member that has joined.
    package var to: [Handle] = []
    package var priority: Priority = .high
    package var ackRequired = true

    package init(subject: Text, body: JSONValue) { (self.subject, self.body) = (subject, body) }
  }

  /// Signs and stores an incident.
  ///
  /// Who must ack is named one by one: who joins later owes nothing for what was before. Where
  /// nobody is there to ack it, it asks for no ack.
  package mutating func raise(_ alarm: Alarm) throws(KitError) -> Receipt {
    let strangers = alarm.to.filter { log(of: $0) == nil }
    guard strangers.isEmpty else { throw .notRecipients(strangers) }
    var to = alarm.to
    if to.isEmpty, alarm.ackRequired {
      let now = try wireState()
      to = now.answerers(under: now.history).filter { $0 != handle && canAnswer($0) }
    }
    return try append(
      Draft(
        .incident, subject: alarm.subject, body: alarm.body, to: Recipients(to) ?? .everyone,
        priority: alarm.priority, ackRequired: alarm.ackRequired && !to.isEmpty))
  }

  /// Who has not joined knows of nothing, and nothing counts that a forked chain goes on with.
  func canAnswer(_ member: Handle) -> Bool {
    reader.store.records[member].map { $0.head.seq > 0 && $0.verdict != .fork } ?? false
  }

  /// All incidents that stand, those that wait for something first, then oldest first.
  package mutating func incidents() throws(KitError) -> [IncidentStanding] {
    let now = try wireState()
    let all = now.incidentStandings(under: now.history)
    return all.filter(\.isWaiting) + all.filter { !$0.isWaiting }
  }

  /// The incidents that wait for something, oldest first; looked for once for the same facts.
  mutating func waitingIncidents() throws(KitError) -> [IncidentStanding] {
    let now = try wireState()
    if let waiting, waiting.key == reader.store.key { return waiting.incidents }
    let incidents = now.incidentStandings(under: now.history).filter(\.isWaiting)
    waiting = (reader.store.key, incidents)
    return incidents
  }

  /// Whether the words of a line may be shown: its writer's key there is verified, or the own.
  package func isShown(_ incident: Incident) -> Bool {
    isTrusted(incident.writer, incident.pk, seq: incident.seq)
  }

  /// What keeps this agent from new work now, oldest first.
  package mutating func standstills() throws(KitError) -> [Standstill] {
    let now = try wireState()
    return now.standstills(of: handle, under: now.history)
  }

  /// Refuses new work where something stops it: the one check of every verb that begins any.
  package mutating func requireNormal() throws(KitError) {
    if let first = try standstills().first, !Mutant.on(.workOn) {
      throw .standstill(first, operatorKey: genesis.operatorKey)
    }
  }

  /// Asks agents to stop new work; any member can, and says that it is for the operator.
  package mutating func shutdown(
    to handles: [Handle], subject: Text, body: JSONValue, asOperator: Bool
  ) throws(KitError) -> Receipt {
    guard asOperator else { throw .operatorUnsaid }
    let strangers = handles.filter { log(of: $0) == nil }
    guard strangers.isEmpty else { throw .notRecipients(strangers) }
    return try append(
      Draft(
        .shutdown, subject: subject,
        body: .object(["by": .string("operator"), "text": body]),
        to: Recipients(handles) ?? .everyone, priority: .high))
  }

  /// Lifts an incident, a record of one or a pause, for good.
  ///
  /// `keyFile` is the operator's, where the genesis names one; else any member may, `asOperator`.
  package mutating func resume(
    _ prefix: String, text: Text, asOperator: Bool, keyFile: String?
  ) throws(KitError) -> Receipt {
    let now = try wireState()
    let cited = try liftable(prefix, now)
    var body: JSONObject = ["by": .string("operator"), "text": .string(text)]
    if let operatorKey = genesis.operatorKey {
      guard let keyFile else { throw .notTheOperator(operatorKey) }
      let key = try KeyStore.signingKey(at: keyFile)
      guard key.publicKey.bytes == operatorKey else { throw .notTheOperator(operatorKey) }
      body["operator"] = .object([
        "pk": .hex(operatorKey), "sig": .string(OperatorSignature.make(over: cited, with: key)),
      ])
    } else if keyFile != nil {
      throw .noOperatorKey
    } else if !asOperator {
      throw .operatorUnsaid
    }
    return try append(
      Draft(
        .wakeup, subject: "resume", body: .object(body), priority: .high, re: cited,
        correlationID: now.incidents.correlationID(of: cited)))
  }

  /// The line whose id begins so, if a wakeup that cites it would lift anything.
  ///
  /// Also one of somebody whose key is not verified: it stops this agent all the same.
  private func liftable(_ prefix: String, _ now: WireState) throws(KitError) -> Bytes32 {
    let table = now.incidents
    let ids = [Array(table.incidents.keys), Array(table.recorded.keys), Array(table.pauses.keys)]
      .joined().filter { $0.hex.hasPrefix(prefix) }
    guard let id = ids.first else {
      throw .nothingToLift("no incident and no pause has an id that begins with \(prefix)")
    }
    guard ids.count == 1 else { throw .severalMessages(prefix, count: ids.count) }
    let line = table.recorded[id] ?? id
    let history = now.history
    if let wakeup = now.lifted([line], under: history)[line] {
      throw .nothingToLift("\(line.hex.prefix(12)) was lifted by \(wakeup.writer) already")
    }
    let standing = now.incidentStandings(under: history).first { $0.incident.eventID == line }
    switch standing?.status {
    case .noted, .acked:
      throw .nothingToLift("incident \(line.hex.prefix(12)) stops nobody")
    default: return id
    }
  }
}

extension IncidentStanding {
  fileprivate var isWaiting: Bool { status == .open || status == .unacked }
}
