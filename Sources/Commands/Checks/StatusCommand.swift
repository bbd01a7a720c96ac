import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop status`: where everything stands.
enum StatusCommand: Command {
  static let name = "status"
  private static let shownLimit = 20

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show who is on the wire, what is unread, and who owes what",
      notes: [
        "A peer is alive, late or gone by how long this agent has seen no new beat of it, against the\n"
          + "cadence of the tier that it announced. The time of its last beat is by that peer's own clock."
      ],
      examples: ["deaddrop status"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let name = try invocation.sessionName()
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let status = try session.status(sessionName: name)
        var report = Report(lines(status), json: json(status))
        report.items += status.again.items
        for testimony in status.testimonies { report.warn(words(testimony)) }
        return report
      }
    }
  }

  private static func words(_ testimony: Status.Testimony) -> String {
    let (witness, writer, seen) = (testimony.witness, testimony.writer, testimony.seen)
    let place =
      seen.seq > testimony.shownSeq
      ? "here it ends with \(testimony.shownSeq)" : "here that is another one"
    return "a beat of \(witness) names line \(seen.seq) of \(writer), and \(place): deaddrop doctor"
  }

  private static func lines(_ status: Status) -> [Line] {
    var lines: [Line] = ["\(status.handle, .strong) on wire \(status.wire.hex) in \(status.path)"]
    lines += first(status.standstills, "of what stops you: deaddrop incidents") {
      [IncidentView.line($0)]
    }
    var table = Table()
    for member in status.members {
      let unread = member.handle == status.handle ? "" : "\(member.unreadCount) unread"
      let verdict = member.verdict == .sound ? "" : " " + member.verdict.rawValue
      table.add(
        "  \(member.handle)", Line(member.trustTier), Line(counted(member.seq, "line")),
        Line(unread),
        life(member), beat(member) + Line(verdict, .bad))
    }
    lines += table.lines
    for standing in status.open {
      let id = String(standing.proposal.eventID.hex.prefix(MessageView.shownDigits))
      lines.append(
        "\(id, .faint) proposal of \(standing.proposal.proposer): \(title: standing.proposal.subject)"
      )
      lines.append(StandingView.line(standing))
    }
    lines += first(status.incidents, "incidents: deaddrop incidents") {
      IncidentView.lines($0.standing, isShown: $0.isShown)
    }
    lines += requests(status.debts)
    lines.append(Line(counted(status.decisionCount, "decision")))
    return lines
  }

  /// The first few, and how many there are besides: no peer can fill what an agent has to read.
  private static func first<Part>(
    _ parts: [Part], _ rest: String, _ words: (Part) -> [Line]
  ) -> [Line] {
    let lines = parts.prefix(shownLimit).flatMap(words)
    let leftCount = parts.count - shownLimit
    return leftCount > 0 ? lines + ["\(leftCount) more \(rest)"] : lines
  }

  private static func life(_ member: Status.Member) -> Line {
    switch member.liveness {
    case .alive: Line("alive", .good)
    case .late: Line("late", .caution)
    case .gone: Line("gone", .bad)
    case .unknown, nil: ""
    }
  }

  /// The tier and the minute of the last beat.
  private static func beat(_ member: Status.Member) -> Line {
    guard let beat = member.beat else { return "no beat" }
    let tier = member.tier?.string ?? TierName.active.rawValue
    return "\(tier) \(String(beat.message.timestamp.string.prefix(16)) + "Z", .faint)"
  }

  /// Requests that nobody, or not everybody asked, has answered; the rest of the debts stands with
  /// its proposal or incident.
  private static func requests(_ debts: [Debt]) -> [Line] {
    var debtors: [Bytes32: [String]] = [:]
    var requests: [Debt] = []
    for debt in debts where debt.kind == .request {
      if debtors[debt.eventID] == nil { requests.append(debt) }
      debtors[debt.eventID, default: []].append(debt.debtor.name)
    }
    return first(requests, "requests: deaddrop status --json") { debt in
      let id = String(debt.eventID.hex.prefix(MessageView.shownDigits))
      let names = debtors[debt.eventID] ?? []
      return [
        "\(id, .faint) request of \(debt.creditor): \(title: debt.subject)",
        "  waiting for \(names.joined(separator: ", "))",
      ]
    }
  }

  private static func json(_ status: Status) -> JSONObject {
    [
      "wire": .string(status.wire.hex), "path": .string(status.path),
      "handle": .string(status.handle.name),
      "members": .array(status.members.map { .object(json($0)) }),
      "safe_mode": .bool(status.isSafeMode),
      "standstills": .array(status.standstills.map { .object(IncidentView.json($0)) }),
      "proposals": .array(status.open.map { .object(json($0)) }),
      "incidents": .array(
        status.incidents.map { .object(IncidentView.json($0.standing, isShown: $0.isShown)) }),
      "owes": .array(status.debts.map { .object(json($0)) }),
      "testimonies": .array(status.testimonies.map { .object(json($0)) }),
      "decisions": .integer(status.decisionCount),
    ]
  }

  private static func json(_ member: Status.Member) -> JSONObject {
    [
      "handle": .string(member.handle.name), "tier": .string(member.trustTier),
      "lines": .integer(member.seq), "unread": .integer(member.unreadCount),
      "verdict": .string(member.verdict.rawValue),
      "last_beat": member.beat.map { .string($0.message.timestamp.string) },
      "beat": member.beat.map { .integer($0.n) },
      "heartbeat_tier": member.tier.map { .string($0) },
      "liveness": member.liveness.map { .string($0.rawValue) },
      "silent_seconds": member.silentSeconds.map { .integer($0) },
    ]
  }

  private static func json(_ debt: Debt) -> JSONObject {
    [
      "debtor": .string(debt.debtor.name), "creditor": .string(debt.creditor.name),
      "kind": .string(debt.kind.rawValue), "event_id": .string(debt.eventID.hex),
      "subject": .string(debt.subject), "timestamp": .string(debt.timestamp.string),
    ]
  }

  private static func json(_ testimony: Status.Testimony) -> JSONObject {
    [
      "witness": .string(testimony.witness.name), "writer": .string(testimony.writer.name),
      "seq": .integer(testimony.seen.seq), "event_id": .string(testimony.seen.eventID.hex),
      "shown_seq": .integer(testimony.shownSeq),
    ]
  }

  private static func json(_ standing: ProposalStanding) -> JSONObject {
    [
      "event_id": .string(standing.proposal.eventID.hex),
      "proposer": .string(standing.proposal.proposer.name),
      "subject": .string(standing.proposal.subject), "status": .string(standing.status.rawValue),
      "owners": .strings(standing.owners.map(\.name)),
      "waits_for": .strings(standing.missing.map(\.name)),
      "seconds_left": standing.secondsLeft.map { .integer($0) },
    ]
  }
}
