package import Host
package import Wire

/// How the wire directory is found, as git finds a repository.
package enum WireLocation {
  package static let directoryName = "_coordination"

  /// `--dir`, else DEADDROP_DIR, else the nearest `_coordination` from here upward.
  ///
  /// From inside a linked git worktree that is the one of the main work tree.
  package static func find(explicit: String?) throws(KitError) -> String {
    let here = try KitError.lifting { () throws(HostError) in try Environment.currentDirectory() }
    if let path = explicit ?? Environment.value("DEADDROP_DIR") {
      return absolute(path, from: here)
    }
    var path = here
    while true {
      let candidates = [GitWorkTree.main(of: path), path].compactMap { $0 }
      for parent in candidates where holdsWire(parent) { return join(parent, directoryName) }
      guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), path != "/" else {
        throw .noWire(searchedFrom: here)
      }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
  }

  /// Where `init` makes one: `--dir`, else in the main git work tree, else here.
  package static func forNew(explicit: String?) throws(KitError) -> String {
    let here = try KitError.lifting { () throws(HostError) in try Environment.currentDirectory() }
    if let path = explicit ?? Environment.value("DEADDROP_DIR") {
      return absolute(path, from: here)
    }
    return join(GitWorkTree.enclosing(here)?.root ?? here, directoryName)
  }

  package static func absolute(_ path: String, from here: String) -> String {
    var full = path.hasPrefix("/") ? path : join(here, path)
    while full.count > 1, full.hasSuffix("/") { full.removeLast() }
    return full
  }

  /// The path without `.` and `..`, by its letters alone.
  static func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  static func join(_ parent: String, _ name: String) -> String {
    parent == "/" ? "/" + name : parent + "/" + name
  }

  private static func holdsWire(_ parent: String) -> Bool {
    guard let directory = try? Directory.open(parent, followLast: true),
      let status = try? directory.status(of: directoryName)
    else { return false }
    // A link is found too, so that it can be refused by name instead of passed over.
    return status.kind == .directory || status.kind == .symbolicLink
  }
}

extension SharedDirectory {
  /// Whether a path, there or not yet, is the wire's directory or lies in it, whatever links and dots
  /// it is spelled with.
  package func holds(_ path: String) throws(KitError) -> Bool {
    try KitError.lifting { () throws(HostError) in
      let own = try directory.status()
      var place = path
      while (try? Directory.open(place, followLast: true)) == nil, place != "/" {
        let slash = place.utf8.lastIndex(of: UInt8(ascii: "/")) ?? place.startIndex
        place = slash == place.startIndex ? "/" : String(place[..<slash])
      }
      while true {
        let status = try Directory.open(place, followLast: true).status()
        if status.isSameFile(as: own) { return true }
        // The system knows the parent; the letters of a path with links do not.
        place += "/.."
        if try Directory.open(place, followLast: true).status().isSameFile(as: status) {
          return false
        }
      }
    }
  }
}

/// What deaddrop needs to know of git's files: where the main work tree is; runs no git.
package enum GitWorkTree {
  private static let fileLimit = 1 << 16

  /// The main work tree that a directory, itself the root of a work tree, belongs to.
  static func main(of path: String) -> String? {
    guard let directory = try? Directory.open(path, followLast: true),
      let status = try? directory.status(of: ".git"), status.kind == .regular,
      let gitDirectory = pointer(in: directory, ".git", prefix: "gitdir: ", from: path),
      let linked = try? Directory.open(gitDirectory, followLast: true),
      let common = pointer(in: linked, "commondir", prefix: "", from: gitDirectory)
    else { return nil }
    return common.hasSuffix("/.git") ? String(common.dropLast("/.git".count)) : nil
  }

  /// The work tree around a directory: the main one's root, and git's own directory.
  package static func enclosing(_ path: String) -> (root: String, gitDirectory: String)? {
    var current = path
    while true {
      if let directory = try? Directory.open(current, followLast: true),
        let status = try? directory.status(of: ".git")
      {
        if status.kind == .directory { return (current, WireLocation.join(current, ".git")) }
        if let main = main(of: current) { return (main, WireLocation.join(main, ".git")) }
      }
      guard let slash = current.utf8.lastIndex(of: UInt8(ascii: "/")), current != "/" else {
        return nil
      }
      current = slash == current.startIndex ? "/" : String(current[..<slash])
    }
  }

  private static func pointer(
    in directory: borrowing Directory, _ name: String, prefix: String, from base: String
  ) -> String? {
    guard let bytes = try? directory.readFile(name, limit: fileLimit, policy: .anyOwner) else {
      return nil
    }
    var text = String(decoding: bytes, as: UTF8.self)
    while text.hasSuffix("\n") || text.hasSuffix("\r") { text.removeLast() }
    guard text.hasPrefix(prefix) else { return nil }
    return WireLocation.normal(
      WireLocation.absolute(String(text.dropFirst(prefix.count)), from: base))
  }

  /// Keeps git from seeing the wire; true when a line was added to `.git/info/exclude`.
  package static func exclude(_ wire: String) throws(HostError) -> Bool {
    guard let slash = wire.lastIndex(of: "/"), let tree = enclosing(String(wire[..<slash])),
      wire.hasPrefix(tree.root + "/")
    else { return false }
    let line = wire.dropFirst(tree.root.count) + "/"
    let git = try Directory.open(tree.gitDirectory, followLast: true)
    do {
      try git.createSubdirectory("info", permissions: 0o755)
    } catch {
      if !error.isExists { throw error }
    }
    let info = try git.openSubdirectory("info")
    let held = try info.readFile("exclude", limit: 1 << 20, policy: .anyOwner) ?? []
    let text = String(decoding: held, as: UTF8.self)
    if text.split(separator: "\n").contains(line) { return false }
    let separator = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
    try info.replaceFile(
      "exclude", with: Array((text + separator + line + "\n").utf8), permissions: 0o644,
      durable: false)
    return true
  }
}
