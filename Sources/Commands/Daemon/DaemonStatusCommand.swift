import DeadDropKit
import Wire
import WireFormat

/// `deaddrop daemon status`: whether anybody is present for an agent.
enum DaemonStatusCommand: Command {
  static let name = "daemon status"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Say whether a daemon runs for this agent, and since when",
      examples: ["deaddrop daemon status"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withSession { (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let presence = try DaemonPresence.look(session.state)
        let saved = try DaemonSettings.load(session.state)
        let settings = presence?.settings ?? saved
        let doorbell = "\(session.state.path)/\(Doorbell.name)"
        let service = try service(session, saved)
        return Report(
          lines(presence, settings, session.handle.name, doorbell, service),
          json: json(presence, settings, doorbell, service))
      }
    }
  }

  /// The unit that `daemon install` made; nil where there is none.
  private static func service(
    _ session: borrowing Session, _ settings: DaemonSettings
  ) throws(KitError) -> String? {
    let service: DaemonService
    do { service = try DaemonService.find(session, settings) } catch {
      // Whoever has no HOME has no services either.
      if error == .noHome { return nil }
      throw error
    }
    guard case .ours = service.file.state else { return nil }
    return service.file.path
  }

  private static func lines(
    _ presence: DaemonPresence?, _ settings: DaemonSettings, _ handle: String, _ doorbell: String,
    _ service: String?
  ) -> [Line] {
    var lines: [Line] = []
    if let presence {
      let since = presence.since.string.prefix(19) + "Z"
      lines.append(
        "\(handle, .strong) has a daemon since \(String(since)), process \(Int(presence.processID))"
      )
      lines.append(
        presence.isPolling
          ? Line("  looks every second: the system does not tell of all changes here", .caution)
          : "  is woken by changes")
      if let trouble = presence.trouble {
        lines.append(Line("  trouble, tried again: \(trouble)", .bad))
      }
    } else {
      let run = ShellWord.deaddrop("daemon", "run", "--as", handle)
      lines.append("\(handle, .strong) has no daemon: \(run)")
    }
    let install = ShellWord.deaddrop("daemon", "install", "--as", handle)
    lines.append(service.map { "  service \($0)" } ?? "  no service: \(install)")
    lines.append("  doorbell \(doorbell)")
    if let command = settings.onMessage {
      lines.append("  on each message, for at most \(settings.onMessageSeconds) s: \(command)")
    }
    if let path = settings.logPath { lines.append("  log \(path)") }
    return lines
  }

  private static func json(
    _ presence: DaemonPresence?, _ settings: DaemonSettings, _ doorbell: String, _ service: String?
  ) -> JSONObject {
    [
      "running": .bool(presence != nil),
      "pid": presence.map { .integer(Int($0.processID)) },
      "since": presence.map { .string($0.since.string) },
      "polling": presence.map { .bool($0.isPolling) },
      "trouble": presence?.trouble.map { .string($0) },
      "doorbell": .string(doorbell), "on_message": settings.onMessage.map { .string($0) },
      "on_message_seconds": settings.onMessage.map { _ in .integer(settings.onMessageSeconds) },
      "log": settings.logPath.map { .string($0) }, "service": service.map { .string($0) },
    ]
  }
}
