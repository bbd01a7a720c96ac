import DeadDropKit
import WireFormat

/// `deaddrop daemon uninstall`: takes away the unit that `daemon install` made.
enum DaemonUninstallCommand: Command {
  static let name = "daemon uninstall"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "End the service of this agent and take its unit away",
      options: [.flag("gone", "every service whose wire's directory is not there any more")],
      notes: [
        "Takes away what `deaddrop daemon install` wrote for this agent on this wire, and nothing else.\n"
          + "What was saved for the daemon stays."
      ],
      examples: ["deaddrop daemon uninstall", "deaddrop daemon uninstall --gone"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    if invocation.flag("gone") { return try removeAbandoned() }
    return try invocation.withSession { (session: inout Session) throws(CommandFailure) in
      let service = try CommandFailure.lifting { () throws(KitError) in
        // What was saved changes the text of the unit, and not which one it is.
        try DaemonService.find(session, DaemonSettings())
      }
      let path = service.file.path
      func json(_ isRemoved: Bool) -> JSONObject {
        ["path": .string(path), "removed": .bool(isRemoved)]
      }
      let isThere = try CommandFailure.lifting { () throws(KitError) in
        try service.file.text() != nil
      }
      guard isThere else {
        return Report(
          ["there is no service of \(session.handle.name): no \(path)"], json: json(false))
      }
      let trouble = try CommandFailure.lifting { () throws(KitError) in
        try DaemonService.remove(service.file)
      }
      let presence = try CommandFailure.lifting { () throws(KitError) in
        try DaemonPresence.look(session.state)
      }
      var report = Report(["took \(path) away"], json: json(true))
      if let trouble {
        report.warn("\(service.unit.manager.rawValue) was not told of it: \(trouble)")
      }
      if let presence {
        report.warn("process \(Int(presence.processID)) still runs: deaddrop daemon stop")
      }
      return report
    }
  }

  /// Needs no wire: there is none to find the service by.
  private static func removeAbandoned() throws(CommandFailure) -> Report {
    let manager = ServiceUnit.Manager.current
    let files = try CommandFailure.lifting { () throws(KitError) in
      try ServiceFile.abandoned(manager)
    }
    var report = Report()
    if files.isEmpty {
      report.answer(["every service has its wire"], json: ["removed": .bool(false)])
    }
    for file in files {
      let trouble = try CommandFailure.lifting { () throws(KitError) in
        try DaemonService.remove(file, manager)
      }
      report.answer(
        ["took \(file.path) away"], json: ["path": .string(file.path), "removed": .bool(true)])
      if let trouble { report.warn("\(manager.rawValue) was not told of it: \(trouble)") }
    }
    return report
  }
}
