import Host
import Identity
import WireFormat

/// Makes a writer's record and its log agree, or refuses to sign.
struct Adoption {
  let writer: LogWriter
  /// The key of the first line.
  let pk: Bytes32
  /// Whether the record was ever saved.
  let isKnown: Bool

  /// Moves the record over lines that a crash left, and cuts an unfinished one; gives what to tell.
  ///
  /// `live` is the file that grows, nil where an archive has just moved it away. Throws
  /// `ownLogBehind`, `ownLogAhead` or `ownLogDiffers`.
  func settle(
    _ record: inout WriterRecord, _ live: LogFile.Held?, _ shared: borrowing SharedDirectory
  ) throws(WireError) -> [String] {
    let held = record
    let isKeyKnown = writer.keys.next.map { $0 == key(of: held).pk } ?? true
    if isKeyKnown,
      try WireError.lifting({ () throws(HostError) in try endsAsLeft(held, live) })
    {
      return []
    }
    let log = try WireError.lifting { () throws(HostError) in try open(live, shared) }
    guard let log else {
      if held.head.seq > 0 { throw .ownLogBehind(log: writer.log, seq: held.head.seq) }
      return []
    }
    let base = log.layout.live.start.offset
    let found = try WireError.lifting { () throws(HostError) in
      // What a kill has kept an archive from: its name is as durable as what is written next.
      if base != held.base { try shared.synchronizeArchive() }
      return try look(held, log, isKeyKnown: isKeyKnown)
    }
    record.base = base
    guard let found else { return [] }
    try judge(found, known: held)
    return try WireError.lifting { () throws(HostError) in try take(found, &record, live) }
  }

  /// The key that the line after this record's must have, as far as the writer knew.
  private func key(of record: WriterRecord) -> KeySpan {
    record.key ?? KeySpan(fromSeq: 1, pk: pk)
  }

  /// Whether the file that grows ends with the own last line: all else is as it was then.
  private func endsAsLeft(
    _ record: WriterRecord, _ live: LogFile.Held?
  ) throws(HostError) -> Bool {
    let start = record.place.offset - record.base
    guard let live, record.head.seq > 0, start >= 0,
      try live.file.status().byteCount == record.place.end - record.base
    else { return false }
    let bytes = try live.file.read(at: start, count: record.place.byteCount + 1)
    return isLastLine(bytes, of: record)
  }

  /// The whole log, of which the file that grows must be the one that is held.
  private func open(
    _ live: LogFile.Held?, _ shared: borrowing SharedDirectory
  ) throws(HostError) -> LogFile? {
    let log = try shared.openLog(writer.log)
    let status = try live?.file.status()
    if let log, !log.layout.live.isSameFile(as: status) {
      throw .refused("\(shared.path)/\(writer.log)", .replaced)
    }
    return log
  }

  /// A log that does not end where the record says.
  private struct Found {
    let byteCount: Int64
    /// Whether the own last line still stands where it stood.
    let isInPlace: Bool
    let end: LineStream.End
    let chain: Chain
    let base: Int64
  }

  /// Nil where the log ends with the own last line, and the key after it is the one remembered.
  private func look(
    _ record: WriterRecord, _ log: LogFile, isKeyKnown: Bool
  ) throws(HostError) -> Found? {
    let size = try log.byteCount()
    let isInPlace = size < record.place.end ? false : try isLastLine(record, in: log)
    if isInPlace, size == record.place.end, isKeyKnown { return nil }
    let (scan, chain) = try read(record, isInPlace: isInPlace && isKeyKnown, log)
    if isInPlace, size == record.place.end, chain.spans.last == key(of: record) { return nil }
    return Found(
      byteCount: size, isInPlace: isInPlace, end: scan.end, chain: chain,
      base: log.layout.live.start.offset)
  }

  private func isLastLine(_ record: WriterRecord, in log: LogFile) throws(HostError) -> Bool {
    guard record.head.seq > 0 else { return true }
    let bytes = try log.read(at: record.place.offset, count: record.place.byteCount + 1)
    return isLastLine(bytes, of: record)
  }

  private func isLastLine(_ bytes: [UInt8], of record: WriterRecord) -> Bool {
    guard bytes.last == UInt8(ascii: "\n") else { return false }
    let line = bytes.span.extracting(..<(bytes.count - 1))
    guard let envelope = try? Envelope.read(line) else { return false }
    return envelope.eventID == record.head.eventID
      && EventID.of(line, envelope.fields) == record.head.eventID
  }

  /// Throws unless the log goes on from the known head by no more than one crash can leave.
  private func judge(_ found: Found, known record: WriterRecord) throws(WireError) {
    if Mutant.on(.signAnyway) { return }
    let chain = found.chain
    var known = record.head
    if record.isCutOff(by: writer.keys.recoveries, in: chain.spans) {
      // What the members cut off is theirs to decide; from the cut on the rule is the same.
      known = Head(seq: (chain.spans.last?.fromSeq ?? 1) - 1, eventID: known.eventID)
    }
    if let fork = chain.forkSeq { throw .ownLogDiffers(log: writer.log, seq: fork) }
    if chain.head.seq < known.seq { throw .ownLogBehind(log: writer.log, seq: known.seq) }
    let isHeld =
      found.isInPlace || known != record.head
      || chain.segments.contains { $0.run.kept.contains { $0.envelope.eventID == known.eventID } }
    if known.seq > 0, !isHeld { throw .ownLogDiffers(log: writer.log, seq: known.seq) }
    // A line that was stored and then damaged is not one that never was.
    let pk = chain.key ?? pk
    if chain.faults.contains(where: { $0.claims(pk, beyond: chain.head.seq) }) {
      throw .ownLogDiffers(log: writer.log, seq: chain.head.seq + 1)
    }
    let ahead = chain.head.seq - known.seq
    if ahead > LogWriter.adoptableLines || (!isKnown && ahead > 0) {
      throw .ownLogAhead(log: writer.log, seq: chain.head.seq, known: known.seq)
    }
  }

  /// Cuts what is no line and moves the record to the end of the log.
  private func take(
    _ found: Found, _ record: inout WriterRecord, _ live: LogFile.Held?
  ) throws(HostError) -> [String] {
    var notes: [String] = []
    let torn = found.byteCount - found.end.offset
    if torn > 0, let live, !Mutant.on(.keepTornTail) {
      try live.file.truncate(to: found.end.offset - found.base)
      notes.append("\(torn) bytes of an unfinished line were cut from \(writer.log)")
    }
    let ahead = found.chain.head.seq - record.head.seq
    if Mutant.on(.forgetAdopting) { return notes }
    if ahead < 0 {
      notes.append(
        "\(writer.handle) goes on after line \(found.chain.head.seq), as the members decided")
    } else if ahead > 0 {
      notes.append("\(ahead) lines of an interrupted append were adopted from \(writer.log)")
    }
    let old = record
    record = WriterRecord(head: found.chain.head, end: found.end, base: found.base)
    (record.timestamp, record.key) = (old.timestamp, found.chain.spans.last)
    record.keepRecoveries(of: old)
    record.follow(writer.keys.recoveries, in: found.chain.spans)
    if ahead == 0 { record.factSeq = old.factSeq }
    let last = found.chain.segments.last?.run
    if let last, last.lastSeq == record.head.seq, last.lastPlace.end == found.end.offset {
      record.place = last.lastPlace
    }
    return notes
  }

  /// What the log holds, from the own head on where that is in place and enough.
  private func read(
    _ record: WriterRecord, isInPlace: Bool, _ file: LogFile
  ) throws(HostError) -> (LogScan, Chain) {
    let head = record.head
    let request = LogScan.Request(wire: writer.wire, handle: writer.handle) {
      $0.eventID == head.eventID || $0.changesKey
    }
    let entry = KeyDirectory.Entry(
      log: writer.log, namedKey: pk, recoveries: writer.keys.recoveries)
    if isInPlace, head.seq > 0 {
      let start = LineStream.End(offset: record.place.end, lineCount: record.place.number)
      let scan = try LogScan(file, from: start, request)
      let chain = try ChainAssembly.assemble(
        writer.handle, scan, entry, wire: writer.wire, after: head,
        spans: [key(of: record)], in: file)
      if !chain.needsFullRead { return (scan, chain) }
    }
    let scan = try LogScan(file, request)
    let chain = try ChainAssembly.assemble(
      writer.handle, scan, entry, wire: writer.wire, in: file)
    return (scan, chain)
  }
}
