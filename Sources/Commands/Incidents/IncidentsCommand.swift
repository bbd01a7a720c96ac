import DeadDropKit
import Protocol
import WireFormat

/// `deaddrop incidents`: what went wrong, and who has not acked it.
enum IncidentsCommand: Command {
  static let name = "incidents"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show incidents, those that wait for somebody first",
      notes: ["Says as well whether the wire is in safe mode, or this agent paused, and by what."],
      examples: ["deaddrop incidents"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let standstills = try session.standstills()
        var lines = standstills.map { IncidentView.line($0) }
        var rows: [JSONValue] = []
        for standing in try session.incidents() {
          let isShown = session.isShown(standing.incident)
          lines += IncidentView.lines(standing, isShown: isShown)
          rows.append(.object(IncidentView.json(standing, isShown: isShown)))
        }
        if lines.isEmpty { lines = ["no incidents"] }
        return Report(
          lines,
          json: [
            "standstills": .array(standstills.map { .object(IncidentView.json($0)) }),
            "incidents": .array(rows),
          ])
      }
    }
  }
}

/// Incidents, and what stops an agent, as every verb shows them.
enum IncidentView {
  static func line(_ standstill: Standstill) -> Line {
    let id = String(standstill.cause.hex.prefix(MessageView.shownDigits))
    return switch standstill {
    case .safeMode(let incident, _):
      "\("safe mode", .bad): incident \(id, .faint) of \(incident.writer) was not acked in time"
    case .pause(let pause): "\("paused", .bad): \(pause.writer) asked to stop, by \(id, .faint)"
    }
  }

  static func json(_ standstill: Standstill) -> JSONObject {
    switch standstill {
    case .safeMode(let incident, let record):
      [
        "state": .string("safe_mode"), "event_id": .string(incident.eventID.hex),
        "from": .string(incident.writer.name), "record": .string(record.eventID.hex),
        "recorded_by": .string(record.writer.name),
      ]
    case .pause(let pause):
      [
        "state": .string("paused"), "event_id": .string(pause.eventID.hex),
        "from": .string(pause.writer.name),
      ]
    }
  }

  /// The incident's title, unless its writer's key is not verified, and how it stands.
  static func lines(_ standing: IncidentStanding, isShown: Bool) -> [Line] {
    let incident = standing.incident
    let id = String(incident.eventID.hex.prefix(MessageView.shownDigits))
    var head: Line = "\(id, .faint) incident of \(incident.writer, .strong)"
    if incident.priority == .high { head = head + Line(" high", .caution) }
    head = head + (isShown ? ": \(title: incident.subject)" : Line(" (held back)", .faint))
    let waiting = standing.missing.map(\.name).joined(separator: ", ")
    let state: Line =
      switch standing.status {
      case .noted: "  noted: nobody has to ack it"
      case .open: "  open, waiting for \(waiting)"
      case .acked: "  acked"
      case .unacked where waiting.isEmpty: "  acked too late: safe mode"
      case .unacked: "  not acked in time by \(waiting): safe mode"
      case .lifted: "  lifted\(standing.lifter.map { " by \($0)" } ?? "")"
      }
    return [head, state]
  }

  static func json(_ standing: IncidentStanding, isShown: Bool) -> JSONObject {
    let incident = standing.incident
    return [
      "event_id": .string(incident.eventID.hex), "from": .string(incident.writer.name),
      "timestamp": .string(incident.timestamp.string),
      "priority": .string(incident.priority.rawValue), "to": incident.to.value,
      "ack_required": .bool(incident.ackRequired), "status": .string(standing.status.rawValue),
      "waits_for": .strings(standing.missing.map(\.name)),
      "subject": isShown ? .string(incident.subject) : nil,
      "code": isShown ? incident.code.map { .string($0) } : nil,
      "re": incident.re.map { .string($0.hex) },
      "lifted_by": standing.lifter.map { .string($0.name) },
    ]
  }
}
