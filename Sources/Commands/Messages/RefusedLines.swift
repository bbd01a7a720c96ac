import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop log --refused`: good lines that change nothing, and why.
enum RefusedLines {
  static func report(
    _ filter: Session.Filter, _ invocation: Invocation
  ) throws(CommandFailure) -> Report {
    if invocation.flag("follow") { throw .usage("--refused looks once: without --follow") }
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let lines = try CommandFailure.lifting { () throws(KitError) in
        try session.ineffective(filter)
      }
      var report = Report()
      for line in lines { report.items.append(item(line, session.tierLabel(of: line.line))) }
      return report
    }
  }

  private static func item(_ ineffective: IneffectiveLine, _ tier: String) -> ReportItem {
    let line = ineffective.line
    var lines: [Line] = []
    var json: JSONObject? = [
      "event_id": .string(line.eventID.hex), "seq": .integer(line.seq),
      "from": .string(line.handle.name),
    ]
    if case .answer(let shown, let object) = MessageView.answer(line, tier: tier, isBrief: true) {
      (lines, json) = (shown, object)
    } else {
      let id = String(line.eventID.hex.prefix(MessageView.shownDigits))
      lines = ["\(id, .faint) \(line.handle, .strong) seq \(line.seq)"]
    }
    switch ineffective.reason {
    case .fault(let fault):
      lines.append("  no effect: \(fault.rawValue)")
      json?["no_effect"] = .string(fault.rawValue)
    case .noEffect(.refused(let reason)):
      lines.append("  no effect: \(reason.rawValue)")
      json?["no_effect"] = .string(reason.rawValue)
    case .noEffect(.pending(let ids)):
      let short = ids.map { String($0.hex.prefix(MessageView.shownDigits)) }
      lines.append("  pending: it cites \(short.joined(separator: ", "))")
      json?["no_effect"] = .string("pending")
      json?["pending"] = .strings(ids.map(\.hex))
    case .afterGap:
      lines.append("  pending: lines of \(line.handle) before it are missing")
      json?["no_effect"] = .string("pending")
    }
    return .answer(lines, json: json)
  }
}
