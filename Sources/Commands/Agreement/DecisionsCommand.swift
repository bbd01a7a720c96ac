import DeadDropKit
import Protocol
import WireFormat

/// `deaddrop decisions`: the contract.
enum DecisionsCommand: Command {
  static let name = "decisions"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show what was agreed, as the messages prove it",
      options: [.value("since", "TIME", "only since a UTC time, or a span such as 2h")],
      notes: [
        "With --json: the lines of decisions.jsonl, derived anew from the logs. What older tools had\n"
          + "written there is shown first, unproven; with --json as {\"legacy\":true, …}.",
        "A decision that rests on lines which you have revoked is shown with that label and without its\n"
          + "body; with --json it has \"rests_on_revoked\".",
      ],
      examples: ["deaddrop decisions"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let since = try invocation.instant("since")
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let state = try CommandFailure.lifting { () throws(KitError) in try session.wireState() }
      let history = state.history
      var report = Report()
      let older = try CommandFailure.lifting { () throws(KitError) in
        try session.legacyDecisions()
      }
      for line in older where since == nil { report.items.append(LegacyView.decision(line)) }
      var heldBack = 0
      for (proposal, decision) in state.ratified(under: history) {
        if let since, decision.timestamp < since { continue }
        let revoked = session.revokedParties(of: proposal, decision, in: state)
        guard revoked.isEmpty else {
          report.items.append(
            doubtful(
              .init(
                proposal: proposal, decision: decision, parties: revoked,
                isShown: session.isShown(proposal))))
          continue
        }
        guard session.isShown(proposal) else {
          heldBack += 1
          continue
        }
        let owners = state.owners(of: proposal, under: history) ?? []
        report.answer(
          lines(proposal, decision, owners),
          json: try? JSONParser.object(
            DecisionLine.bytes(proposal, decision, ackedBy: decision.acks == [] ? [] : owners)))
      }
      if heldBack > 0 {
        report.warn(
          counted(heldBack, "decision") + " held back: the proposer's key is not verified")
      }
      if report.items.isEmpty { report.answer(["nothing is decided"], json: nil) }
      return report
    }
  }

  /// A decision that rests on revoked lines: of its words only those that may be shown.
  static func doubtful(_ decision: Session.DoubtfulDecision) -> ReportItem {
    let proposal = decision.proposal
    let id = String(proposal.eventID.hex.prefix(MessageView.shownDigits))
    let names = decision.parties.map(\.name)
    let time = String(decision.decision.timestamp.string.prefix(19)) + "Z"
    var head: Line = "\(id, .faint) decision on a proposal of \(proposal.proposer) \(time, .faint)"
    if decision.isShown { head = head + ": \(proposal.subject)" }
    return .answer(
      [head, Line("  rests on revoked lines of " + names.joined(separator: ", "), .bad)],
      json: [
        "decision_id": .string(proposal.eventID.hex),
        "proposer": .string(proposal.proposer.name),
        "ratified_at": .string(decision.decision.timestamp.string),
        "subject": decision.isShown ? .string(proposal.subject) : nil,
        "rests_on_revoked": .strings(names),
      ])
  }

  /// What stands for a body that only its readers can open.
  static func sealed(_ proposal: Proposal) -> Line {
    let id = String(proposal.eventID.hex.prefix(MessageView.shownDigits))
    return Line("  (sealed; to read it: \(ShellWord.deaddrop("show", id)))")
  }

  private static func lines(
    _ proposal: Proposal, _ decision: Decision, _ owners: [Handle]
  ) -> [Line] {
    let id = String(proposal.eventID.hex.prefix(MessageView.shownDigits))
    let parties = ([proposal.proposer] + owners).map(\.name).joined(separator: " + ")
    let time = String(decision.timestamp.string.prefix(19)) + "Z"
    var head: Line = "\(id, .faint) \(parties, .strong) \(time, .faint): \(proposal.subject)"
    if !proposal.domains.isEmpty {
      head = head + " [\(proposal.domains.map(\.string).joined(separator: ", "))]"
    }
    return [head] + (proposal.body.map { PeerText.body($0) } ?? [sealed(proposal)])
  }
}
