import DeadDropKit
import Identity
import WireFormat

/// A comparison of codes as people and scripts see it.
enum SASView {
  /// What a person has to do next; `own` is the agent at this side.
  ///
  /// On a terminal the question that follows takes the other's code, else a command does.
  static func item(_ standing: SASStanding, own: Handle, isAsked: Bool = false) -> ReportItem {
    .answer(
      lines(standing, own: own, isAsked: isAsked),
      json: [
        "handle": .string(standing.peer.name), "role": .string(standing.role.rawValue),
        "code": standing.code.map { .string($0) } ?? .null,
        "tries_left": .integer(standing.triesLeft),
      ])
  }

  private static func lines(_ standing: SASStanding, own: Handle, isAsked: Bool) -> [Line] {
    let peer = standing.peer
    guard let code = standing.code else {
      return ["waiting for \(peer), who has to run: deaddrop trust sas \(own)"]
    }
    var lines: [Line] = [
      "\(code, .strong)",
      "  say it to the person at \(peer), by voice or another way",
      "  that the host of the wire does not carry",
    ]
    if !isAsked {
      lines.append("  then type what you hear: deaddrop trust sas confirm \(peer) CODE")
    }
    return lines
  }

  /// Twelve digits, however they are spaced; another number of them is a slip and costs no try.
  static func digits(_ text: String) throws(CommandFailure) -> String {
    let digits = text.filter { $0 != " " && $0 != "-" }
    guard digits.utf8.count == 12, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
      throw .usage("a code is three numbers of four digits, such as 4711 1802 9044")
    }
    return digits
  }

  static func confirmed(
    _ peer: Handle, _ catchUp: CatchUp, _ session: borrowing Session
  ) -> Report {
    let tier = session.tier(of: peer).rawValue
    var report = Report(
      ["\(peer) is \(tier)"], json: ["handle": .string(peer.name), "tier": .string(tier)])
    report.items += catchUp.notes.map { .note($0) }
    return report
  }
}
