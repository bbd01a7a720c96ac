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
          + "cadence of the tier that it announced. The time of its last beat is by that peer's own clock.",
        "On a terminal a line that is too long is cut; elsewhere none is. `top` shows the same, live.",
      ],
      examples: ["deaddrop status"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let name = try invocation.sessionName()
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let status = try session.status(sessionName: name)
        var lines = lines(status)
        if let width = invocation.width { lines = lines.map { $0.clipped(to: width) } }
        var report = Report(lines, json: StatusView.json(status, at: session.now()))
        report.items += status.again.items
        for testimony in status.testimonies { report.warn(StatusView.words(testimony)) }
        return report
      }
    }
  }

  private static func lines(_ status: Status) -> [Line] {
    var lines: [Line] = ["\(status.handle, .strong) on wire \(status.wire.hex) in \(status.path)"]
    lines += first(status.standstills, "of what stops you: deaddrop incidents") {
      [IncidentView.line($0)]
    }
    lines += first(members(status), "members: deaddrop members") { [$0] }
    lines += first(status.heldBack, "held back: deaddrop trust list") { [StatusView.heldBack($0)] }
    lines += first(status.comparisons, "comparisons: deaddrop status --json") {
      [StatusView.comparison($0)]
    }
    lines += first(status.open, "proposals: deaddrop status --json") { proposal in
      let standing = proposal.fact
      let id = StatusView.id(standing.proposal.eventID)
      return [
        "\(id, .faint) proposal of \(standing.proposal.proposer): \(title: standing.proposal.subject)",
        StandingView.line(standing),
      ]
    }
    lines += first(status.incidents, "incidents: deaddrop incidents") { incident in
      var lines = IncidentView.lines(incident.fact, isShown: incident.isShown)
      if let left = incident.secondsLeft, let state = lines.popLast() {
        lines.append(state + Line("; safe mode in \(TimeSpan.words(left))"))
      }
      return lines
    }
    lines += first(StatusView.requests(status.debts), "requests: deaddrop status --json") {
      let (debt, missing) = $0
      return [
        "\(StatusView.id(debt.eventID), .faint) request of \(debt.creditor): \(title: debt.subject)",
        "  waiting for \(missing.map(\.name).joined(separator: ", "))",
      ]
    }
    lines += first(status.claims, "claims: deaddrop claims") { [StatusView.claim($0)] }
    lines.append(Line(counted(status.decisionCount, "decision")))
    return lines
  }

  private static func members(_ status: Status) -> [Line] {
    var table = Table()
    for member in status.members {
      table.add(
        "  \(member.handle)", Line(member.trustTier), Line(counted(member.seq, "line")),
        StatusView.unread(member, own: status.handle), StatusView.life(member),
        StatusView.beat(member) + StatusView.verdict(member))
    }
    return table.lines
  }

  /// The first few, and how many there are besides: no peer can fill what an agent has to read.
  private static func first<Part>(
    _ parts: [Part], _ rest: String, _ words: (Part) -> [Line]
  ) -> [Line] {
    let lines = parts.prefix(shownLimit).flatMap(words)
    let leftCount = parts.count - shownLimit
    return leftCount > 0 ? lines + ["\(leftCount) more \(rest)"] : lines
  }
}
