import DeadDropKit
import Protocol
import Wire
import WireFormat

/// The facts of a status as lines, for `status` and for `top`.
enum StatusView {
  /// So many names stand in a line; a wire can have many members.
  private static let nameLimit = 3

  static func id(_ id: Bytes32) -> String { String(id.hex.prefix(MessageView.shownDigits)) }

  /// The first names, this agent as "you" before all others.
  static func names(_ handles: [Handle], own: Handle) -> String {
    let ordered = handles.filter { $0 == own } + handles.filter { $0 != own }
    let shown = ordered.prefix(nameLimit).map { $0 == own ? "you" : $0.name }
    let leftCount = ordered.count - shown.count
    return shown.joined(separator: ", ") + (leftCount > 0 ? " and \(leftCount) more" : "")
  }

  static func life(_ member: Status.Member) -> Line {
    switch member.liveness {
    case .alive: Line("alive", .good)
    case .late: Line("late", .caution)
    case .gone: Line("gone", .bad)
    case .unknown, nil: ""
    }
  }

  static func unread(_ member: Status.Member, own: Handle) -> Line {
    Line(member.handle == own ? "" : "\(member.unreadCount) unread")
  }

  static func verdict(_ member: Status.Member) -> Line {
    Line(member.verdict == .sound ? "" : " " + member.verdict.rawValue, .bad)
  }

  /// The tier and the minute of the last beat.
  static func beat(_ member: Status.Member) -> Line {
    guard let beat = member.beat else { return "no beat" }
    let tier = member.tier?.string ?? TierName.active.rawValue
    return "\(tier) \(String(beat.message.timestamp.string.prefix(16)) + "Z", .faint)"
  }

  /// Only what may be shown of a claim, and how long it runs.
  static func claim(_ claim: Status.Timed<ClaimStandings.Entry>) -> Line {
    let entry = claim.fact
    let words = claim.isShown ? Line(entry.claim.resource.words) : Line("(held back)", .faint)
    let left = TimeSpan.words(claim.secondsLeft ?? 0)
    return
      "\(id(entry.claim.eventID), .faint) claim of \(entry.claim.holder), \(left) left: \(words)"
  }

  static func heldBack(_ held: Status.HeldBack) -> Line {
    let what = counted(held.count, "message")
    return "\(what) of \(held.peer) held back, not verified: deaddrop trust sas \(held.peer)"
  }

  static func comparison(_ comparison: Status.Comparison) -> Line {
    let peer = comparison.peer
    return switch comparison.state {
    case .asked: "\(peer) waits to compare codes: deaddrop trust sas \(peer)"
    case .waiting: "comparing codes with \(peer), who has to go on: deaddrop trust sas show \(peer)"
    case .locked(let until):
      "comparing codes with \(peer) is locked until \(String(until.string.prefix(16)) + "Z")"
    }
  }

  static func words(_ testimony: Status.Testimony) -> String {
    let (witness, writer, seen) = (testimony.witness, testimony.writer, testimony.seen)
    let place =
      seen.seq > testimony.shownSeq
      ? "here it ends with \(testimony.shownSeq)" : "here that is another one"
    return "a beat of \(witness) names line \(seen.seq) of \(writer), and \(place): deaddrop doctor"
  }

  /// Requests that somebody who was asked has not answered, once each; the rest of the debts stands
  /// with its proposal or incident.
  static func requests(_ debts: [Debt]) -> [(debt: Debt, missing: [Handle])] {
    var debtors: [Bytes32: [Handle]] = [:]
    var requests: [Debt] = []
    for debt in debts where debt.kind == .request {
      if debtors[debt.eventID] == nil { requests.append(debt) }
      debtors[debt.eventID, default: []].append(debt.debtor)
    }
    return requests.map { ($0, debtors[$0.eventID] ?? []) }
  }
}

/// The same for programs.
extension StatusView {
  static func json(_ status: Status, at time: Timestamp) -> JSONObject {
    [
      "wire": .string(status.wire.hex), "path": .string(status.path),
      "handle": .string(status.handle.name),
      "members": .array(status.members.map { .object(json($0)) }),
      "safe_mode": .bool(status.isSafeMode),
      "standstills": .array(status.standstills.map { .object(IncidentView.json($0)) }),
      "proposals": .array(status.open.map { .object(json($0.fact)) }),
      "incidents": .array(status.incidents.map { .object(json($0)) }),
      "claims": .array(
        status.claims.map {
          .object(ClaimsCommand.json($0.fact, isShown: $0.isShown, at: time))
        }),
      "held_back": .array(status.heldBack.map { .object(json($0)) }),
      "comparisons": .array(status.comparisons.map { .object(json($0)) }),
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

  private static func json(_ incident: Status.Timed<IncidentStanding>) -> JSONObject {
    var object = IncidentView.json(incident.fact, isShown: incident.isShown)
    object["seconds_left"] = incident.secondsLeft.map { .integer($0) }
    return object
  }

  private static func json(_ held: Status.HeldBack) -> JSONObject {
    ["handle": .string(held.peer.name), "count": .integer(held.count)]
  }

  private static func json(_ comparison: Status.Comparison) -> JSONObject {
    let state: String
    var end: Timestamp?
    switch comparison.state {
    case .asked: state = "asked"
    case .waiting: state = "waiting"
    case .locked(let until): (state, end) = ("locked", until)
    }
    return [
      "handle": .string(comparison.peer.name), "state": .string(state),
      "until": end.map { .string($0.string) },
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
