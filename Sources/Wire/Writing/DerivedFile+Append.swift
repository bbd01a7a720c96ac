package import Host
package import Protocol
package import WireFormat

extension DerivedFile {
  /// How a settling of a derived file went.
  package enum Settling: Equatable, Sendable {
    /// So many lines were added.
    case added(Int)
    /// Somebody holds its lock, or it may not be written: tried again at the next settling.
    case skipped(String)
  }

  /// Adds the derived lines that are not there yet; waits for nobody, since peers can hold this
  /// lock.
  package static func settle(
    _ shared: borrowing SharedDirectory, _ name: String,
    with lines: [(id: Bytes32, line: [UInt8])], _ legacy: [String: Genesis.Legacy] = [:]
  ) -> Settling {
    do throws(HostError) {
      if try compare(shared, name, with: lines, legacy).missing.isEmpty { return .added(0) }
      let file = try OpenFile.open(
        name, in: shared.directory, mode: .append, permissions: 0o664)
      try file.require(.anyOwner, named: name, in: shared.directory)
      guard try file.tryLock() else {
        return .skipped("\(name): \(LockHolder.words(file.lockHolder()))")
      }
      let held = try compare(shared, name, with: lines, legacy)
      let missing = Set(held.missing)
      // What a killed writer left without an LF would stay as a line that nothing derives.
      if try file.status().byteCount > held.end { try file.truncate(to: held.end) }
      var bytes: [UInt8] = []
      for line in lines where missing.contains(line.id) {
        bytes += line.line + [UInt8(ascii: "\n")]
      }
      try file.writeWhole(bytes)
      return .added(missing.count)
    } catch {
      return .skipped(error.description)
    }
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
