package import Host
package import Protocol
package import WireFormat

extension DerivedFile {
  /// How a settling of a derived file went.
  package enum Settling: Equatable, Sendable {
    /// It holds all lines: it stood like this before they were looked for, or after some were added.
    case complete(FileStatus?)
    /// Somebody holds its lock, or it may not be written: tried again at the next settling.
    case skipped(String)
  }

  /// No honest member writes so long; who holds the lock for longer is not waited for.
  private static let patience: Duration = .milliseconds(20)

  /// Adds the derived lines that are not there yet; hardly waits, since peers can hold this lock.
  package static func settle(
    _ shared: borrowing SharedDirectory, _ name: String,
    with lines: [(id: Bytes32, line: [UInt8])], _ legacy: [String: Genesis.Legacy] = [:]
  ) -> Settling {
    do throws(HostError) {
      let before = try shared.directory.status(of: name)
      let first = try compare(shared, name, with: lines, legacy)
      if first.missing.isEmpty { return .complete(before) }
      let file = try open(shared, name)
      let status = try file.require(.anyOwner, named: name, in: shared.directory)
      try shared.sharing.apply(shared.sharing.commonFile, to: file, status)
      guard try file.lock(upTo: patience) else {
        return .skipped("\(name): \(LockHolder.words(file.lockHolder()))")
      }
      // Whoever adds to it makes it longer.
      let held =
        try file.status() == before ? first : try compare(shared, name, with: lines, legacy)
      let missing = Set(held.missing)
      // What a killed writer left without an LF would stay as a line that nothing derives.
      if try file.status().byteCount > held.end { try file.truncate(to: held.end) }
      var bytes: [UInt8] = []
      for line in lines where missing.contains(line.id) {
        bytes += line.line + [UInt8(ascii: "\n")]
      }
      try file.writeWhole(bytes)
      return .complete(try file.status())
    } catch {
      return .skipped(error.description)
    }
  }

  /// The file, made where there is none.
  ///
  /// Never O_CREAT on one that is there: in a sticky directory the kernel refuses that for a file of
  /// another account (fs.protected_regular, proc_sys_fs(5)).
  private static func open(
    _ shared: borrowing SharedDirectory, _ name: String
  ) throws(HostError) -> OpenFile {
    do {
      return try OpenFile.open(name, in: shared.directory, mode: .appendExisting)
    } catch {
      guard error.isNotFound else { throw error }
    }
    do {
      return try OpenFile.open(
        name, in: shared.directory, mode: .appendExclusive,
        permissions: shared.sharing.commonFile)
    } catch {
      guard error.isExists else { throw error }
    }
    return try OpenFile.open(name, in: shared.directory, mode: .appendExisting)
  }
}

extension OpenFile {
  /// The LF that a torn last line lacks; nothing where the file ends with one, or is empty.
  package func missingFeed(at byteCount: Int64) throws(HostError) -> [UInt8] {
    let feed = [UInt8(ascii: "\n")]
    if byteCount == 0 { return [] }
    return try read(at: byteCount - 1, count: 1) == feed ? [] : feed
  }
}
