import DeadDropKit
import Protocol
import WireFormat

/// `deaddrop claims`: who holds what.
enum ClaimsCommand: Command {
  static let name = "claims"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show all open claims: who holds what, and for how long",
      notes: [
        "A claim stays open behind its time, as expired, until its holder releases it or another takes\n"
          + "it over. One that is lost overlaps another that came before it."
      ],
      examples: ["deaddrop claims"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let entries = try CommandFailure.lifting { () throws(KitError) in try session.openClaims() }
      let time = session.now()
      var report = Report()
      var table = Table()
      for entry in entries {
        let isShown = session.isShown(entry.claim)
        let reason = isShown ? entry.claim.reason : nil
        table.add(
          Line(String(entry.claim.eventID.hex.prefix(MessageView.shownDigits)), .faint),
          Line(entry.claim.holder.name, .strong),
          isShown ? Line(entry.claim.resource.words) : Line("(held back)", .faint),
          Line(words(entry, at: time) + (reason.map { "  " + $0.string } ?? "")))
      }
      for (entry, line) in zip(entries, table.lines) {
        report.answer(
          [line], json: json(entry, isShown: session.isShown(entry.claim), at: time))
      }
      if entries.isEmpty { report.answer(["nothing is claimed"], json: nil) }
      return report
    }
  }

  private static func words(_ entry: ClaimStandings.Entry, at time: Timestamp) -> String {
    let left = entry.term.secondsLeft(at: time)
    let span =
      left > 0 ? "expires in \(TimeSpan.words(left))" : "expired at \(entry.term.until.string)"
    return switch entry.status {
    case .holds: span
    case .lost(let winner): "lost to \(winner.hex.prefix(MessageView.shownDigits)), \(span)"
    case .pending: "pending: it cites a claim that is not here yet"
    }
  }

  static func json(
    _ entry: ClaimStandings.Entry, isShown: Bool, at time: Timestamp
  ) -> JSONObject {
    let status: String
    var winner: Bytes32?
    switch entry.status {
    case .holds: status = entry.term.until <= time ? "expired" : "held"
    case .lost(let other): (status, winner) = ("lost", other)
    case .pending: status = "pending"
    }
    return [
      "event_id": .string(entry.claim.eventID.hex), "holder": .string(entry.claim.holder.name),
      "resource": isShown ? entry.claim.resource.value : nil, "status": .string(status),
      "until": .string(entry.term.until.string),
      "seconds_left": .integer(entry.term.secondsLeft(at: time)),
      "lost_to": winner.map { .string($0.hex) },
    ]
  }
}
