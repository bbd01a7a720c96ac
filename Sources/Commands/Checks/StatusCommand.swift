import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop status`: where everything stands.
enum StatusCommand: Command {
  static let name = "status"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show who is on the wire, what is unread, and who owes what",
      notes: ["A peer's last beat is shown by that peer's own clock."],
      examples: ["deaddrop status"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let name = try invocation.sessionName()
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let status = try session.status(sessionName: name)
        return Report(lines(status), json: json(status))
      }
    }
  }

  private static func lines(_ status: Status) -> [Line] {
    var lines: [Line] = ["\(status.handle, .strong) on wire \(status.wire.hex) in \(status.path)"]
    var table = Table()
    for member in status.members {
      let beat = member.beat.map {
        "beat \($0.n) at \(String($0.message.timestamp.string.prefix(19)))Z"
      }
      let unread = member.handle == status.handle ? "" : "\(member.unreadCount) unread"
      let verdict = member.verdict == .sound ? "" : member.verdict.rawValue
      table.add(
        "  \(member.handle)", Line(member.tier), "\(member.seq) lines", Line(unread),
        Line(beat ?? "no beat"), Line(verdict, .bad))
    }
    lines += table.lines
    for standing in status.open {
      let id = String(standing.proposal.eventID.hex.prefix(MessageView.shownDigits))
      lines.append(
        "\(id, .faint) proposal of \(standing.proposal.proposer): \(standing.proposal.subject)")
      lines.append(StandingView.line(standing))
    }
    lines.append("\(status.decisionCount) decisions")
    return lines
  }

  private static func json(_ status: Status) -> JSONObject {
    [
      "wire": .string(status.wire.hex), "path": .string(status.path),
      "handle": .string(status.handle.name),
      "members": .array(status.members.map { .object(json($0)) }),
      "proposals": .array(status.open.map { .object(json($0)) }),
      "decisions": .integer(status.decisionCount),
    ]
  }

  private static func json(_ member: Status.Member) -> JSONObject {
    [
      "handle": .string(member.handle.name), "tier": .string(member.tier),
      "lines": .integer(member.seq), "unread": .integer(member.unreadCount),
      "verdict": .string(member.verdict.rawValue),
      "last_beat": member.beat.map { .string($0.message.timestamp.string) },
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
