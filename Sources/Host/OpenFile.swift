#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a file is opened for, and whether it may come into being.
package enum OpenMode: Sendable, CaseIterable {
  /// Reading a file that exists.
  case read
  /// Reading and writing a file that exists.
  case readWrite
  /// Reading and writing, created when absent: for lock files.
  case readWriteCreate
  /// Reading and appending, created when absent.
  case append
  /// Reading and appending to a file that exists.
  case appendExisting
  /// Reading and appending to a file that must not exist yet.
  case appendExclusive
  /// Reading and writing a file that must not exist yet.
  case createExclusive

  fileprivate var flags: Int32 {
    switch self {
    case .read: O_RDONLY
    case .readWrite: O_RDWR
    case .readWriteCreate: O_RDWR | O_CREAT
    case .append: O_RDWR | O_APPEND | O_CREAT
    case .appendExisting: O_RDWR | O_APPEND
    case .appendExclusive: O_RDWR | O_APPEND | O_CREAT | O_EXCL
    case .createExclusive: O_RDWR | O_CREAT | O_EXCL
    }
  }
}

/// A descriptor with one owner, closed when it goes; a lock held on it goes with it.
package struct OpenFile: ~Copyable, Sendable {
  let descriptor: Descriptor
  /// Where it was when it was opened, for error words.
  package let path: String

  /// Opens one name in a directory by openat(2), never through a link and never waiting.
  ///
  /// Flags are always `O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK|O_NOCTTY`. The umask applies to
  /// `permissions`, which matter only when the file is created. Throws `badName`, `refused` with
  /// `symbolicLink`, or what openat says; a pipe or a device may open: ask `require`.
  package static func open(
    _ name: String, in directory: borrowing Directory, mode: OpenMode,
    permissions: UInt16 = 0o600
  ) throws(HostError) -> OpenFile {
    let path = try directory.path(of: name)
    do {
      let descriptor = try Kernel.openName(
        name, at: directory.number, path: path,
        flags: mode.flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode: permissions)
      return OpenFile(descriptor: descriptor, path: path)
    } catch {
      switch error.code {
      case ELOOP: throw .refused(path, .symbolicLink)
      // A directory that is opened for writing; a socket, or a pipe that nobody reads.
      case EISDIR, ENXIO: throw .refused(path, .notRegular)
      default: break
      }
      throw error
    }
  }

  /// Opens a name for reading; nil when there is nothing of that name.
  package static func find(
    _ name: String, in directory: borrowing Directory
  ) throws(HostError) -> OpenFile? {
    do {
      return try open(name, in: directory, mode: .read)
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }

  /// The facts of fstat(2), of this very file whatever its name stands for by now.
  package func status() throws(HostError) -> FileStatus {
    try Kernel.status(descriptor.number, path: path)
  }

  /// Checks the opened file against a policy, and gives the status it was judged by.
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

  /// Checks the opened file against a policy, and that its name still stands for it and for no other.
  ///
  /// A second name of a file elsewhere, opened and removed before the first look, leaves a file of
  /// one name that is not the one meant. Throws `refused`.
  @discardableResult
  package func require(
    _ policy: FilePolicy, named name: String, in directory: borrowing Directory
  ) throws(HostError) -> FileStatus {
    let status = try require(policy)
    guard let named = try directory.status(of: name), named.isSameFile(as: status) else {
      throw .refused(path, .replaced)
    }
    if let refusal = policy.refusal(of: named, user: Environment.effectiveUser) {
      throw .refused(path, refusal)
    }
    return named
  }

  /// Sets the permission bits by fchmod(2), whatever the umask.
  package func setPermissions(_ permissions: UInt16) throws(HostError) {
    try Kernel.setMode(descriptor.number, permissions, path: path)
  }

  /// Cuts or extends the file to this many bytes by ftruncate(2).
  package func truncate(to byteCount: Int64) throws(HostError) {
    try Kernel.cut(descriptor.number, to: byteCount, path: path)
  }

  /// Waits until the content and its size are on disk: fdatasync(2), on Darwin F_FULLFSYNC.
  ///
  /// After an error it is unknown what is on disk, and a second call may say nothing: do not retry.
  package func synchronizeData() throws(HostError) {
    try Kernel.flushData(descriptor.number, path: path)
  }

  /// Waits until content, size and all else of the inode are on disk: fsync(2).
  ///
  /// After an error it is unknown what is on disk, and a second call may say nothing: do not retry.
  package func synchronize() throws(HostError) {
    try Kernel.flushAll(descriptor.number, path: path)
  }
}
