import DeadDropKit
import Wire
import WireFormat

/// `deaddrop archive`: moves the own log's file of a closed year into the archive.
enum ArchiveCommand: Command {
  static let name = "archive"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Move this agent's log of a closed year into the archive",
      options: [
        .value("year", "YYYY", "only if the newest line is of this year, which must be over"),
        .flag("now", "whatever year it is, also this one"),
      ],
      notes: [
        "The file is renamed whole to archive/YYYY/, and the chain goes on in a new one. All\n"
          + "commands read both. The first message of a new year does this by itself."
      ],
      examples: ["deaddrop archive", "deaddrop archive --now"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let year = try invocation.integer("year", in: 1...9_999)
    var choice = year.map { Session.ArchiveChoice.year($0) } ?? .closed
    if invocation.flag("now") {
      guard year == nil else { throw .usage("archive takes --year or --now, not both") }
      choice = .now
    }
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      let outcome = try CommandFailure.lifting { () throws(KitError) in
        try session.archive(choice)
      }
      return report(outcome)
    }
  }

  private static func report(_ outcome: OpenLog.Archiving) -> Report {
    switch outcome {
    case .moved(let log):
      Report(
        ["lines \(log.seqs.lowerBound) to \(log.seqs.upperBound) are now in \(log.file, .strong)"],
        json: [
          "file": .string(log.file), "first_seq": .integer(log.seqs.lowerBound),
          "last_seq": .integer(log.seqs.upperBound),
        ])
    case .kept(let year):
      Report(
        ["nothing to archive: the newest line is of \(year)"],
        json: ["file": .null, "newest_year": .integer(year)])
    case .empty:
      Report(["nothing to archive: no line since the last archive"], json: ["file": .null])
    }
  }
}
