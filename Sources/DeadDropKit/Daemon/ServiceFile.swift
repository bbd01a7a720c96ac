import Host
import WireFormat

/// The file in which a service manager looks for a unit, and what stands there now.
package struct ServiceFile {
  package enum State: Equatable, Sendable {
    case absent
    /// Made by deaddrop, with its text.
    case ours(String)
    /// Left alone, with a clause that says why.
    case foreign(String)
  }

  /// Where the account keeps files of this kind; links on the way there are the account's.
  private let base: String
  /// The directories from there on, none of which may be a link.
  private let parts: [String]
  package let name: String
  package let state: State

  package var path: String { "\(folder)/\(name)" }
  private var folder: String { ([base] + parts).joined(separator: "/") }

  /// systemd makes a link of the unit's name in it for what is to run at login.
  private static let wanted = "default.target.wants"
  private static let byteLimit = 1 << 16

  package static func find(_ unit: ServiceUnit) throws(KitError) -> ServiceFile {
    let (base, parts) = try place(of: unit.manager)
    let state = try KitError.lifting { () throws(HostError) in
      try look(base, parts, unit.fileName)
    }
    return ServiceFile(base: base, parts: parts, name: unit.fileName, state: state)
  }

  /// All files of ours whose wire has no directory any more.
  package static func abandoned(
    _ manager: ServiceUnit.Manager
  ) throws(KitError) -> [ServiceFile] {
    let (base, parts) = try place(of: manager)
    return try KitError.lifting { () throws(HostError) in
      let folder = ([base] + parts).joined(separator: "/")
      let names = try find(folder)?.names() ?? []
      var found: [ServiceFile] = []
      for name in names where ServiceUnit.isFileName(name, of: manager) {
        let state = try look(base, parts, name)
        guard case .ours(let text) = state, let wire = ServiceUnit.directory(in: text),
          try find(wire) == nil
        else { continue }
        found.append(ServiceFile(base: base, parts: parts, name: name, state: state))
      }
      return found
    }
  }

  private static func place(
    of manager: ServiceUnit.Manager
  ) throws(KitError) -> (String, [String]) {
    let home = Environment.value("HOME")
    let base: String?
    let parts: [String]
    switch manager {
    case .systemd:
      base = Environment.value("XDG_CONFIG_HOME") ?? home.map { $0 + "/.config" }
      parts = ["systemd", "user"]
    case .launchd: (base, parts) = (home, ["Library", "LaunchAgents"])
    }
    guard let base else { throw .noHome }
    guard base.hasPrefix("/") else { throw .notAbsolute(base) }
    return (base, parts)
  }

  private static func look(
    _ base: String, _ parts: [String], _ name: String
  ) throws(HostError) -> State {
    guard var directory = try find(base) else { return .absent }
    for part in parts {
      guard let status = try directory.status(of: part) else { return .absent }
      guard status.kind == .directory else {
        return .foreign("\(try directory.path(of: part)) is a link or no directory")
      }
      directory = try directory.openSubdirectory(part)
    }
    // Who can write there says already what runs.
    try directory.require(FilePolicy(kind: .directory, owner: .own, forbiddenMode: 0o002))
    guard let status = try directory.status(of: name) else { return .absent }
    guard status.kind == .regular else { return .foreign("it is no regular file") }
    let bytes = try directory.readFile(name, limit: byteLimit, policy: .anyOwner) ?? []
    let text = String(decoding: bytes, as: UTF8.self)
    let isMarked = text.split(separator: "\n").prefix(3).contains { line in
      Array(line.utf8).holds(Array(ServiceUnit.marker.utf8))
    }
    return isMarked ? .ours(text) : .foreign("deaddrop did not make it")
  }

  private static func find(_ path: String) throws(HostError) -> Directory? {
    do { return try Directory.open(path, followLast: true) } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }

  /// The text of what is ours; nil where nothing is.
  ///
  /// Throws `serviceNotOurs`.
  package func text() throws(KitError) -> String? {
    switch state {
    case .absent: return nil
    case .ours(let text): return text
    case .foreign(let why): throw .serviceNotOurs(path, why)
    }
  }

  /// Puts a text there at once, durably; what is not ours is left alone.
  package func write(_ text: String) throws(KitError) {
    _ = try self.text()
    try KitError.lifting { () throws(HostError) in
      try Directory.createPath(folder, permissions: 0o755)
        .replaceFile(name, with: Array(text.utf8), permissions: 0o644, durable: true)
    }
  }

  /// Takes away what `write` made, and the link that systemd made to it.
  package func remove() throws(KitError) {
    guard try text() != nil else { return }
    try KitError.lifting { () throws(HostError) in
      let directory = try Directory.open(folder, followLast: false)
      // Where no manager was there to disable it.
      if try directory.status(of: Self.wanted)?.kind == .directory {
        let wanted = try directory.openSubdirectory(Self.wanted)
        if try wanted.status(of: name)?.kind == .symbolicLink { try wanted.unlink(name) }
      }
      try directory.unlink(name)
      try directory.synchronize()
    }
  }
}
