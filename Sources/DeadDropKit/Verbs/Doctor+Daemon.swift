import Host
import Protocol
import Wire
import WireFormat

/// What doctor says of the agent's daemon and of its service.
extension Doctor {
  mutating func examineDaemon(_ agent: Handle, _ genesis: Genesis) {
    let path = places.state(wire: genesis.id, handle: agent)
    // Told already where it cannot be opened.
    guard let state = try? PrivateState.open(path) else { return }
    var settings: DaemonSettings?
    do { settings = try DaemonSettings.load(state) } catch {
      note("\(path)/\(DaemonSettings.name)", error)
    }
    do {
      let presence = try DaemonPresence.look(state)
      if let presence { examine(presence, of: agent) }
      let service = try examineService(agent, genesis, settings)
      guard presence == nil else { return }
      if let service {
        note(
          .warning, service.file.path, "installed, and no daemon runs for \(agent)",
          remedy: service.lookLine)
      } else {
        note(.ok, "daemon", "none runs for \(agent), and none need")
      }
    } catch { note(path, error) }
  }

  private mutating func examine(_ presence: DaemonPresence, of agent: Handle) {
    let since = presence.since.string.prefix(19) + "Z"
    note(.ok, "daemon", "process \(presence.processID) runs for \(agent) since \(since)")
    if let trouble = presence.trouble {
      note(
        .bad, "daemon", "kept from its work, and tries again: \(trouble)",
        remedy: ["deaddrop", "daemon", "status", "--as", agent.name])
    }
    guard presence.isPolling else { return }
    let limits = WatchLimits.current()
    let words = [
      limits.instances.map { "max_user_instances \($0)" },
      limits.watches.map { "max_user_watches \($0)" },
      limits.events.map { "max_queued_events \($0)" },
    ].compactMap { $0 }.joined(separator: ", ")
    if FileWatch().isPolling, let instances = limits.instances {
      note(
        .warning, "daemon",
        "looks every second: this account has no inotify instance left (\(words)); once it has, "
          + "a hang-up lets the daemon look again: kill -HUP \(presence.processID)",
        remedy: ["sudo", "sysctl", "fs.inotify.max_user_instances=\(max(1_024, 2 * instances))"])
    } else {
      note(
        .warning, "daemon", "looks every second: it got no inotify when it began (\(words))",
        remedy: ["kill", "-HUP", String(presence.processID)])
    }
  }

  /// The service, where one of ours is there; tells of what is wrong with it.
  private mutating func examineService(
    _ agent: Handle, _ genesis: Genesis, _ settings: DaemonSettings?
  ) throws(KitError) -> DaemonService? {
    let service: DaemonService
    do {
      service = try DaemonService.find(
        agent, on: genesis.id, in: path, places, settings ?? DaemonSettings())
    } catch {
      // Without a HOME there is no place for one.
      if error == .noHome { return nil }
      throw error
    }
    let text: String
    switch service.file.state {
    case .absent: return nil
    case .foreign(let why):
      note(
        .warning, service.file.path, "where a service of \(agent) would be: \(why)",
        remedy: ["ls", "-l", service.file.path])
      return nil
    case .ours(let found): text = found
    }
    let renewal = ["deaddrop", "daemon", "install", "--yes", "--as", agent.name]
    var unconfined = service.unit
    unconfined.isConfined = false
    let program = ServiceUnit.program(in: text)
    if let program, !Self.isProgram(program) {
      note(.bad, service.file.path, "its program \(program) is gone", remedy: renewal)
    } else if let program, program != service.unit.program {
      note(
        .warning, service.file.path,
        "runs \(program), and this is \(service.unit.program)", remedy: renewal)
    } else if settings != nil, text != service.unit.text, text != unconfined.text {
      note(
        .warning, service.file.path, "not what `daemon install` would write now", remedy: renewal)
    } else {
      note(.ok, service.file.path, "the service of \(agent)")
    }
    return service
  }

  private static func isProgram(_ path: String) -> Bool {
    guard let real = try? Environment.realPath(path), let slash = real.lastIndex(of: "/"),
      let parent = try? Directory.open("/" + real[..<slash], followLast: true),
      let status = try? parent.status(of: String(real[real.index(after: slash)...]))
    else { return false }
    return status.kind == .regular && status.mode & 0o111 != 0
  }
}
