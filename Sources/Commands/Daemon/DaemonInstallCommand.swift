import DeadDropKit
import Host
import Wire
import WireFormat

/// `deaddrop daemon install`: lets systemd or launchd run the agent's daemon.
enum DaemonInstallCommand: Command {
  static let name = "daemon install"
  /// How long the manager may take to bring the daemon up.
  private static let patience: Duration = .seconds(10)

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Let systemd or launchd run the daemon, now and at each login",
      options: DaemonRunCommand.options + [
        .flag("unconfined", "without the sandbox, where no user service can have one"),
        .flag("dry-run", "print what would be written and run, and do nothing"),
        .flag("yes", "do it"),
      ],
      notes: [
        "Writes one unit for this agent on this wire: deaddrop-HANDLE-WIRE.service in\n"
          + "$XDG_CONFIG_HOME/systemd/user (default ~/.config), or the same as .plist in\n"
          + "~/Library/LaunchAgents. The unit runs this very program. What it finds there and did not make,\n"
          + "it leaves alone.",
        "CMD, TIME and FILE are saved in private state. What is not given stays as it was saved; an empty\n"
          + "CMD or FILE takes it back. CMD runs with the manager's PATH, and cannot become another user.",
        "On Linux the daemon is shut in: it writes to the wire, to its private places and beside its log,\n"
          + "and reaches no network. With CMD it is not, so that CMD can do its work.",
        "systemd ends user services at the last logout, unless `loginctl enable-linger` was run.",
      ],
      examples: [
        "deaddrop daemon install --dry-run",
        "deaddrop daemon install --on-message '/usr/bin/notify-send deaddrop' --yes",
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withSession { (session: inout Session) throws(CommandFailure) in
      let settings = try settings(invocation, session)
      let service = try CommandFailure.lifting { () throws(KitError) in
        try DaemonService.requireManager()
        let service = try DaemonService.find(
          session, settings, isConfined: !invocation.flag("unconfined"))
        // Throws for what is not ours.
        _ = try service.file.text()
        return service
      }
      if invocation.flag("dry-run") { return wouldDo(service, settings, session.state.path) }
      guard invocation.flag("yes") else {
        throw CommandFailure(
          .refused,
          "this would write \(service.file.path) and let \(service.unit.manager.rawValue) run it",
          hint: ShellWord.line(["deaddrop"] + Environment.arguments.dropFirst() + ["--yes"]))
      }
      return try install(service, settings, session)
    }
  }

  /// What is saved, changed by what was given.
  private static func settings(
    _ invocation: Invocation, _ session: borrowing Session
  ) throws(CommandFailure) -> DaemonSettings {
    let emptied = ["on-message", "log"].filter { invocation.optionalText($0)?.isEmpty == true }
    var values = invocation.values
    for name in emptied { values[name] = nil }
    let options = try DaemonRunCommand.daemonOptions(
      Invocation(values: values, terminal: invocation.terminal))
    var settings = try CommandFailure.lifting { () throws(KitError) in
      try options.settings(session)
    }
    if emptied.contains("on-message") { settings.onMessage = nil }
    if emptied.contains("log") { settings.logPath = nil }
    // launchd keeps no journal.
    if ServiceUnit.Manager.current == .launchd, settings.logPath == nil {
      settings.logPath = session.state.path + "/daemon.log"
    }
    return settings
  }

  private static func wouldDo(
    _ service: DaemonService, _ settings: DaemonSettings, _ state: String
  ) -> Report {
    var lines: [Line] = ["would write \(service.file.path):"]
    lines += service.unit.text.split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast().map { Line(bar: String($0)) }
    lines.append("would write \(state)/\(DaemonSettings.name):")
    lines.append(Line(bar: String(decoding: JSONText.line(settings.object), as: UTF8.self)))
    lines += service.startLine.map { "would run: \(ShellWord.line($0))" }
    return Report(
      lines,
      json: [
        "path": .string(service.file.path), "unit": .string(service.unit.text),
        "settings": .object(settings.object), "installed": .bool(false),
      ])
  }

  private static func install(
    _ service: DaemonService, _ settings: DaemonSettings, _ session: borrowing Session
  ) throws(CommandFailure) -> Report {
    let before = try presence(session)
    let trouble = try CommandFailure.lifting { () throws(KitError) in
      try settings.save(session.state)
      try service.file.write(service.unit.text)
      return try service.start()
    }
    let path = service.file.path
    func json(_ isRunning: Bool) -> JSONObject {
      ["path": .string(path), "installed": .bool(true), "running": .bool(isRunning)]
    }
    if let trouble {
      var report = Report(["wrote \(path)"], json: json(before != nil), code: .system)
      let line = service.startLine.map { ShellWord.line($0) }.joined(separator: " && ")
      report.warn("\(service.unit.manager.rawValue) does not run it: \(trouble)")
      let run = ShellWord.deaddrop("daemon", "run", "--as", session.handle.name)
      report.note("where it does: \(line); until then: \(run)")
      return report
    }
    let deadline = MonotonicClock.deadline(after: patience)
    while try presence(session) == nil {
      guard MonotonicClock.now() < deadline else {
        var report = Report(["wrote \(path)"], json: json(false), code: .timedOut)
        report.warn("no daemon runs yet; what became of it: \(ShellWord.line(service.lookLine))")
        if service.unit.isConfined {
          report.note(
            "where user services cannot have a sandbox: "
              + ShellWord.deaddrop(
                "daemon", "install", "--unconfined", "--yes", "--as", session.handle.name))
        }
        return report
      }
      MonotonicClock.sleep(for: .milliseconds(20))
    }
    guard let before, try presence(session)?.processID == before.processID else {
      let manager = service.unit.manager.rawValue
      return Report(
        ["\(manager) runs the daemon of \(session.handle.name): \(path)"], json: json(true))
    }
    var report = Report(["wrote \(path)"], json: json(true))
    report.note(
      "process \(before.processID) was there before and still is; the service follows once it ends: "
        + ShellWord.deaddrop("daemon", "stop", "--as", session.handle.name))
    return report
  }

  private static func presence(
    _ session: borrowing Session
  ) throws(CommandFailure) -> DaemonPresence? {
    do { return try DaemonPresence.look(session.state) } catch { throw CommandFailure(error) }
  }
}
