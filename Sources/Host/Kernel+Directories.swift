import CHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Kernel {
  /// The place from which a relative path is resolved: the current directory.
  static var currentDirectory: Int32 { AT_FDCWD }

  /// How a directory is opened: for reading, never left to a child process.
  static var directoryFlags: Int32 { O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK }

  /// mkdirat(2); the umask applies.
  static func makeDirectory(
    _ name: String, at directory: Int32, mode: UInt16, path: String
  ) throws(HostError) {
    try attempt(.mkdir, path) {
      on {
        $0.makeDirectory(name, at: directory, mode: mode)
      } else: {
        // SAFETY: `name` is lent as a NUL-terminated string for the length of the call.
        outcome(unsafe mkdirat(directory, name, mode_t(mode)))
      }
    }
  }

  /// renameat(2) within one directory; `path` is the new one.
  static func renameName(
    _ old: String, to new: String, at directory: Int32, path: String
  ) throws(HostError) {
    try attempt(.rename, path) {
      on {
        $0.rename(old, at: directory, to: new, at: directory, mustBeNew: false)
      } else: {
        // SAFETY: both names are lent as NUL-terminated strings for the length of the call.
        outcome(unsafe renameat(directory, old, directory, new))
      }
    }
  }

  /// renameat2(2) to a name that must be free, else EEXIST; `path` is the new one.
  static func renameToNew(
    _ old: String, at directory: Int32, to new: String, at newDirectory: Int32, path: String
  ) throws(HostError) {
    try attempt(.rename, path) {
      on {
        $0.rename(old, at: directory, to: new, at: newDirectory, mustBeNew: true)
      } else: {
        // SAFETY: both names are lent as NUL-terminated strings for the length of the call.
        Int(unsafe chost_rename_new(directory, old, newDirectory, new))
      }
    }
  }

  /// unlinkat(2) of something that is not a directory.
  static func removeName(_ name: String, at directory: Int32, path: String) throws(HostError) {
    try attempt(.unlink, path) {
      on {
        $0.remove(name, at: directory)
      } else: {
        // SAFETY: `name` is lent as a NUL-terminated string for the length of the call.
        outcome(unsafe unlinkat(directory, name, 0))
      }
    }
  }

  /// The entries of a directory by fdopendir(3) and readdir(3), in no order.
  ///
  /// A description of its own is opened, so that listings do not move each other's position.
  static func entries(of directory: Int32, path: String) throws(HostError) -> DirectoryListing {
    #if FAULTS
      if let machine = Faults.machine {
        var names: [String] = []
        try attempt(.readdir, path) { machine.names(in: directory, &names) }
        return DirectoryListing(names: names, undecodableCount: 0)
      }
    #endif
    let number = try openName(".", at: directory, path: path, flags: directoryFlags).release()
    // SAFETY: a whole descriptor that nobody else owns; the stream closes it from here on.
    guard let stream = unsafe fdopendir(number) else {
      let code = errno
      close(number)
      throw .system(SystemError(call: .readdir, path: path, code: code))
    }
    // SAFETY: the stream is ours until here, and is used by nobody else.
    defer { unsafe closedir(stream) }
    var listing = DirectoryListing(names: [], undecodableCount: 0)
    try attempt(.readdir, path) {
      var code: Int32 = 0
      // SAFETY: a name is good until the next readdir on the stream; it is copied before that.
      while let raw = unsafe chost_next_name(stream, &code) {
        guard let name = unsafe String(validatingCString: raw) else {
          listing.undecodableCount += 1
          continue
        }
        if name != "." && name != ".." { listing.names.append(name) }
      }
      return Int(code)
    }
    return listing
  }

  /// The magic number of the file system, by fstatfs(2).
  static func fileSystemMagic(_ directory: Int32, path: String) throws(HostError) -> UInt32 {
    let magic = try attempt(.statfs, path) { Int(chost_filesystem_magic(directory)) }
    return UInt32(truncatingIfNeeded: magic)
  }

  /// The room that is left for this account, by fstatvfs(3).
  static func freeByteCount(_ directory: Int32, path: String) throws(HostError) -> Int64 {
    var facts = statvfs()
    try attempt(.statfs, path) {
      // SAFETY: `facts` is a whole statvfs structure, lent for the length of the call.
      outcome(unsafe fstatvfs(directory, &facts))
    }
    return Int64(
      clamping: UInt64(facts.f_bavail).multipliedReportingOverflow(
        by: UInt64(facts.f_frsize)
      ).partialValue)
  }
}
