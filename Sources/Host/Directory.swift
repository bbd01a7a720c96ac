#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The names in a directory.
package struct DirectoryListing: Equatable, Sendable {
  /// The names that are UTF-8, without `.` and `..`.
  package var names: [String]
  /// How many names are not UTF-8; none of ours is, so they are counted and left alone.
  package var undecodableCount: Int
}

/// An open directory, from which names are reached without walking a path again.
///
/// Every name given to it is one path component: `badName` is thrown for anything else.
package struct Directory: ~Copyable {
  let descriptor: Descriptor
  /// Where it was when it was opened, for error words.
  package let path: String

  var number: Int32 { descriptor.number }

  /// Opens a path; a link as its last component is refused unless `followLast`.
  ///
  /// A relative path starts at the current directory. Links before the last component are
  /// followed. Throws `refused` with `symbolicLink`, or what open(2) says.
  package static func open(_ path: String, followLast: Bool) throws(HostError) -> Directory {
    if path.isEmpty || path.utf8.contains(0) { throw .badName(path) }
    return try open(path, at: Kernel.currentDirectory, path: path, follow: followLast)
  }

  /// Opens a directory in this one by openat(2); a link is refused.
  package func openSubdirectory(_ name: String) throws(HostError) -> Directory {
    try Self.open(name, at: number, path: path(of: name), follow: false)
  }

  private static func open(
    _ name: String, at base: Int32, path: String, follow: Bool
  ) throws(HostError) -> Directory {
    do {
      let flags = Kernel.directoryFlags | (follow ? 0 : O_NOFOLLOW)
      let descriptor = try Kernel.openName(name, at: base, path: path, flags: flags)
      return Directory(descriptor: descriptor, path: path)
    } catch {
      // Linux reports ENOTDIR for a link here, other systems ELOOP.
      guard !follow, error.code == ENOTDIR || error.code == ELOOP,
        let status = try? Kernel.status(name, at: base, path: path), status.kind != .directory
      else { throw error }
      throw .refused(path, status.kind == .symbolicLink ? .symbolicLink : .notDirectory)
    }
  }

  /// Makes a directory by mkdirat(2); the umask applies to the permissions.
  package func createSubdirectory(
    _ name: String, permissions: UInt16
  ) throws(HostError) {
    try Kernel.makeDirectory(name, at: number, mode: permissions, path: path(of: name))
  }

  /// The UTF-8 names in it but `.` and `..`, in ascending order of their bytes.
  package func names() throws(HostError) -> [String] { try listing().names }

  /// The names in it in ascending order of their bytes, and how many could not be read.
  package func listing() throws(HostError) -> DirectoryListing {
    var listing = try Kernel.entries(of: number, path: path)
    listing.names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return listing
  }

  /// The facts about a name in it, of a link and not of its target; nil when there is none.
  package func status(of name: String) throws(HostError) -> FileStatus? {
    let path = try path(of: name)
    do {
      return try Kernel.status(name, at: number, path: path)
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }

  /// The facts about this directory itself.
  package func status() throws(HostError) -> FileStatus {
    try Kernel.status(number, path: path)
  }

  /// Whether its path still stands for the directory that is open.
  package var isInPlace: Bool {
    guard let named = try? Directory.open(path, followLast: false), let there = try? named.status(),
      let held = try? status()
    else { return false }
    return there.device == held.device && there.inode == held.inode
  }

  /// Checks the opened directory against a policy, and gives the status it was judged by.
  ///
  /// Throws `refused`.
  @discardableResult
  package func require(_ policy: FilePolicy) throws(HostError) -> FileStatus {
    let status = try status()
    if let refusal = policy.refusal(of: status, user: Environment.effectiveUser) {
      throw .refused(path, refusal)
    }
    return status
  }

  /// Sets the permission bits of this directory by fchmod(2), whatever the umask.
  package func setPermissions(_ permissions: UInt16) throws(HostError) {
    try Kernel.setMode(number, permissions, path: path)
  }

  /// Gives this directory to a group, with these permission bits: fchown(2), fchmod(2).
  ///
  /// Throws EPERM where the account is not in the group; for a directory that was the group's
  /// already the kernel then drops setgid in silence, so it is looked at.
  package func give(to group: UInt32, permissions: UInt16) throws(HostError) {
    if try status().group != group { try Kernel.setGroup(number, group, path: path) }
    try setPermissions(permissions)
    guard try status().mode == permissions else {
      throw .system(SystemError(call: .chmod, path: path, code: EPERM))
    }
  }

  /// Gives a file in it another name, in place of what had that name: renameat(2).
  package func rename(_ old: String, to new: String) throws(HostError) {
    let path = try path(of: new)
    _ = try self.path(of: old)
    try Kernel.renameName(old, to: new, at: number, path: path)
  }

  /// Moves a file of it into another directory under a name that must be free: renameat2(2).
  ///
  /// Throws EEXIST where there is one, which is left alone.
  package func move(
    _ name: String, to other: borrowing Directory, as new: String
  ) throws(HostError) {
    let path = try other.path(of: new)
    _ = try self.path(of: name)
    try Kernel.renameToNew(name, at: number, to: new, at: other.number, path: path)
  }

  /// Removes a name that is not a directory: unlinkat(2).
  package func unlink(_ name: String) throws(HostError) {
    try Kernel.removeName(name, at: number, path: path(of: name))
  }

  /// Waits until the names in it are on disk: fsync(2).
  ///
  /// A file system that cannot do that to a directory (EINVAL, ENOTSUP) is left alone.
  package func synchronize() throws(HostError) {
    do {
      try Kernel.flushAll(number, path: path)
    } catch {
      if error.code != EINVAL && error.code != ENOTSUP { throw error }
    }
  }

  /// The path of a name in this directory, for error words; throws `badName`.
  package func path(of name: String) throws(HostError) -> String {
    if name.isEmpty || name == "." || name == ".." { throw .badName(name) }
    if name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") }) { throw .badName(name) }
    return path.hasSuffix("/") ? path + name : path + "/" + name
  }
}
