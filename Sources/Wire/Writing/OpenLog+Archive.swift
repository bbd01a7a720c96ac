import Host
package import WireFormat

/// What an archive has moved.
package struct ArchivedLog: Equatable, Sendable {
  /// The path in the wire that the log's file has now.
  package let file: String
  /// The places of the chain in it.
  package let seqs: ClosedRange<Int>
}

/// Which lines a log must end with to be archived.
package enum ArchiveRule: Equatable, Sendable {
  case now
  /// The newest is of a year that is over at this time.
  case closed(at: Timestamp)
  /// The newest is of this year.
  case year(Int)

  func allows(_ newest: Timestamp) -> Bool {
    switch self {
    case .now: true
    case .closed(let time): newest.year < time.year
    case .year(let year): newest.year == year
    }
  }
}

extension OpenLog {
  /// How an archive went.
  package enum Archiving: Equatable, Sendable {
    case moved(ArchivedLog)
    /// The newest line is of this year, which the rule does not name.
    case kept(year: Int)
    /// The file that grows holds no line of this agent.
    case empty
  }

  /// Moves the file that grows into the archive, whole, and begins the next one.
  ///
  ///     mkdirat   archive, archive/YYYY      where there is none; YYYY is the newest line's year
  ///     fdatasync LOG                        adopted lines too are on disk before its name moves
  ///     fsync     archive, the directory     the names of directories just made
  ///     renameat2 LOG -> archive/YYYY/NAME   RENAME_NOREPLACE
  ///     fsync     archive/YYYY
  ///     openat    LOG  O_CREAT
  ///     fsync     the directory
  ///
  /// A place in the log means the same before and after, so no record has to move with it. Throws
  /// what the system says: before the rename nothing has changed, after it this log takes no more.
  package mutating func archive(
    _ rule: ArchiveRule, _ shared: borrowing SharedDirectory
  ) throws(WireError) -> Archiving {
    if let stopped { throw .unsynced(stopped) }
    guard let live, let found = try contents(of: live) else { return .empty }
    guard rule.allows(found.newest) else { return .kept(year: found.newest.year) }
    let year = found.year
    let seqs = found.first...max(found.first, record.head.seq)
    let name = ArchiveName(first: seqs.lowerBound, last: seqs.upperBound).fileName(of: writer.log)
    let log = writer.log
    let directory = try WireError.lifting { () throws(HostError) in
      let directory = try shared.makeArchive(year)
      try live.file.synchronizeData()
      try shared.directory.move(log, to: directory, as: name)
      return directory
    }
    record.base = record.place.end
    self.live = nil
    do throws(HostError) {
      if !Mutant.on(.skipDirectorySync) { try directory.synchronize() }
    } catch {
      stopped = error
      throw .host(error)
    }
    do throws(WireError) {
      self.live = try writer.openFile(shared, mode: .append)
      try WireError.lifting { () throws(HostError) in
        if !Mutant.on(.skipDirectorySync) { try shared.directory.synchronize() }
      }
    } catch {
      if case .host(let error) = error { stopped = error }
      throw error
    }
    return .moved(ArchivedLog(file: "\(ArchiveName.directoryName)/\(year)/\(name)", seqs: seqs))
  }

  /// Archives a log whose newest line is of a year that is over by this clock; gives what to tell.
  ///
  /// What cannot be moved keeps nobody from writing: the file then goes on with the new year's lines
  /// and is archived with them.
  mutating func archiveClosedYear(
    at clock: Int64, _ shared: borrowing SharedDirectory
  ) throws(WireError) -> [String] {
    let now = Timestamp(microseconds: clock)
    guard stopped == nil, record.place.end > record.base, record.timestamp.year < now.year else {
      return []
    }
    do throws(WireError) {
      guard case .moved(let archived) = try archive(.closed(at: now), shared) else { return [] }
      return ["\(writer.log) of a closed year is archived: \(archived.file)"]
    } catch {
      guard stopped == nil else { throw error }
      return ["\(writer.log) is not archived now: \(error)"]
    }
  }

  private struct Contents {
    let first: Int
    let newest: Timestamp

    /// Four digits.
    var year: String { String(newest.string.prefix(4)) }
  }

  /// The first place and the newest time of the own lines in the file; nil without any.
  private func contents(of live: LogFile.Held) throws(WireError) -> Contents? {
    let (wire, handle, last) = (writer.wire, writer.handle, record.head.seq)
    let (place, base) = (record.place, record.base)
    return try WireError.lifting { () throws(HostError) in
      var first: Int?
      var newest: Timestamp?
      func take(_ line: Span<UInt8>?) -> Bool {
        guard let line, let envelope = try? Envelope.read(line), envelope.wire == wire,
          envelope.isFrom(handle, line), case .chain(let seq, _) = envelope.place, seq <= last,
          let time = envelope.timestamp(line)
        else { return false }
        if first == nil { first = seq }
        newest = time
        return true
      }
      // Most files begin and end with an own line, which is enough to look at.
      let isShort = place.byteCount > 0 && place.offset >= base
      _ = try LineStream.forEachLine(of: live.file) { (_, line) throws(HostError) in
        if !isShort || first == nil { _ = take(line) }
      }
      if isShort {
        let bytes = try live.file.read(at: place.offset - base, count: place.byteCount)
        _ = take(bytes.span)
      }
      guard let first, let newest else { return nil }
      return Contents(first: first, newest: newest)
    }
  }
}

extension Envelope {
  fileprivate func timestamp(_ line: Span<UInt8>) -> Timestamp? {
    guard let value = fields[.timestamp], value.count > 2 else { return nil }
    return Timestamp(line, in: (value.lowerBound + 1)..<(value.upperBound - 1))
  }
}

extension SharedDirectory {
  /// A year of the archive, made durably where there is none.
  fileprivate func makeArchive(_ year: String) throws(HostError) -> Directory {
    let mode = try directory.status().mode
    let archive = try Self.make(ArchiveName.directoryName, in: directory, mode)
    let made = try Self.make(year, in: archive, mode)
    try archive.synchronize()
    try directory.synchronize()
    return made
  }
}

extension LogWriter {
  /// Archives the log under its lock, where the rule names it.
  ///
  /// Throws as `open` and `OpenLog.archive` do.
  package func archive(
    _ rule: ArchiveRule, by pk: Bytes32, _ shared: borrowing SharedDirectory,
    _ state: borrowing PrivateState, isSound: Bool = true
  ) throws(WireError) -> OpenLog.Archiving {
    var open = try open(by: pk, shared, state, isSound: isSound)
    return try open.archive(rule, shared)
  }
}
