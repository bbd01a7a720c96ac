import Host
import Protocol
import Wire
package import WireFormat

/// The service of one agent's daemon: what it should be, what stands in its place, and the program
/// that runs it.
package struct DaemonService {
  package let unit: ServiceUnit
  package let file: ServiceFile

  /// For these settings, by this very program, with the private places of this process.
  ///
  /// Throws `noHome`, or `unwritable` for a path that stands in no unit.
  package static func find(
    _ handle: Handle, on wire: Bytes32, in directory: String, _ places: PrivatePlaces,
    _ settings: DaemonSettings, isConfined: Bool = true
  ) throws(KitError) -> DaemonService {
    var unit = try KitError.lifting { () throws(HostError) in
      ServiceUnit(
        .current, handle, on: wire, program: try Environment.program(),
        directory: try Environment.realPath(directory))
    }
    unit.writablePlaces = [places.keys, places.state(wire: wire, handle: handle)]
    if let log = settings.logPath, let slash = log.lastIndex(of: "/"), slash != log.startIndex {
      unit.writablePlaces.append(String(log[..<slash]))
    }
    for name in ["DEADDROP_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
      unit.variables[name] = Environment.value(name)
    }
    unit.isConfined = isConfined && settings.onMessage == nil
    if let text = unit.unwritable { throw .unwritable(text) }
    return DaemonService(unit: unit, file: try ServiceFile.find(unit))
  }

  /// The same of an opened agent.
  package static func find(
    _ session: borrowing Session, _ settings: DaemonSettings, isConfined: Bool = true
  ) throws(KitError) -> DaemonService {
    try find(
      session.handle, on: session.genesis.id, in: session.shared.path, session.places, settings,
      isConfined: isConfined)
  }

  /// What `write` would put in the place of what stands there.
  package var isCurrent: Bool { file.state == .ours(unit.text) }

  /// Whether the manager is one that this machine has; it need not be running.
  package static func requireManager() throws(KitError) {
    let words =
      switch ServiceUnit.Manager.current {
      case .systemd: ["systemctl", "--version"]
      case .launchd: ["launchctl", "version"]
      }
    do throws(HostError) { _ = try ChildProgram(words).run() } catch {
      if error.isNotFound { throw .noServiceManager }
      throw .host(error)
    }
  }

  /// Lets the manager run it, now and at each login, anew where it runs already.
  ///
  /// Gives what the manager said where it did not do so.
  package func start() throws(KitError) -> String? {
    switch unit.manager {
    case .systemd:
      for words in [["daemon-reload"], ["enable", file.name], ["restart", file.name]] {
        if let trouble = try Self.ask(["systemctl", "--user"] + words) { return trouble }
      }
      return nil
    case .launchd:
      // It may not be loaded.
      _ = try Self.ask(["launchctl", "bootout", "\(Self.domain)/\(unit.label)"])
      return try Self.ask(["launchctl", "bootstrap", Self.domain, file.path])
    }
  }

  /// Ends what runs by a file of ours and takes the file away, whatever the manager says.
  ///
  /// Gives what the manager said where it did not do its part.
  package static func remove(
    _ file: ServiceFile, _ manager: ServiceUnit.Manager = .current
  ) throws(KitError) -> String? {
    switch manager {
    case .systemd:
      let trouble = try ask(["systemctl", "--user", "disable", "--now", file.name])
      try file.remove()
      if let trouble { return trouble }
      return try ask(["systemctl", "--user", "daemon-reload"])
    case .launchd:
      let label = file.name.dropLast(manager.ending.count)
      let trouble = try ask(["launchctl", "bootout", "\(domain)/\(label)"])
      try file.remove()
      return trouble
    }
  }

  /// What a person types to do the same as `start`, and to see what came of it.
  package var startLine: [[String]] {
    switch unit.manager {
    case .systemd:
      [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", "--now", file.name],
      ]
    case .launchd: [["launchctl", "bootstrap", Self.domain, file.path]]
    }
  }
  package var lookLine: [String] {
    switch unit.manager {
    case .systemd: ["systemctl", "--user", "status", file.name]
    case .launchd: ["launchctl", "print", "\(Self.domain)/\(unit.label)"]
    }
  }

  private static var domain: String { "gui/\(Environment.effectiveUser)" }

  /// Nil where the program ended with 0; else its first line, or how it ended.
  private static func ask(_ words: [String]) throws(KitError) -> String? {
    var program = ChildProgram(words)
    program.environment = ["LC_ALL": "C", "SYSTEMD_COLORS": "0"]
    program.timeLimit = .seconds(30)
    do throws(HostError) {
      let outcome = try program.run()
      if outcome.code == 0 { return nil }
      let said = String(decoding: outcome.errors, as: UTF8.self).split(separator: "\n").first
      return said.map(String.init) ?? "\(words[0]) ended with \(outcome.code ?? -1)"
    } catch {
      if error.isNotFound { throw .noServiceManager }
      return error.description
    }
  }
}
