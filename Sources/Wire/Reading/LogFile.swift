package import Host

/// The files of one log, opened for reading as the one sequence of bytes that they are.
///
/// What was opened stays readable whatever becomes of the names. Files that end before the offset
/// that was asked for may not be open: nothing is read there.
package struct LogFile: Sendable {
  /// A file that several values may hold.
  final class Held: Sendable {
    let file: OpenFile

    init(_ file: consuming OpenFile) { self.file = file }
  }

  package private(set) var layout: LogLayout
  private var archived: [Held?]
  private let live: Held?

  init(_ layout: LogLayout, archived: [Held?], live: Held?) {
    (self.layout, self.archived, self.live) = (layout, archived, live)
  }

  /// What is known of the file that still grows; nil when there is none.
  package func liveStatus() throws(HostError) -> FileStatus? { try live?.file.status() }

  /// Where the log ends now, an unfinished last line counted.
  package func byteCount() throws(HostError) -> Int64 {
    layout.live.start.offset + (try liveStatus()?.byteCount ?? 0)
  }

  /// Waits until what was opened is on disk.
  package func synchronizeData() throws(HostError) {
    for held in archived { try held?.file.synchronizeData() }
    try live?.file.synchronizeData()
  }

  /// Reads up to `count` bytes from a place in the log; fewer only at its end.
  package func read(at offset: Int64, count: Int) throws(HostError) -> [UInt8] {
    var bytes: [UInt8] = []
    for piece in pieces(from: offset) {
      let from = max(piece.range.lowerBound, offset)
      let left = Int64(count - bytes.count)
      guard left > 0, from == offset + Int64(bytes.count) else { break }
      let more = try piece.held.file.read(
        at: from - piece.range.lowerBound, count: Int(min(left, piece.range.upperBound - from)))
      if bytes.isEmpty { bytes = more } else { bytes += more }
    }
    return bytes
  }

  /// The same log with its chain begun at a place.
  func starting(at end: LineStream.End) -> LogFile {
    var log = self
    log.layout.start = end
    return log
  }

  /// The same files in another order: the archived one of this number first.
  func beginning(with index: Int) -> LogFile {
    guard layout.archived.indices.contains(index) else { return self }
    var log = self
    let sizes = layout.archived.indices.map { index in
      layout.parts[index + 1].start.offset - layout.parts[index].start.offset
    }
    let order = [index] + layout.archived.indices.filter { $0 != index }
    var offset: Int64 = 0
    for (place, old) in order.enumerated() {
      log.layout.archived[place] = layout.archived[old]
      log.layout.archived[place].start = .init(offset: offset)
      log.archived[place] = archived[old]
      offset += sizes[old]
    }
    return log
  }

  /// An open file and the part of the log that it is.
  struct Piece {
    let held: Held
    let range: Range<Int64>
  }

  /// The open files from that which holds an offset on.
  func pieces(from offset: Int64) -> [Piece] {
    let files = archived + [live]
    let parts = layout.parts
    return parts.indices.compactMap { index in
      let end = index + 1 < parts.count ? parts[index + 1].start.offset : .max
      guard let held = files[index], end > offset else { return nil }
      return Piece(held: held, range: parts[index].start.offset..<end)
    }
  }
}

extension SharedDirectory {
  /// So often a log that is archived while it is opened is opened again.
  private static let openAttempts = 64

  /// A member's log with its archive; nil when there is nothing of it, or nothing that can be read.
  ///
  /// Where `known` still fits, nothing is looked for, and only what reaches beyond the offset is
  /// opened. The result is of one moment: no file of it is twice in it, and none is passed over,
  /// because an archive moved it meanwhile.
  package func openLog(
    _ log: String, _ known: LogLayout? = nil, from offset: Int64 = 0
  ) throws(HostError) -> LogFile? {
    var opened: LogFile?
    for _ in 0..<Self.openAttempts {
      let live = try holdIfReadable(log)
      let status = try live?.file.status()
      // Of a log without a file of its name only the archive can tell how it goes on.
      if let known, let status, known.live.isSameFile(as: status),
        let file = try reopen(known, live, from: offset)
      {
        return file
      }
      let found = try archivedFiles(of: log)
      if let status, found.contains(where: { $0.part.isSameFile(as: status) }) { continue }
      let end = found.last?.end ?? 0
      let layout = LogLayout(
        archived: found.map(\.part), live: LogPart(log, start: .init(offset: end), status))
      opened =
        layout.isEmpty
        ? nil : LogFile(layout, archived: found.map(\.held), live: live)
      // While the name stands for the same file, the archive can have got no other one.
      let named = try directory.status(of: log)
      if layout.live.isSameFile(as: named) { return opened }
      if live == nil, try isOdd(log) { return opened }
    }
    return opened
  }

  private func holdIfReadable(_ log: String) throws(HostError) -> LogFile.Held? {
    guard let file = try openIfReadable(log) else { return nil }
    return LogFile.Held(file)
  }

  /// The log as it is known; nil where an archived file is no longer the one that was known.
  private func reopen(
    _ known: LogLayout, _ live: LogFile.Held?, from offset: Int64
  ) throws(HostError) -> LogFile? {
    var archived: [LogFile.Held?] = []
    let parts = known.parts
    for (index, part) in known.archived.enumerated() {
      let end = parts[index + 1].start.offset
      guard end > offset else {
        archived.append(nil)
        continue
      }
      guard let file = try openArchived(part.name) else { return nil }
      let status = try file.status()
      guard part.isSameFile(as: status), status.byteCount >= end - part.start.offset else {
        return nil
      }
      archived.append(LogFile.Held(file))
    }
    return LogFile(known, archived: archived, live: live)
  }

  private func openArchived(_ path: String) throws(HostError) -> OpenFile? {
    let names = path.split(separator: "/").map(String.init)
    guard names.count == 3, let year = try archive(names[1]) else { return nil }
    return try Self.readable(names[2], in: year)
  }

  /// A year of the archive; nil when there is none.
  private func archive(_ year: String) throws(HostError) -> Directory? {
    do {
      return try directory.openSubdirectory(ArchiveName.directoryName).openSubdirectory(year)
    } catch {
      if error.isNotFound || error.isOfWrongKind { return nil }
      throw error
    }
  }

  /// The years of the archive, ascending.
  package func archivedYears() throws(HostError) -> [String] {
    do {
      return try directory.openSubdirectory(ArchiveName.directoryName).names()
        .filter { ArchiveName.isYear($0) }
    } catch {
      if error.isNotFound || error.isOfWrongKind { return [] }
      throw error
    }
  }

  /// The names in a year of the archive, ascending.
  package func archivedNames(in year: String) throws(HostError) -> [String] {
    guard let directory = try archive(year) else { return [] }
    return try directory.names()
  }

  /// Makes the names in the archive durable.
  func synchronizeArchive() throws(HostError) {
    for year in try archivedYears() { try archive(year)?.synchronize() }
  }

  private static func readable(
    _ name: String, in directory: borrowing Directory
  ) throws(HostError) -> OpenFile? {
    do {
      guard let file = try OpenFile.find(name, in: directory) else { return nil }
      try file.require(.anyOwner)
      return file
    } catch {
      // One odd file must not keep a reader from the others: what it held is missing.
      if error.isOfWrongKind { return nil }
      throw error
    }
  }

  private struct Archived {
    let name: ArchiveName
    var part: LogPart
    let held: LogFile.Held
    /// Just past its last LF: what follows is no part of a log.
    var end: Int64
  }

  /// The archived files of a log by the places that their names tell, each where the one before ends.
  private func archivedFiles(of log: String) throws(HostError) -> [Archived] {
    var found: [Archived] = []
    for year in try archivedYears() {
      guard let directory = try archive(year) else { continue }
      for name in try directory.names() {
        guard let parsed = ArchiveName(name, of: log),
          let file = try Self.readable(name, in: directory)
        else { continue }
        let path = "\(ArchiveName.directoryName)/\(year)/\(name)"
        let part = LogPart(path, start: .init(), try file.status())
        let end = try LineStream.lastLineEnd(of: file)
        found.append(Archived(name: parsed, part: part, held: LogFile.Held(file), end: end))
      }
    }
    found.sort {
      ($0.name.first, $0.name.last, $0.part.name) < ($1.name.first, $1.name.last, $1.part.name)
    }
    var offset: Int64 = 0
    for index in found.indices {
      found[index].part.start = .init(offset: offset)
      offset += found[index].end
      found[index].end = offset
    }
    return found
  }
}
