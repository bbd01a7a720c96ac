import DeadDropKit
import WireFormat

/// `deaddrop trust list`: whom this agent believes.
enum TrustListCommand: Command {
  static let name = "trust list"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show each peer's tier, key, and how it was verified",
      notes: [
        "Below the peers: candidates, which are chains in the directory whose keys the wire does not\n"
          + "know, and what a trust.json of older tools suggests. Neither counts for anything."
      ],
      examples: ["deaddrop trust list"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        var report = Report()
        for peer in try session.peers() {
          report.answer(TrustView.lines(peer, to: session.handle), json: TrustView.json(peer))
        }
        let candidates = try session.candidates()
        report.items += candidates.found.map(TrustView.item)
        if candidates.leftCount > 0 { report.note("\(candidates.leftCount) more planted logs") }
        report.items += session.suggestions().map(TrustView.item)
        return report
      }
    }
  }
}
