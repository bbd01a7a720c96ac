#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Directory {
  /// Makes a directory and all that lead to it, each durably, with the same permissions.
  ///
  /// What exists is left as it is and links in it are followed; the umask applies. The path is
  /// absolute. Throws `badName` for a relative one, and ENOTDIR where a file is in the way.
  package static func createPath(
    _ path: String, permissions: UInt16 = 0o700
  ) throws(HostError) -> Directory {
    guard path.utf8.first == UInt8(ascii: "/") else { throw .badName(path) }
    do {
      return try open(path, followLast: true)
    } catch {
      guard error.isNotFound else { throw error }
    }
    let parts = path.split(separator: "/")
    let parent = try createPath(
      "/" + parts.dropLast().joined(separator: "/"), permissions: permissions)
    let name = String(parts.last ?? "")
    do {
      try parent.createSubdirectory(name, permissions: permissions)
    } catch {
      if error.isExists { return try open(path, followLast: true) }
      throw error
    }
    try parent.synchronize()
    return try parent.openSubdirectory(name)
  }

  /// Reads a whole file that the policy allows; nil when there is none.
  ///
  /// Throws `tooLarge` beyond `limit` bytes, `refused`, or what the system says.
  package func readFile(
    _ name: String, limit: Int, policy: FilePolicy
  ) throws(HostError) -> [UInt8]? {
    guard let file = try OpenFile.find(name, in: self) else { return nil }
    let status = try file.require(policy)
    if status.byteCount > limit { throw .tooLarge(file.path, limit: limit) }
    // One byte more tells that it grew since; files in /proc report no size at all.
    let room = min(limit, max(Int(status.byteCount), 4_095)) + 1
    var bytes = try file.read(at: 0, count: room)
    if bytes.count < room { return bytes }
    while bytes.count <= limit {
      let count = min(65_536, limit - bytes.count + 1)
      let more = try file.read(at: Int64(bytes.count), count: count)
      if more.isEmpty { return bytes }
      bytes += more
    }
    throw .tooLarge(file.path, limit: limit)
  }

  /// Puts a new file in place of a name at once: a reader sees all of the old or all of the new.
  ///
  ///     getrandom                                   a name nobody else has
  ///     openat  .NAME.PID.RANDOM.tmp  O_CREAT|O_EXCL
  ///     write                                       until all is written
  ///     fdatasync                                   if durable
  ///     renameat  ->  NAME
  ///     fsync  the directory                        if durable
  ///
  /// On any error the temporary file is removed; after an error of the last step the new content
  /// is in place, and may not outlive a power cut. The umask applies to `permissions`.
  package func replaceFile(
    _ name: String, with bytes: Span<UInt8>, permissions: UInt16, durable: Bool
  ) throws(HostError) {
    let temporary = try temporaryName(for: name)
    let file = try OpenFile.open(
      temporary, in: self, mode: .createExclusive, permissions: permissions)
    do {
      try file.writeWhole(bytes)
      if durable { try file.synchronizeData() }
      try rename(temporary, to: name)
    } catch {
      // The first error is the one to tell; what stays behind is named as temporary.
      try? unlink(temporary)
      throw error
    }
    if durable { try synchronize() }
  }

  /// Puts a new file in place of a name at once: a reader sees all of the old or all of the new.
  package func replaceFile(
    _ name: String, with bytes: [UInt8], permissions: UInt16, durable: Bool
  ) throws(HostError) {
    try replaceFile(name, with: bytes.span, permissions: permissions, durable: durable)
  }

  /// Makes a durable file that must not exist, whole under its name or not at all.
  ///
  /// Throws EEXIST where there is one, which is left alone.
  package func createFile(
    _ name: String, permissions: UInt16, _ write: (borrowing OpenFile) throws(HostError) -> Void
  ) throws(HostError) {
    let temporary = try temporaryName(for: name)
    let file = try OpenFile.open(
      temporary, in: self, mode: .createExclusive, permissions: permissions)
    do throws(HostError) {
      try write(file)
      try file.synchronize()
      try Kernel.renameToNew(
        temporary, at: number, to: name, at: number, path: path(of: name))
      try synchronize()
    } catch {
      try? unlink(temporary)
      throw error
    }
  }

  /// A name that nobody else has.
  private func temporaryName(for name: String) throws(HostError) -> String {
    _ = try path(of: name)
    let suffix = try Random.bytes(8).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    return ".\(name).\(Environment.processID).\(suffix.joined()).tmp"
  }
}
