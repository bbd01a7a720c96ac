import Host
import WireFormat

/// The hook that git runs before a commit: ours alone, or one line of ours in somebody's script.
package struct GitHook {
  package enum State: Equatable, Sendable {
    case absent
    /// The whole file is ours.
    case ours
    /// Somebody's script, with our line in it.
    case chained
    /// Somebody's script, in which our line can stand second.
    case chainable
    /// Something to which nothing can be added safely, with a clause that says why.
    case foreign(String)
  }

  package static let name = "pre-commit"
  /// What a person adds by hand where it cannot be added safely.
  package static let line = "deaddrop hook pre-commit || exit $?"
  private static let script = "#!/bin/sh\nexec deaddrop hook pre-commit\n"
  private static let shells = ["sh", "bash", "dash", "ksh", "zsh"]

  private let folder: String
  package var path: String { "\(folder)/\(Self.name)" }
  private let text: String
  private let permissions: UInt16
  package let state: State
  /// Whether git runs it.
  package var isExecutable: Bool { permissions & 0o100 != 0 }
  package static let asleep = "it cannot be executed, so git does not run it"

  /// Looks at the hook of the repository around the current directory, core.hooksPath honoured.
  ///
  /// Throws where that setting leads out of the repository: other repositories would run it too.
  package static func find() throws(KitError) -> GitHook {
    let here = try KitError.lifting { () throws(HostError) in try Environment.currentDirectory() }
    func path(_ words: String...) throws(KitError) -> String {
      let line = try Git.line(["rev-parse"] + words) ?? ""
      return WireLocation.normal(WireLocation.absolute(line, from: here))
    }
    let folder = try path("--git-path", "hooks")
    let homes = [try path("--git-common-dir"), try path("--show-toplevel")]
    guard let home = homes.first(where: { folder.hasPrefix($0 + "/") }) else {
      throw .hookNotOurs(
        "\(folder)/\(name)", "core.hooksPath leads out of this repository, and others share it")
    }
    if try hasLink(folder.dropFirst(home.count + 1), in: home) {
      throw .hookNotOurs("\(folder)/\(name)", "its directory is a link, and others may share it")
    }
    return try GitHook(folder)
  }

  /// Whether a directory on the way from the repository to the hook is a link.
  private static func hasLink(_ way: Substring, in home: String) throws(KitError) -> Bool {
    try KitError.lifting { () throws(HostError) in
      var directory = try Directory.open(home, followLast: true)
      for part in way.split(separator: "/").map(String.init) {
        guard let status = try directory.status(of: part) else { return false }
        if status.kind == .symbolicLink { return true }
        directory = try directory.openSubdirectory(part)
      }
      return false
    }
  }

  private init(_ folder: String) throws(KitError) {
    self.folder = folder
    (text, permissions, state) = try Self.look(folder)
  }

  private static func look(_ folder: String) throws(KitError) -> (String, UInt16, State) {
    try KitError.lifting { () throws(HostError) in
      let directory: Directory
      do throws(HostError) { directory = try Directory.open(folder, followLast: true) } catch {
        if error.isNotFound { return ("", 0o755, .absent) }
        throw error
      }
      guard let status = try directory.status(of: name) else { return ("", 0o755, .absent) }
      guard status.kind == .regular else { return ("", 0, .foreign("it is no regular file")) }
      let bytes = try directory.readFile(name, limit: 1 << 20, policy: .anyOwner) ?? []
      let text = String(decoding: bytes, as: UTF8.self)
      let isText = Array(text.utf8) == bytes
      return (
        text, status.mode & 0o777, isText ? state(of: text, status.mode) : .foreign("it is no text")
      )
    }
  }

  private static func state(of text: String, _ mode: UInt16) -> State {
    if text == script { return .ours }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.count > 1, lines[1] == line { return .chained }
    guard mode & 0o100 != 0 else { return .foreign(asleep) }
    guard let first = lines.first, lines.count > 1, first.hasPrefix("#!"), !first.hasSuffix("\r"),
      !first.hasSuffix("\r\n"), let shell = interpreter(first.dropFirst(2)), shells.contains(shell)
    else { return .foreign("it is no script of a shell") }
    return .chainable
  }

  /// The program that a first line names, also by way of env.
  private static func interpreter(_ words: Substring) -> String? {
    let words = words.split(separator: " ")
    let isEnv = words.first?.hasSuffix("/env") ?? false
    guard let program = isEnv ? words.dropFirst().first : words.first else { return nil }
    return program.split(separator: "/").last.map(String.init)
  }

  /// Makes the hook, or puts the line behind the first of a script, so that no exit comes before it.
  package func install() throws(KitError) {
    switch state {
    case .ours where isExecutable: return
    case .chained:
      if !isExecutable { throw .hookNotOurs(path, Self.asleep) }
    case .foreign(let why): throw .hookNotOurs(path, why)
    case .absent, .ours: try write(Self.script, permissions: 0o755)
    case .chainable:
      guard let end = text.utf8.firstIndex(of: UInt8(ascii: "\n")) else { return }
      try write(
        text[...end] + Self.line + "\n" + text[text.utf8.index(after: end)...],
        permissions: permissions)
    }
  }

  /// Takes away exactly what `install` made; false where there is nothing of ours.
  package func uninstall() throws(KitError) -> Bool {
    switch state {
    case .absent, .foreign, .chainable: return false
    case .ours:
      try KitError.lifting { () throws(HostError) in
        try Directory.open(folder, followLast: true).unlink(Self.name)
      }
    case .chained:
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      lines.remove(at: 1)
      try write(lines.joined(separator: "\n"), permissions: permissions)
    }
    return true
  }

  private func write(_ text: some StringProtocol, permissions: UInt16) throws(KitError) {
    try KitError.lifting { () throws(HostError) in
      try Directory.createPath(folder, permissions: 0o755)
        .replaceFile(
          Self.name, with: Array(text.utf8), permissions: permissions, durable: false)
    }
  }
}
