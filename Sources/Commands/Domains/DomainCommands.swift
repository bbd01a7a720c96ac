import DeadDropKit
import Protocol
import WireFormat

/// `deaddrop domain list`: who decides where alone.
enum DomainListCommand: Command {
  static let name = "domain list"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show the domains in force: owner, paths, and by which decision",
      examples: ["deaddrop domain list"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let areas = try CommandFailure.lifting { () throws(KitError) in
        try session.pathRights().domains.areas
      }
      var report = Report()
      var table = Table()
      for area in areas {
        let origin = area.origin.map { String($0.hex.prefix(MessageView.shownDigits)) }
        table.add(
          Line(area.name.string, .strong), Line(area.owner.name),
          Line(origin.map { "decision \($0)" } ?? "genesis", .faint),
          Line(area.patterns.map(\.text.string).joined(separator: " ")))
      }
      for (area, line) in zip(areas, table.lines) { report.answer([line], json: json(area)) }
      for area in areas where !area.unusable.isEmpty {
        report.warn(
          "domain \(area.name.string): \(area.unusable.count) of its paths are no patterns and cover nothing"
        )
      }
      if areas.isEmpty { report.answer(["no domains: every path is free"], json: nil) }
      return report
    }
  }

  private static func json(_ area: DomainRights.Area) -> JSONObject {
    [
      "name": .string(area.name), "owner": .string(area.owner.name),
      "paths": .array(area.patterns.map { .string($0.text) }),
      "unusable_paths": .array(area.unusable.map { .string($0) }),
      "since": .string(area.origin?.hex ?? "genesis"),
    ]
  }
}

/// `deaddrop domain check`: whether this agent may change these paths now.
enum DomainCheckCommand: Command {
  static let name = "domain check"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Say whether this agent may change paths of the project now",
      arguments: [.many("path", "relative to the project's root, or absolute within it")],
      notes: [
        "The root is that of the git work tree around the wire, else the directory that holds it.\n"
          + "Exit code 0: every path is allowed; 1: some path is not.",
        "A path that is in several domains belongs to each of their owners.",
      ],
      examples: ["deaddrop domain check src/net/parser.swift"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let typed = invocation.texts("path")
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        var paths: [ProjectPath] = []
        for path in typed { paths.append(try session.projectPath(path)) }
        let rights = try session.pathRights()
        var report = Report()
        for path in paths {
          let finding = rights.finding(on: path)
          report.answer(lines(finding), json: json(finding))
          if !finding.isAllowed { report.code = .refused }
        }
        return report
      }
    }
  }

  private static func lines(_ finding: PathRights.Finding) -> [Line] {
    let path = finding.path.string
    if case .foreign(let areas) = finding.domain {
      return [
        "refused: \(path, .strong): \(GuardView.words(areas))",
        "  \(GuardView.remedy(areas, path))",
      ]
        + (finding.claim.map { ["  also \(GuardView.words($0))"] } ?? [])
    }
    if let claim = finding.claim {
      return [
        "refused: \(path, .strong): \(GuardView.words(claim))", "  \(GuardView.remedy(claim))",
      ]
    }
    let why =
      switch finding.domain {
      case .own(let area): "own domain \(area.name.string)"
      case .agreed(let area, let leave):
        "domain \(area.name.string) of \(area.owner), agreed until \(leave.until.string)"
      case .free, .foreign: "in no domain"
      }
    return ["allowed: \(path, .strong): \(why)"]
  }

  private static func json(_ finding: PathRights.Finding) -> JSONObject {
    var object: JSONObject = [
      "path": .string(finding.path.string), "allowed": .bool(finding.isAllowed),
      "claim": finding.claim.map { GuardView.json($0) },
    ]
    switch finding.domain {
    case .free: object["domains"] = .array([])
    case .own(let area): object["domains"] = GuardView.json([area])
    case .foreign(let areas): object["domains"] = GuardView.json(areas)
    case .agreed(let area, let leave):
      object["domains"] = GuardView.json([area])
      object["proposal"] = .string(leave.proposal.hex)
      object["until"] = .string(leave.until.string)
    }
    return object
  }
}
