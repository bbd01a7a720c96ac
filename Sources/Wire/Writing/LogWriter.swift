import Host
package import Identity
package import WireFormat

/// What an append proved.
package struct Receipt: Equatable, Sendable {
  package let eventID: Bytes32
  package let seq: Int
  /// What went less than well although the line is stored.
  package var notes: [String] = []
}

/// Appends chained lines to one agent's own log.
///
/// The system calls of one append, in order:
///
///     openat     writer.lock  O_RDWR|O_CREAT        private: no peer can hold it
///     flock      LOCK_EX|LOCK_NB                    up to 5 s, then the holder is named
///     openat     LOG  O_RDWR|O_APPEND|O_CREAT|O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK
///     fstat                                         regular, ours, one link, not writable by others
///     fstatat    LOG                                still this inode?
///     pread                                         the own last line is where it was left
///     [ftruncate]                                   bytes after the last LF are not part of the log
///     write                                         the whole line and its LF, once
///     fdatasync
///     [fsync     the directory and its parent]      when the log was created
///     renameat   writer.json                        fsynced every 32nd time
///     close                                         unlocks
///
/// BUG: on a file system without working O_APPEND or flock (NFS, SMB) two processes of one agent on
/// two hosts can write at once; one writer a log makes that harmless, and nothing here detects a
/// second.
package struct LogWriter: Sendable {
  package let wire: Bytes32
  package let handle: Handle
  package let log: String

  /// A crash after an append leaves at most so many lines that the record does not know.
  package static let adoptableLines = 64

  package init(wire: Bytes32, handle: Handle, log: String) {
    (self.wire, self.handle, self.log) = (wire, handle, log)
  }

  /// Signs the draft for the next place in the chain and stores it durably.
  ///
  /// `isSound` is what this agent's reader says of the own chain. Throws `ownLogBehind`,
  /// `ownLogAhead`, `ownLogDiffers` rather than sign a second history, and `unsynced` when the line
  /// is in the log but fdatasync failed; then the record is not moved.
  package func append(
    _ draft: Draft, with key: borrowing SigningKey, _ shared: borrowing SharedDirectory,
    _ state: borrowing PrivateState, clock: Int64, isSound: Bool = true
  ) throws(WireError) -> Receipt {
    let lock = try state.lock(WriterRecord.lockName)
    // Closing would do too; this says when.
    defer { try? lock.unlock() }
    let saved = try WriterRecord.load(state)
    try requireLog(saved?.head.seq ?? 0, shared)
    let opening = try openLog(shared)
    var record = saved ?? WriterRecord()
    var notes = try settle(
      &record, isKnown: saved != nil, key.publicKey.bytes, opening.file)
    // The end is as it was left, and a reader has found that what is before it is not.
    guard isSound else { throw .ownLogDiffers(log: log, seq: record.head.seq) }
    // A crash right after the first append must not look like lost private state.
    if saved == nil { try record.save(state) }
    guard record.head.seq > 0 || draft.type == .agentCard else { throw .notJoined(handle) }
    let line = try sign(draft, with: key, &record, clock: clock)
    do { try WriterLimits.check(line: line) } catch { throw .lineTooLarge(byteCount: line.count) }
    guard let envelope = try? Envelope.read(line.span), case .chain(let seq, _) = envelope.place
    else { throw .privateState(log, "signed a line that does not read back; nothing was written") }
    let start = record.place.end
    try write(line + [UInt8(ascii: "\n")], at: start, opening.file)
    do {
      try opening.file.synchronizeData()
      if opening.isNew { try synchronizeParents(shared) }
    } catch { throw .unsynced(error) }
    record.head = Head(seq: seq, eventID: envelope.eventID)
    record.place = LinePlace(number: record.place.number + 1, offset: start, byteCount: line.count)
    do {
      try record.save(state)
    } catch {
      notes.append("the own head was not saved (\(error)); the next append adopts this line")
    }
    return Receipt(eventID: envelope.eventID, seq: seq, notes: notes)
  }

  /// Throws rather than let a new log begin where the old one has gone.
  private func requireLog(_ seq: Int, _ shared: borrowing SharedDirectory) throws(WireError) {
    let isThere = try WireError.lifting { () throws(HostError) in
      try shared.directory.status(of: log) != nil
    }
    if !isThere, seq > 0 { throw .ownLogBehind(log: log, seq: seq) }
  }

  private struct Opening: ~Copyable {
    let file: OpenFile
    let isNew: Bool
  }

  /// The file that the log's name stands for now: an archive may just have moved the old one away.
  private func openLog(_ shared: borrowing SharedDirectory) throws(WireError) -> Opening {
    try WireError.lifting { () throws(HostError) in
      while true {
        let isNew = try shared.directory.status(of: log) == nil
        let file = try OpenFile.open(
          log, in: shared.directory, mode: .append, permissions: 0o644)
        let status = try file.require(.own)
        if try shared.directory.status(of: log)?.isSameFile(as: status) == true {
          return Opening(file: file, isNew: isNew)
        }
      }
    }
  }

  /// Makes record and log agree, or refuses to sign.
  private func settle(
    _ record: inout WriterRecord, isKnown: Bool, _ pk: Bytes32, _ file: borrowing OpenFile
  ) throws(WireError) -> [String] {
    let (size, isInPlace) = try WireError.lifting { () throws(HostError) in
      let size = try file.status().byteCount
      guard size == record.place.end else { return (size, false) }
      return (size, try isLastLine(record, in: file))
    }
    if isInPlace { return [] }
    return try WireError.lifting { () throws(HostError) in
      try adopt(&record, isKnown: isKnown, pk, size: size, file)
    }.get()
  }

  private func isLastLine(
    _ record: WriterRecord, in file: borrowing OpenFile
  ) throws(HostError) -> Bool {
    guard record.head.seq > 0 else { return true }
    let bytes = try file.read(at: record.place.offset, count: record.place.byteCount + 1)
    guard bytes.last == UInt8(ascii: "\n"),
      let envelope = try? Envelope.read(bytes.span.extracting(..<(bytes.count - 1)))
    else { return false }
    let line = bytes.span.extracting(..<(bytes.count - 1))
    return envelope.eventID == record.head.eventID
      && EventID.of(line, envelope.fields) == record.head.eventID
  }

  /// Reads the whole own log and goes on from what it holds, if that is what this agent wrote.
  private func adopt(
    _ record: inout WriterRecord, isKnown: Bool, _ pk: Bytes32, size: Int64,
    _ file: borrowing OpenFile
  ) throws(HostError) -> Result<[String], WireError> {
    let known = record.head
    let request = LogScan.Request(wire: wire, handle: handle) {
      $0.eventID == known.eventID || $0.kind == MessageType.keyAdd.kind
    }
    let scan = try LogScan(file, request)
    let entry = KeyDirectory.Entry(log: log, namedKey: pk)
    let chain = try ChainAssembly.assemble(handle, scan, entry, wire: wire, in: file)
    let isHeld =
      known.seq == 0
      || chain.segments.contains { $0.run.kept.contains { $0.envelope.eventID == known.eventID } }
    if chain.forkSeq != nil { return .failure(.ownLogDiffers(log: log, seq: chain.forkSeq ?? 0)) }
    if chain.head.seq < known.seq { return .failure(.ownLogBehind(log: log, seq: known.seq)) }
    if !isHeld { return .failure(.ownLogDiffers(log: log, seq: known.seq)) }
    let ahead = chain.head.seq - known.seq
    if ahead > Self.adoptableLines || (!isKnown && ahead > 0) {
      return .failure(.ownLogAhead(log: log, seq: chain.head.seq, known: known.seq))
    }
    var notes: [String] = []
    if size > scan.end.offset {
      try file.truncate(to: scan.end.offset)
      notes.append("\(size - scan.end.offset) bytes of an unfinished line were cut from \(log)")
    }
    if ahead > 0 {
      notes.append("\(ahead) lines of an interrupted append were adopted from \(log)")
    }
    record.head = chain.head
    // The next line goes to the end of the file, whatever stands between it and the own head.
    record.place = LinePlace(
      number: scan.end.lineCount, offset: scan.end.offset, byteCount: -1)
    return .success(notes)
  }

  private func sign(
    _ draft: Draft, with key: borrowing SigningKey, _ record: inout WriterRecord, clock: Int64
  ) throws(WireError) -> [UInt8] {
    let object = draft.object(
      from: handle, pk: key.publicKey.bytes, wire: wire,
      place: .chain(seq: record.head.seq + 1, prev: record.head.eventID),
      at: record.stamp(at: clock))
    return LineSignature.sign(object, as: handle, with: key)
  }

  /// Writes the bytes as one, or leaves the log as it was.
  private func write(
    _ bytes: [UInt8], at start: Int64, _ file: borrowing OpenFile
  ) throws(WireError) {
    for _ in 0..<2 {
      let written = try WireError.lifting { () throws(HostError) in try file.writeOnce(bytes) }
      if written == bytes.count { return }
      try WireError.lifting { () throws(HostError) in try file.truncate(to: start) }
    }
    throw .host(.tornWrite(file.path, wanted: bytes.count, wrote: 0))
  }

  private func synchronizeParents(_ shared: borrowing SharedDirectory) throws(HostError) {
    try shared.directory.synchronize()
    try Directory.open(shared.path + "/..", followLast: true).synchronize()
  }
}
