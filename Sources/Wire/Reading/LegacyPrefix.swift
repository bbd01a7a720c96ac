import Host
import Identity
import Protocol
import WireFormat

/// The lines of a file that are older than the wire: just those that the genesis covers.
///
/// What does not have the hash that the founder signed is no history: then the lines are judged as
/// any others.
package enum LegacyPrefix {
  /// Where the covered lines end that begin at a place; nil where other bytes stand there.
  static func end(
    of log: LogFile, from start: Int64 = 0, _ legacy: Genesis.Legacy
  ) throws(HostError) -> LineStream.End? {
    var hasher = SHA256Hasher()
    var end = LineStream.End(offset: start)
    let stop = start + legacy.byteCount
    guard try log.byteCount() >= stop else { return nil }
    var last = UInt8(ascii: "\n")
    while end.offset < stop {
      let bytes = try log.read(at: end.offset, count: Int(min(blockByteCount, stop - end.offset)))
      guard let byte = bytes.last else { return nil }
      hasher.update(bytes)
      last = byte
      end.lineCount += bytes.count { $0 == UInt8(ascii: "\n") }
      end.offset += Int64(bytes.count)
    }
    return last == UInt8(ascii: "\n") && hasher.finish() == legacy.sha256 ? end : nil
  }

  private static let blockByteCount: Int64 = 1 << 18
}

extension LogFile {
  /// The log with its chain begun behind the lines that the genesis covers; nil where it has lost
  /// them.
  ///
  /// They are at the front of the first file. One that somebody planted before it is put behind.
  func begun(behind legacy: Genesis.Legacy) throws(HostError) -> LogFile? {
    if let end = try LegacyPrefix.end(of: self, legacy) { return starting(at: end) }
    for index in layout.parts.indices.dropFirst() {
      let from = layout.parts[index].start.offset
      guard try LegacyPrefix.end(of: self, from: from, legacy) != nil else { continue }
      let log = beginning(with: index)
      return try LegacyPrefix.end(of: log, legacy).map { log.starting(at: $0) }
    }
    return nil
  }
}
