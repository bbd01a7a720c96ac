import DeadDropKit
import Identity
import Protocol
import Wire
import WireFormat

/// `deaddrop verify`: everything again from the first line.
enum VerifyCommand: Command {
  static let name = "verify"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Check every line of every log from the beginning",
      options: [
        .flag("every-signature", "check all stored signatures, also those a later line proves"),
        .flag("outsider", "use no key and no memory: what the wire proves by itself"),
        .value("evidence", "FILE", "judge one kept piece of evidence, with no wire at hand"),
      ],
      notes: [
        "By default each hash and each link is checked, and the last signature of each linked run,\n"
          + "which proves the run. Exits 3 when a line is at fault or a chain is broken. Beats are not checked.",
        "With --evidence it exits 0 when the file proves what it says, and 3 when it does not.",
      ],
      examples: [
        "deaddrop verify", "deaddrop verify --outsider --json",
        "deaddrop verify --evidence fork-0f3c.json",
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let everySignature = invocation.flag("every-signature")
    if let path = invocation.optionalText("evidence") {
      return try EvidenceReport.make(path)
    }
    guard !invocation.flag("outsider") else {
      let audit = try CommandFailure.lifting { () throws(KitError) in
        try Verification.outsider(
          directory: invocation.directory, everySignature: everySignature,
          progress: invocation.terminal.progress)
      }
      return report(audit)
    }
    return try invocation.withSession { (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let catchUp = try session.catchUp()
        var report = report(
          try session.verify(
            everySignature: everySignature, progress: invocation.terminal.progress))
        report.items += catchUp.notes.map { .note($0) }
        return report
      }
    }
  }

  private static func report(_ audit: Audit) -> Report {
    let chains = audit.reading.chains.values.sorted { $0.handle < $1.handle }
    let broken = chains.filter { $0.verdict != .sound }
    let isUnsafe = !audit.bad.isEmpty || !broken.isEmpty
    var lines: [Line] = audit.bad.map { "\($0.file):\($0.line): \($0.reason.rawValue, .bad)" }
    for chain in broken {
      let log = audit.reading.directory.entries[chain.handle]?.log ?? ""
      lines.append("\(log): \(chain.verdict.rawValue, .bad)")
    }
    for id in audit.missingDecisions {
      lines.append("decisions.jsonl: \(id.hex.prefix(12)) is missing, the next settling adds it")
    }
    for id in audit.missingIncidents {
      lines.append("incident_log.jsonl: \(id.hex.prefix(12)) is missing, the next settling adds it")
    }
    var summary: Line = isUnsafe ? Line("not safe", .bad) : Line("ok", .good)
    summary =
      summary
      + Line(": " + counted(audit.lineCount, "line"))
      + Line(" in " + counted(chains.count, "log"))
      + Line(", " + counted(audit.decisions.count, "decision"))
    if audit.legacyLineCount > 0 {
      summary =
        summary + Line(", " + counted(audit.legacyLineCount, "line") + " older than the wire")
    }
    if audit.unseenSignatures > 0 {
      summary =
        summary
        + Line(", " + counted(audit.unseenSignatures, "signature") + " proven by later ones")
    }
    lines.append(summary)
    return Report(lines, json: json(audit, broken), code: isUnsafe ? .unsafe : .done)
  }

  private static func json(_ audit: Audit, _ broken: [Chain]) -> JSONObject {
    var object: JSONObject = [
      "wire": .string(audit.reading.genesis.id.hex),
      "decisions": .strings(audit.decisions.map(\.hex)),
      "bad": .array(
        audit.bad.map {
          .object([
            "file": .string($0.file), "line": .integer($0.line),
            "reason": .string($0.reason.rawValue),
          ])
        }),
      "missing_decisions": .strings(audit.missingDecisions.map(\.hex)),
      "missing_incidents": .strings(audit.missingIncidents.map(\.hex)),
      "counts": .object([
        "bad": .integer(audit.bad.count), "decisions": .integer(audit.decisions.count),
        "legacy_lines": .integer(audit.legacyLineCount), "lines": .integer(audit.lineCount),
        "logs": .integer(audit.reading.chains.count),
        "signatures_not_checked": .integer(audit.unseenSignatures),
      ]),
    ]
    if !broken.isEmpty {
      var chains = JSONObject()
      for chain in broken { chains[Text(chain.handle.name)] = .string(chain.verdict.rawValue) }
      object["broken"] = .object(chains)
    }
    return object
  }
}
