import DeadDropKit
import WireFormat

/// `deaddrop trust show`: all that this agent knows of one peer's key.
enum TrustShowCommand: Command {
  static let name = "trust show"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show one peer: keys, spans, digits, what it has earned",
      arguments: [.one("peer", "whose trust to show")],
      notes: [
        "ATTESTED is counted: 10 decisions made together, or ships of the peer that this agent has\n"
          + "acked, since its key was verified.",
        "The code of v3.1 is for old peers. It is weak: two keys that share one are found in a blink.",
      ],
      examples: ["deaddrop trust show scribe"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let handle = try invocation.requiredHandle("peer")
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let peer = try TrustView.peer(handle, &session)
      return try CommandFailure.lifting { () throws(KitError) in
        var lines = TrustView.lines(peer, to: session.handle)
        var json = TrustView.json(peer)
        if let digits = try session.fingerprint(with: handle) {
          lines += ["  fingerprint"] + TrustView.grouped(digits)
          json["fingerprint"] = .string(digits)
        }
        if let code = try session.weakCode(with: handle) {
          lines.append("  code of v3.1, weak: \(code)")
          json["weak_code"] = .string(code)
        }
        if peer.tier > .untrusted {
          let count = try session.countTogether(handle)
          let goal = "\(Session.attestingCount) decisions and answered ships"
          lines.append("  \(count) of \(goal) that make it ATTESTED")
          json["together"] = .integer(count)
        }
        var report = Report(lines, json: json)
        if try session.isAsked(by: handle) { report.note(Self.request(of: handle)) }
        return report
      }
    }
  }

  static func request(of peer: Handle) -> String {
    "\(peer) waits to compare codes: " + ShellWord.deaddrop("trust", "sas", peer.name)
  }
}
