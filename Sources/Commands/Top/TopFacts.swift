package import DeadDropKit
import Protocol
import Wire
import WireFormat

/// What `top` shows at one moment, as lines of any length.
package struct TopFacts: Sendable {
  /// Lines under one title; where they do not all fit, `isTail` keeps the last ones.
  package struct Section: Equatable, Sendable {
    package let title: String
    package let rows: [Line]
    package let isTail: Bool

    package init(_ title: String, _ rows: [Line], isTail: Bool = false) {
      (self.title, self.rows, self.isTail) = (title, rows, isTail)
    }
  }

  package let head: Line
  /// What stops this agent.
  package let banners: [Line]
  package let sections: [Section]

  package init(head: Line, banners: [Line], sections: [Section]) {
    (self.head, self.banners, self.sections) = (head, banners, sections)
  }

  package init(_ status: Status, _ messages: [RecentMessages.Entry], notes: [Line]) {
    head = "\(status.handle, .strong) on wire \(StatusView.id(status.wire)) in \(status.path)"
    banners = status.standstills.map { Line("! ", .bad) + IncidentView.line($0) }
    sections = [
      Section("agents", Self.agents(status)), Section("waiting", Self.waiting(status)),
      Section("claims", status.claims.map { StatusView.claim($0) }),
      Section("notes", notes, isTail: true),
      Section("messages", messages.map { Self.message($0) }, isTail: true),
    ]
  }

  private static func agents(_ status: Status) -> [Line] {
    var table = Table()
    for member in status.members {
      table.add(
        "\(member.handle)", Line(member.trustTier), StatusView.life(member), silence(member),
        StatusView.unread(member, own: status.handle),
        Line(member.beat == nil ? "no beat" : member.tier?.string ?? "")
          + StatusView.verdict(member))
    }
    return table.lines
  }

  /// In whole minutes or hours, so that it changes seldom.
  private static func silence(_ member: Status.Member) -> Line {
    guard let seconds = member.silentSeconds else { return "" }
    if seconds < 60 { return Line("<1m", .faint) }
    return Line(seconds < 3_600 ? "\(seconds / 60)m" : "\(seconds / 3_600)h", .faint)
  }

  /// Incidents first, then what only a person can do, then what waits for this agent.
  private static func waiting(_ status: Status) -> [Line] {
    let own = status.handle
    var threads = status.incidents.map { incident in
      let facts = incident.fact
      var state = "not acked in time"
      if facts.status == .open {
        state = "waiting for \(StatusView.names(facts.missing, own: own))"
      }
      return thread(
        facts.incident.eventID, "incident", facts.incident.writer, state, incident.secondsLeft,
        incident.isShown ? Line(facts.incident.subject.string) : Line("(held back)", .faint))
    }
    threads += heldBack(status.heldBack) + status.comparisons.map { StatusView.comparison($0) }
    var others: [Line] = []
    func add(_ line: Line, _ missing: [Handle]) {
      if missing.contains(own) { threads.append(line) } else { others.append(line) }
    }
    for (debt, missing) in StatusView.requests(status.debts) {
      let state = "waiting for \(StatusView.names(missing, own: own))"
      let subject = Line(debt.subject.string)
      add(thread(debt.eventID, "request", debt.creditor, state, nil, subject), missing)
    }
    for proposal in status.open {
      let standing = proposal.fact
      let isAcked = standing.status == .acked
      let missing = isAcked ? [standing.proposal.proposer] : standing.missing
      let names = StatusView.names(missing, own: own)
      let state =
        isAcked
        ? "acked, waiting for \(names)"
        : standing.status == .open ? "waiting for \(names)" : standing.status.rawValue
      let line = thread(
        standing.proposal.eventID, "proposal", standing.proposal.proposer, state,
        proposal.secondsLeft, Line(standing.proposal.subject.string))
      add(line, missing)
    }
    return threads + others
  }

  /// One line for all where they are many: strangers do not push away what else waits.
  private static func heldBack(_ held: [Status.HeldBack]) -> [Line] {
    guard held.count > 2 else { return held.map { StatusView.heldBack($0) } }
    let what = counted(held.reduce(0) { $0 + $1.count }, "message")
    return [Line("\(what) of \(held.count) agents held back, not verified: deaddrop trust list")]
  }

  /// Our words before the peer's, which may be of any length.
  private static func thread(
    _ id: Bytes32, _ kind: String, _ writer: Handle, _ state: String, _ secondsLeft: Int?,
    _ subject: Line
  ) -> Line {
    let left = secondsLeft.map { ", \(TimeSpan.words($0)) left" } ?? ""
    let head: Line = "\(StatusView.id(id), .faint) \(kind) of \(writer), \(state)"
    return head + "\(left, .caution): \(subject)"
  }

  private static func message(_ entry: RecentMessages.Entry) -> Line {
    let line: Line = "\(StatusView.id(entry.eventID), .faint) \(entry.from, .strong) \(entry.type)"
    return line + (entry.isUrgent ? Line(" high", .caution) : "") + ": \(entry.subject)"
  }
}
