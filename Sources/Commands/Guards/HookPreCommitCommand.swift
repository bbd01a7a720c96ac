import DeadDropKit
import Protocol
import WireFormat

/// `deaddrop hook pre-commit`: what git asks before it commits.
enum HookPreCommitCommand: Command {
  static let name = "hook pre-commit"
  /// Paths that people are shown; programs get all.
  private static let shownLimit = 20

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Refuse a commit that rewrites a log or goes where others decide",
      notes: [
        "Looks at the index, by its raw objects: attributes and filters change nothing. Refused are\n"
          + "changed, removed or inserted lines of a log of the wire, of decisions.jsonl or wire.json\n"
          + "(a log may go to archive/ whole), paths in another's domain that no agreement covers, and\n"
          + "paths under another's claim.",
        "Without a wire, or an agent on it, what cannot be judged passes, with a note.",
      ],
      examples: ["deaddrop hook pre-commit"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let outcome = try CommandFailure.lifting { () throws(KitError) in
      try CommitGuard.judge(directory: invocation.directory, as: invocation.handle)
    }
    var report = Report(code: outcome.refusals.isEmpty ? .done : .refused)
    for (index, refusal) in outcome.refusals.enumerated() {
      report.answer(index < shownLimit ? lines(refusal) : [], json: json(refusal))
    }
    let left = outcome.refusals.count - shownLimit
    if left > 0 { report.answer(["and \(left) more: deaddrop hook pre-commit --json"], json: nil) }
    for note in outcome.notes { report.note(note) }
    return report
  }

  private static func lines(_ refusal: CommitGuard.Refusal) -> [Line] {
    let path = String(decoding: refusal.path, as: UTF8.self)
    let (words, remedy) = told(refusal, path)
    return ["refused: \(path, .strong): \(words)", "  \(remedy)"]
  }

  private static func told(_ refusal: CommitGuard.Refusal, _ path: String) -> (String, String) {
    switch refusal.reason {
    case .log(let what): (what, ShellWord.line(["git", "restore", "--staged", "--", path]))
    case .domain(let areas): (GuardView.words(areas), GuardView.remedy(areas, path))
    case .claim(let claim): (GuardView.words(claim), GuardView.remedy(claim))
    }
  }

  private static func json(_ refusal: CommitGuard.Refusal) -> JSONObject {
    let path = String(decoding: refusal.path, as: UTF8.self)
    var object: JSONObject = ["path": .string(path)]
    // A name that is no text is spelled out beside what can be shown of it.
    if Array(path.utf8) != refusal.path { object["path_hex"] = .string(Hex.string(refusal.path)) }
    switch refusal.reason {
    case .log(let what): object["log"] = .string(what)
    case .domain(let areas): object["domains"] = GuardView.json(areas)
    case .claim(let claim): object["claim"] = GuardView.json(claim)
    }
    return object
  }
}
