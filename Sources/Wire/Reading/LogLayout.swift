import Host

/// One file of a log: an archived one, or the one that still grows.
package struct LogPart: Equatable, Sendable {
  /// Its path in the wire's directory.
  package let name: String
  /// What of the log comes before it; the lines count from its scan on.
  package internal(set) var start: LineStream.End
  /// Which file it was when it was opened; both zero for none.
  package internal(set) var device: UInt64
  package internal(set) var inode: UInt64

  var isThere: Bool { inode != 0 }

  init(_ name: String, start: LineStream.End, device: UInt64 = 0, inode: UInt64 = 0) {
    (self.name, self.start, self.device, self.inode) = (name, start, device, inode)
  }

  init(_ name: String, start: LineStream.End, _ status: FileStatus?) {
    self.init(name, start: start, device: status?.device ?? 0, inode: status?.inode ?? 0)
  }

  func isSameFile(as other: LogPart) -> Bool { device == other.device && inode == other.inode }

  func isSameFile(as status: FileStatus?) -> Bool {
    device == status?.device ?? 0 && inode == status?.inode ?? 0
  }
}

/// How a log lies in files: the archived ones, and behind them the one of its own name.
///
/// An archive renames whole files, so the bytes of all of them in this order are the log, and a
/// place in it means the same before and after.
package struct LogLayout: Equatable, Sendable {
  package internal(set) var archived: [LogPart] = []
  package internal(set) var live: LogPart
  /// Where the chain begins: behind the lines that are older than the wire.
  package internal(set) var start = LineStream.End()

  /// A log of which there is nothing yet.
  package init(_ log: String) { live = LogPart(log, start: .init()) }

  init(archived: [LogPart], live: LogPart) { (self.archived, self.live) = (archived, live) }

  /// Whether there is no file at all.
  var isEmpty: Bool { archived.isEmpty && !live.isThere }

  /// All files in order.
  package var parts: [LogPart] { archived + [live] }

  /// The file that a line stands in, and its number there.
  package func locate(_ number: Int) -> (file: String, line: Int) {
    let part = parts.last { $0.start.lineCount < number } ?? live
    return (part.name, max(1, number - part.start.lineCount))
  }

  /// Whether a place in the other one means the same in this one: nothing but an archive and a new
  /// file lie between the two.
  func extends(_ old: LogLayout) -> Bool {
    // Most logs have no archive, and every command asks.
    if archived.isEmpty, old.archived.isEmpty { return goesOn(from: old) }
    let common = old.archived.count
    guard archived.count >= common,
      zip(archived, old.archived).allSatisfy({ Self.isSame($0, $1) && $0.name == $1.name })
    else { return false }
    if archived.count > common {
      return !old.live.isThere || Self.isSame(archived[common], old.live)
    }
    return goesOn(from: old)
  }

  private func goesOn(from old: LogLayout) -> Bool {
    live.start.offset == old.live.start.offset
      && (live.isSameFile(as: old.live) || !old.live.isThere)
  }

  private static func isSame(_ part: LogPart, _ old: LogPart) -> Bool {
    part.isSameFile(as: old) && part.start.offset == old.start.offset
  }

  /// The same with the lines counted that an older layout, which this one extends, has counted.
  func counted(by old: LogLayout) -> LogLayout {
    var next = self
    next.start = old.start
    if archived.isEmpty, old.archived.isEmpty {
      next.live.start.lineCount = old.live.start.lineCount
      return next
    }
    for (index, part) in old.parts.enumerated() {
      if index < next.archived.count {
        next.archived[index].start.lineCount = part.start.lineCount
      } else {
        next.live.start.lineCount = part.start.lineCount
      }
    }
    return next
  }

  /// The same with the lines counted that a scan of the log has counted.
  func counted(by scan: LogScan) -> LogLayout {
    var next = self
    for index in next.archived.indices { Self.count(&next.archived[index].start, scan) }
    Self.count(&next.live.start, scan)
    return next
  }

  private static func count(_ start: inout LineStream.End, _ scan: LogScan) {
    if let found = scan.partStarts.first(where: { $0.offset == start.offset }) {
      start = found
    } else if start.offset >= scan.end.offset {
      start.lineCount = scan.end.lineCount
    }
  }

  /// The same, taken for another file's, so that the next look reads all again.
  func forgotten() -> LogLayout {
    var next = self
    next.live.inode = .max
    return next
  }
}
