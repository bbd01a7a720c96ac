import DeadDropKit
import WireFormat

/// `deaddrop doctor`: everything that a wire and this agent rest on.
enum DoctorCommand: Command {
  static let name = "doctor"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Look at every line, file and setting, and say what helps",
      options: [.flag("all", "show also what is in order")],
      notes: [
        "Reads everything and changes nothing. Exits 3 when something is broken or not safe."
      ],
      examples: ["deaddrop doctor", "deaddrop doctor --all"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let checkups = try CommandFailure.lifting { () throws(KitError) in
      try Doctor.examine(directory: invocation.directory, as: invocation.handle)
    }
    let shown = checkups.filter { invocation.flag("all") || $0.grade != .ok }
    var lines: [Line] = []
    for checkup in shown {
      lines.append("\(checkup.grade.rawValue, style(checkup)) \(checkup.subject): \(checkup.words)")
      if let remedy = checkup.hint { lines.append("     \(remedy, .faint)") }
    }
    let bad = checkups.count { $0.grade == .bad }
    let warnings = checkups.count { $0.grade == .warning }
    let verdict: Line = bad == 0 ? Line("nothing is broken", .good) : Line("\(bad) broken", .bad)
    lines.append(
      verdict + Line(", \(counted(warnings, "warning")), \(counted(checkups.count, "check"))"))
    let json: JSONObject = [
      "bad": .integer(bad), "warnings": .integer(warnings),
      "checks": .array(
        checkups.map {
          .object([
            "grade": .string($0.grade.rawValue), "subject": .string($0.subject),
            "finding": .string($0.finding), "remedy": $0.hint.map { .string($0) },
          ])
        }),
    ]
    return Report(lines, json: json, code: bad == 0 ? .done : .unsafe)
  }

  private static func style(_ checkup: Checkup) -> Style {
    switch checkup.grade {
    case .ok: .good
    case .warning: .caution
    case .bad: .bad
    }
  }
}

extension Checkup {
  /// The finding without the file, where its words begin with it.
  fileprivate var words: String {
    let prefix = subject + ": "
    return finding.hasPrefix(prefix) ? String(finding.dropFirst(prefix.count)) : finding
  }

  /// A line to paste.
  fileprivate var hint: String? {
    if let error { return CommandFailure(error).hint }
    return remedy.map { ShellWord.line($0) }
  }
}
