import DeadDropKit
import Wire

/// `deaddrop release`: ends claims of this agent.
enum ReleaseCommand: Command {
  static let name = "release"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "End a claim of this agent, or all of them",
      arguments: [.oneOrNone("id", "the claim, by its event_id or the beginning of it")],
      options: [.flag("all", "every claim that this agent has not released")],
      examples: ["deaddrop release 4e98b798b10f", "deaddrop release --all"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let isAll = invocation.flag("all")
    guard isAll != invocation.flag("id") else { throw .usage("release needs ID, or --all") }
    let id = isAll ? "" : try invocation.messageID("id")
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      let receipts = try CommandFailure.lifting { () throws(KitError) in
        isAll ? try session.releaseAllClaims() : try session.releaseClaim(id)
      }
      var report = Report()
      for receipt in receipts { report.items += receipt.report.items }
      if receipts.isEmpty { report.answer(["this agent has no open claim"], json: nil) }
      return report
    }
  }
}
