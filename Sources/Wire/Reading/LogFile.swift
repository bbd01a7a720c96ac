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

  /// A file of the archive: open, or, where there are many, opened whenever it is read.
  enum Archived: Sendable {
    case held(Held)
    case closed(LogPart, in: SharedDirectory.Archive)

    /// So many of one log are kept open; a member can make any number of them.
    static let openLimit = 16

    /// Throws `replaced` where another file has the name by now.
    func withFile(
      _ body: (borrowing OpenFile) throws(HostError) -> Void
    ) throws(HostError) {
      switch self {
      case .held(let held): try body(held.file)
      case .closed(let part, let archive):
        guard let file = try archive.open(part), part.isSameFile(as: try file.status()) else {
          throw .refused(
            "\(archive.directory.path)/\(part.name.split(separator: "/").dropFirst().joined(separator: "/"))",
            .replaced)
        }
        try body(file)
      }
    }
  }

  package private(set) var layout: LogLayout
  private var archived: [Archived?]
  private let live: Held?

  init(_ layout: LogLayout, archived: [Archived?], live: Held?) {
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
    for file in archived {
      try file?.withFile { (file) throws(HostError) in try file.synchronizeData() }
    }
    try live?.file.synchronizeData()
  }

  /// Reads up to `count` bytes from a place in the log; fewer only at its end.
  package func read(at offset: Int64, count: Int) throws(HostError) -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachFile(from: offset) { (file, start, end) throws(HostError) in
      let from = max(start, offset)
      guard from == offset + Int64(bytes.count) else { return false }
      let more = try file.read(
        at: from - start, count: Int(min(Int64(count - bytes.count), end - from)))
      if bytes.isEmpty { bytes = more } else { bytes += more }
      return bytes.count < count
    }
    return bytes
  }

  /// Gives the files from that which holds an offset on, each with its bounds in the log, until
  /// the answer is false.
  func forEachFile(
    from offset: Int64,
    _ body: (borrowing OpenFile, _ start: Int64, _ end: Int64) throws(HostError) -> Bool
  ) throws(HostError) {
    let base = layout.live.start.offset
    // The file that grows alone, mostly.
    if offset < base {
      for index in archived.indices {
        let start = layout.archived[index].start.offset
        let end = index + 1 < archived.count ? layout.archived[index + 1].start.offset : base
        guard end > max(offset, start), let file = archived[index] else { continue }
        var goesOn = true
        try file.withFile { (file) throws(HostError) in goesOn = try body(file, start, end) }
        guard goesOn else { return }
      }
    }
    if let live { _ = try body(live.file, base, .max) }
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
        ? nil : LogFile(layout, archived: found.map(\.file), live: live)
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
    var archived: [LogFile.Archived?] = []
    var archive: Archive?
    let parts = known.parts
    for (index, part) in known.archived.enumerated() {
      let end = parts[index + 1].start.offset
      guard end > offset else {
        archived.append(nil)
        continue
      }
      if archive == nil { archive = try openArchive() }
      guard let archive, let file = try archive.open(part) else { return nil }
      let status = try file.status()
      guard part.isSameFile(as: status), status.byteCount >= end - part.start.offset else {
        return nil
      }
      archived.append(archive.keep(file, part, count: archived.count))
    }
    return LogFile(known, archived: archived, live: live)
  }

  private struct Archived {
    let name: ArchiveName
    var part: LogPart
    let file: LogFile.Archived
    /// Just past its last LF: what follows is no part of a log.
    var end: Int64
  }

  /// The archived files of a log by the places that their names tell, each where the one before ends.
  private func archivedFiles(of log: String) throws(HostError) -> [Archived] {
    var found: [Archived] = []
    guard let archive = try openArchive() else { return [] }
    for year in try archive.years() {
      guard let directory = try archive.open(year) else { continue }
      for name in try directory.names() {
        guard let parsed = ArchiveName(name, of: log),
          let file = try Archive.readable(name, in: directory)
        else { continue }
        let path = "\(ArchiveName.directoryName)/\(year)/\(name)"
        let part = LogPart(path, start: .init(), try file.status())
        let end = try LineStream.lastLineEnd(of: file)
        let kept = archive.keep(file, part, count: found.count)
        found.append(Archived(name: parsed, part: part, file: kept, end: end))
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
