#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What kind of thing a name stands for.
package enum FileKind: String, Sendable {
  case regular, directory, symbolicLink, pipe, socket, device, other
}

/// What the system knows about a file, from fstat(2).
package struct FileStatus: Equatable, Sendable {
  /// The type of the file, from the upper bits of `st_mode`.
  package var kind: FileKind
  /// The size.
  package var byteCount: Int64
  /// The numeric user.
  package var owner: UInt32
  /// The numeric group.
  package var group: UInt32
  /// The permission bits with setuid, setgid and sticky: at most `0o7777`.
  package var mode: UInt16
  /// The number of names; zero once it was removed while open.
  package var links: UInt64
  /// The device, which makes `inode` unique.
  package var device: UInt64
  /// The number of the file on its device.
  package var inode: UInt64
  /// Seconds since 1970 of the last change of content.
  package var modifiedSeconds: Int64
  /// Nanoseconds beyond `modifiedSeconds`.
  package var modifiedNanoseconds: Int64
  /// Seconds since 1970 of the last change of content or status, which no program can set.
  package var changedSeconds: Int64
  /// Nanoseconds beyond `changedSeconds`.
  package var changedNanoseconds: Int64

  /// A status made up by a test or a policy.
  package init(
    kind: FileKind, byteCount: Int64 = 0, owner: UInt32, group: UInt32 = 0, mode: UInt16,
    links: UInt64 = 1, device: UInt64 = 0, inode: UInt64 = 0, modifiedSeconds: Int64 = 0,
    modifiedNanoseconds: Int64 = 0, changedSeconds: Int64 = 0, changedNanoseconds: Int64 = 0
  ) {
    self.kind = kind
    self.byteCount = byteCount
    self.owner = owner
    self.group = group
    self.mode = mode
    self.links = links
    self.device = device
    self.inode = inode
    self.modifiedSeconds = modifiedSeconds
    self.modifiedNanoseconds = modifiedNanoseconds
    self.changedSeconds = changedSeconds
    self.changedNanoseconds = changedNanoseconds
  }

  /// Whether both are the same file on the same device.
  package func isSameFile(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }

  init(_ raw: stat) {
    #if canImport(Darwin)  // untested
      let (modified, changed) = (raw.st_mtimespec, raw.st_ctimespec)
    #else
      let (modified, changed) = (raw.st_mtim, raw.st_ctim)
    #endif
    self.init(
      kind: FileKind(mode: raw.st_mode), byteCount: Int64(raw.st_size), owner: raw.st_uid,
      group: raw.st_gid, mode: UInt16(raw.st_mode & 0o7777), links: UInt64(raw.st_nlink),
      device: UInt64(truncatingIfNeeded: raw.st_dev), inode: UInt64(raw.st_ino),
      modifiedSeconds: Int64(modified.tv_sec), modifiedNanoseconds: Int64(modified.tv_nsec),
      changedSeconds: Int64(changed.tv_sec), changedNanoseconds: Int64(changed.tv_nsec))
  }
}

extension FileKind {
  fileprivate init(mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .regular
    case S_IFDIR: self = .directory
    case S_IFLNK: self = .symbolicLink
    case S_IFIFO: self = .pipe
    case S_IFSOCK: self = .socket
    case S_IFCHR, S_IFBLK: self = .device
    default: self = .other
    }
  }
}
