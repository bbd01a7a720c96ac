import Host
package import Identity
package import WireFormat

/// An agent's own log while it is locked: it ends where this agent left it, and grows line by line.
package struct OpenLog: ~Copyable {
  let writer: LogWriter
  private var recordFile: WriterFile
  /// The file that grows; nil where there is none yet.
  var live: LogFile.Held?
  var record: WriterRecord
  private var notes: [String]
  private let synchronizes: Bool
  /// The error after which nothing more is written: what is on disk is unknown.
  var stopped: HostError?

  init(
    _ writer: LogWriter, _ recordFile: consuming WriterFile, _ live: LogFile.Held?,
    _ record: WriterRecord, notes: [String], synchronizes: Bool
  ) {
    (self.writer, self.record, self.notes) = (writer, record, notes)
    self.recordFile = recordFile
    self.live = live
    self.synchronizes = synchronizes
  }

  /// The key that the next line must have.
  package var nextKey: Bytes32? { record.key?.pk }

  /// The place of the last line; 0 where there is none.
  package var lastSeq: Int { record.head.seq }

  /// Whether the next line must be a card: the first of a chain, and the first of each key in it.
  package var needsCard: Bool { (record.key?.fromSeq ?? 1) == record.head.seq + 1 }

  /// Signs the draft for the next place in the chain and stores it durably.
  ///
  /// The key is the next one. Throws `unsynced` when the line is in the log but fdatasync failed; then the record is not
  /// moved, and this log takes no more. Any other error leaves the log as it was.
  package mutating func append(
    _ draft: Draft, with key: borrowing SigningKey, _ shared: borrowing SharedDirectory,
    _ state: borrowing PrivateState, clock: Int64
  ) throws(WireError) -> Receipt {
    if let stopped { throw .unsynced(stopped) }
    // A crash right after the first append must not look like lost private state.
    if recordFile.record == nil { try recordFile.save(record, state) }
    guard !needsCard || draft.type == .agentCard else { throw .notJoined(writer.handle) }
    guard key.publicKey.bytes == nextKey else { throw .otherKey(writer.handle, nextKey ?? .zero) }
    notes += try archiveClosedYear(at: clock, shared)
    let file = try growingFile(shared)
    var next = record
    let object = try seal(
      draft,
      in: draft.object(
        from: writer.handle, pk: key.publicKey.bytes, wire: writer.wire,
        place: .chain(seq: record.head.seq + 1, prev: record.head.eventID),
        at: next.stamp(at: clock)))
    let line = LineSignature.sign(object, as: writer.handle, with: key)
    let envelope = try check(line)
    let start = record.place.end
    try write(line + [UInt8(ascii: "\n")], to: file, at: start - record.base)
    try synchronize(file, isFirst: start == record.base, shared)
    next.head = Head(seq: record.head.seq + 1, eventID: envelope.eventID)
    next.place = LinePlace(
      number: record.place.number + 1, offset: start, byteCount: line.count)
    if envelope.carriesState || envelope.changesKey { next.factSeq = next.head.seq }
    if let pk = envelope.keyAdded(by: line.span, of: writer.handle, wire: writer.wire) {
      next.key = KeySpan(fromSeq: next.head.seq + 1, pk: pk)
    }
    record = next
    var receipt = Receipt(eventID: next.head.eventID, seq: next.head.seq, notes: notes)
    notes = []
    do {
      try recordFile.save(record, state)
    } catch {
      receipt.notes.append(
        "the own head was not saved (\(error)); the next append adopts this line")
    }
    return receipt
  }

  /// The message with its body sealed, where only some are to read it: a seal is tied to its place.
  private func seal(
    _ draft: Draft, in object: JSONObject
  ) throws(WireError) -> JSONObject {
    guard !draft.readers.isEmpty else { return object }
    do throws(IdentityError) {
      var readers: [Handle: SealingPublicKey] = [:]
      for (reader, key) in draft.readers { readers[reader] = try SealingPublicKey(checking: key) }
      return try SealedBody.seal(draft.body, into: object, for: readers)
    } catch { throw .unsealable(error) }
  }

  /// The file that grows, made where there is none.
  private mutating func growingFile(
    _ shared: borrowing SharedDirectory
  ) throws(WireError) -> LogFile.Held {
    if let live { return live }
    guard let made = try writer.openFile(shared, mode: .append) else {
      throw .ownLogBehind(log: writer.log, seq: record.head.seq)
    }
    live = made
    return made
  }

  /// What a reader would refuse is not written.
  private func check(_ line: [UInt8]) throws(WireError) -> Envelope {
    do { try WriterLimits.check(line: line) } catch { throw .lineTooLarge(byteCount: line.count) }
    guard let envelope = try? Envelope.read(line.span), case .chain = envelope.place else {
      throw .privateState(
        writer.log, "signed a line that does not read back; nothing was written")
    }
    return envelope
  }

  /// Writes the bytes as one, or leaves the log as it was; where it cannot, nothing more is written.
  private mutating func write(
    _ bytes: [UInt8], to held: LogFile.Held, at start: Int64
  ) throws(WireError) {
    do throws(HostError) {
      var written = 0
      for _ in 0..<2 {
        written = try held.file.writeOnce(bytes)
        if written == bytes.count { return }
        // Only the rest makes the system say why: a full disk, mostly. Not its LF: a reader takes a
        // whole line, and must not see it cut off again.
        let rest = Array(bytes[written...].dropLast())
        let reason = Self.failure { () throws(HostError) in
          if !rest.isEmpty { _ = try held.file.writeOnce(rest) }
        }
        stopped = Self.failure { () throws(HostError) in try held.file.truncate(to: start) }
        if let error = stopped ?? reason { throw error }
      }
      throw .tornWrite(held.file.path, wanted: bytes.count, wrote: written)
    } catch { throw .host(error) }
  }

  private static func failure(_ body: () throws(HostError) -> Void) -> HostError? {
    do {
      try body()
      return nil
    } catch { return error }
  }

  private mutating func synchronize(
    _ held: LogFile.Held, isFirst: Bool, _ shared: borrowing SharedDirectory
  ) throws(WireError) {
    guard synchronizes else { return }
    do {
      if !Mutant.on(.skipSync) { try held.file.synchronizeData() }
      guard isFirst, !Mutant.on(.skipDirectorySync) else { return }
      try shared.directory.synchronize()
      try Self.synchronizeParent(of: shared)
    } catch {
      stopped = error
      throw .unsynced(error)
    }
  }
}

extension OpenLog {
  /// An account that may not read the directory above cannot flush it; who made the wire has.
  private static func synchronizeParent(
    of shared: borrowing SharedDirectory
  ) throws(HostError) {
    do {
      try Directory.open(shared.path + "/..", followLast: true).synchronize()
    } catch {
      if !error.isForbidden { throw error }
    }
  }
}

extension Envelope {
  /// Whether lines of this kind can change the key that the chain goes on with.
  var changesKey: Bool { kind == MessageType.keyAdd.kind }
}
