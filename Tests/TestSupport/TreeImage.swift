import Foundation
import Host

/// All files and directories below a directory, to be put back as they were.
package struct TreeImage: Hashable, Sendable {
  package struct File: Hashable, Sendable {
    package var bytes: [UInt8]
    package var mode: UInt16

    package init(bytes: [UInt8], mode: UInt16) {
      self.bytes = bytes
      self.mode = mode
    }
  }

  /// By path from the root on, without a slash at the front.
  package var files: [String: File] = [:]
  package var directories: [String: UInt16] = [:]

  package init() {}

  /// What is there now; a file of another kind than these two is not expected.
  package init(of root: String) throws {
    try Self.walk(root) { name, directory, path, status in
      if status.kind == .directory { directories[path] = status.mode }
      guard status.kind == .regular else { return }
      let file = try OpenFile.open(name, in: directory, mode: .read)
      let bytes = try file.read(at: 0, count: Int(status.byteCount))
      files[path] = File(bytes: bytes, mode: status.mode)
    }
  }

  /// Makes the files below the directory these and no others.
  ///
  /// A file that is there under the same name keeps its inode, as a log does over a power cut.
  package func restore(to root: String) throws {
    var present: Set<String> = []
    try Self.walk(root) { name, directory, path, status in
      let isWanted = status.kind == .directory ? directories[path] != nil : files[path] != nil
      if isWanted {
        present.insert(path)
      } else {
        try FileManager.default.removeItem(atPath: root + "/" + path)
      }
    }
    for path in directories.keys.sorted() {
      let (parent, name) = Self.split(path, below: root)
      let directory = try Directory.open(parent, followLast: true)
      if !present.contains(path) {
        try directory.createSubdirectory(name, permissions: 0o700)
        try directory.openSubdirectory(name).setPermissions(directories[path] ?? 0o700)
      }
    }
    for (path, wanted) in files {
      let (parent, name) = Self.split(path, below: root)
      let directory = try Directory.open(parent, followLast: true)
      let file = try OpenFile.open(
        name, in: directory, mode: present.contains(path) ? .readWrite : .createExclusive)
      let status = try file.status()
      if status.mode != wanted.mode { try file.setPermissions(wanted.mode) }
      if try file.read(at: 0, count: Int(status.byteCount)) == wanted.bytes { continue }
      if status.byteCount != 0 { try file.truncate(to: 0) }
      try file.writeWhole(wanted.bytes)
    }
  }

  private static func split(_ path: String, below root: String) -> (String, String) {
    let full = root + "/" + path
    guard let slash = full.lastIndex(of: "/") else { return (root, path) }
    return (String(full[..<slash]), String(full[full.index(after: slash)...]))
  }

  /// Visits all that is below the directory, parents before what they hold.
  private static func walk(
    _ root: String, _ body: (String, borrowing Directory, String, FileStatus) throws -> Void
  ) throws {
    var open = [""]
    while let folder = open.popLast() {
      let directory: Directory
      do { directory = try Directory.open(root + "/" + folder, followLast: true) } catch {
        // It was removed by the visit of its parent.
        if error.isNotFound { continue }
        throw error
      }
      for name in try directory.names() {
        guard let status = try directory.status(of: name) else { continue }
        let path = folder.isEmpty ? name : folder + "/" + name
        if status.kind == .directory { open.append(path) }
        try body(name, directory, path, status)
      }
    }
  }
}
