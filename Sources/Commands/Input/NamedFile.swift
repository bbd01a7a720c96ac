import DeadDropKit
package import Host

/// Files that a person names on the command line, by any path.
package enum NamedFile {
  /// The whole content of a regular file; a link as its last component is refused.
  ///
  /// Throws a `system` failure when there is none, and `refused` beyond `limit` bytes.
  package static func read(
    _ path: String, limit: Int, policy: FilePolicy = .anyOwner
  ) throws(CommandFailure) -> [UInt8] {
    let (parent, name) = split(path)
    let bytes: [UInt8]?
    do {
      let directory = try Directory.open(parent, followLast: true)
      bytes = try directory.readFile(name, limit: limit, policy: policy)
    } catch {
      throw CommandFailure(error)
    }
    guard let bytes else { throw absent(path) }
    return bytes
  }

  /// The path from the root, for what does not start at the current directory.
  static func absolute(_ path: String) throws(CommandFailure) -> String {
    do {
      return WireLocation.absolute(path, from: try Environment.currentDirectory())
    } catch { throw CommandFailure(error) }
  }

  static func absent(_ path: String) -> CommandFailure {
    CommandFailure(.system, "\(path): no such file")
  }

  /// The directory of a path and the name in it.
  static func split(_ path: String) -> (parent: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let name = String(path[path.utf8.index(after: slash)...])
    return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
  }
}
