import Host
import Identity
import Protocol
import WireFormat

/// How one chain's record moves on.
struct ReadStep {
  enum Look {
    case unchanged
    /// The own log grew by lines that no reader needs: its head moves, and nothing else.
    case ownGrown(HeadRecord)
    case grown(ReadStep)
    case needsFullRead
  }

  let chain: Chain
  let record: HeadRecord
  /// Where the head's line stood before this read.
  private let heldPlace: (file: String, line: Int)

  /// Looks at a log that was read before, and reads what it grew by.
  ///
  /// `own` is what this agent remembers of its own writing, if the log is its own.
  static func take(
    _ handle: Handle, _ record: HeadRecord, own: WriterRecord?, _ wire: Bytes32,
    _ shared: borrowing SharedDirectory
  ) throws(HostError) -> Look {
    // Of a log that does not stand as it should, missing files may have come back.
    let known = record.verdict == .sound ? record.layout : nil
    let held = min(record.headPlace.offset, record.end.offset)
    guard let file = try shared.openLog(record.log, known, from: held) else {
      let isOdd = try shared.isOdd(record.log)
      return record.layout.isEmpty && !isOdd ? .unchanged : .needsFullRead
    }
    let byteCount = try file.byteCount()
    guard file.layout.extends(record.layout), byteCount >= record.end.offset,
      try record.headStands(in: file)
    else { return .needsFullRead }
    let layout = file.layout.counted(by: record.layout)
    // The head is back in its place: whether all before it is too, only a full read says.
    if record.verdict == .rollback { return .needsFullRead }
    if known == nil, layout != record.layout { return .needsFullRead }
    // Another line of the same length may have come in the place of one that counted for nothing.
    guard try record.tail == record.hashOfTail(in: file) else { return .needsFullRead }
    if byteCount == record.end.offset {
      return record.moved(to: layout.counted(by: LogScan(end: record.end)), handle)
    }
    guard record.isContinuable else { return .needsFullRead }
    if let own, layout == record.layout,
      let next = try record.moved(to: own, byteCount: byteCount, in: file)
    {
      return .ownGrown(next)
    }
    let isCutOff = own?.isCutOff(by: record.recoveries, in: record.spans) ?? false
    let stored = isCutOff ? .none : own?.head ?? .none
    let request = LogScan.Request(wire: wire, handle: handle) {
      $0.carriesState || $0.eventID == stored.eventID
    }
    let scan = try LogScan(file, from: record.end, request)
    let counted = layout.counted(by: scan)
    if scan.end == record.end { return record.moved(to: counted, handle) }
    let entry = KeyDirectory.Entry(log: record.log, recoveries: record.recoveries)
    let chain = try ChainAssembly.assemble(
      handle, scan, entry, wire: wire, after: record.head, spans: record.spans, in: file)
    guard !chain.needsFullRead else { return .needsFullRead }
    // What this agent stored last must be in it: else somebody else wrote on with its key.
    if stored.seq > record.head.seq, !chain.holds(stored) { return .needsFullRead }
    // A new key may be that of lines which were refused before it was introduced.
    if chain.spans != record.spans, record.faultCount > 0 { return .needsFullRead }
    var next = record
    (next.end, next.layout) = (scan.end, counted)
    next.faultCount += chain.faults.count
    try next.take(chain, in: file)
    next.tail = try next.hashOfTail(in: file)
    return .grown(ReadStep(chain: chain, record: next))
  }

  fileprivate init(chain: Chain, record: HeadRecord, old: HeadRecord? = nil) {
    (self.chain, self.record) = (chain, record)
    let held = old ?? record
    heldPlace = held.layout.locate(held.headPlace.number)
  }

  /// The record that a full read gives; what it rests on is on disk.
  init(
    _ chain: Chain, _ entry: KeyDirectory.Entry, _ reading: WireReading,
    _ shared: borrowing SharedDirectory, old: HeadRecord?
  ) throws(HostError) {
    let layout = reading.layouts[chain.handle] ?? LogLayout(entry.log)
    var record = HeadRecord(
      log: entry.log, head: chain.head, spans: chain.spans, openingKey: chain.openingKey,
      recoveries: entry.recoveries, verdict: chain.verdict, forkSeq: chain.forkSeq,
      faultCount: chain.faults.count,
      headLine: chain.remembered?.headLine ?? old?.headLine ?? [],
      headPlace: old?.headPlace ?? LinePlace(number: 0, offset: 0, byteCount: 0),
      end: reading.scans[chain.handle]?.end ?? .init(), layout: layout)
    if chain.remembered == nil, let file = try shared.openLog(entry.log, layout),
      file.layout.extends(layout)
    {
      try file.synchronizeData()
      // A log that is new to this reader must not lose its name either: begun anew, its chain would
      // be another one.
      if old?.layout.live != layout.live, !Mutant.on(.skipDirectorySync) {
        try shared.directory.synchronize()
      }
      try record.take(chain, in: file)
      record.tail = try record.hashOfTail(in: file)
    }
    self.init(chain: chain, record: record, old: old)
  }

  /// A fault by the file that it stands in.
  func badLine(_ fault: FaultyLine) -> Audit.BadLine {
    let (file, line) = record.layout.locate(fault.place.number)
    return Audit.BadLine(file: file, line: line, reason: fault.fault)
  }

  /// Whether a fault stands where the record before this read had not come to.
  func isNew(_ fault: FaultyLine, to old: HeadRecord?) -> Bool {
    guard let old else { return true }
    if record.layout.extends(old.layout) { return fault.place.offset >= old.end.offset }
    let file = record.layout.locate(fault.place.number).file
    return !old.layout.parts.contains { $0.name == file } || fault.place.offset >= old.end.offset
  }

  /// Keeps what convicts somebody, and the lines that were refused.
  func keepEvidence(
    _ wire: Bytes32, _ shared: borrowing SharedDirectory, _ state: borrowing PrivateState
  ) {
    func keep(_ reason: String, _ exhibits: [Evidence.Exhibit]) {
      Evidence(
        wire: wire, handle: chain.handle, log: record.log, reason: reason, exhibits: exhibits
      ).keep(state)
    }
    let held = chain.remembered.map { exhibit($0.headLine, heldPlace) }
    if let held, !held.bytes.isEmpty { keep(ChainVerdict.rollback.rawValue, [held]) }
    guard !chain.faults.isEmpty || chain.forkSeq != nil,
      let file = try? shared.openLog(record.log, record.layout)
    else { return }
    if let seq = chain.forkSeq,
      let rivals = EvidenceFinding.rivals(
        in: [held].compactMap { $0 } + lines(from: seq, wire, in: file), wire: wire,
        handle: chain.handle)
    {
      keep(ChainVerdict.fork.rawValue, rivals)
    }
    for fault in chain.faults.prefix(64)
    where fault.place.byteCount > 0 && fault.fault != .fork {
      let count = min(fault.place.byteCount, ReaderLimits.lineByteCount)
      guard let bytes = try? file.read(at: fault.place.offset, count: count) else { continue }
      keep(fault.fault.rawValue, [exhibit(bytes, record.layout.locate(fault.place.number))])
    }
  }

  /// The highest version that any of these lines needs, if it is above the one spoken here.
  ///
  /// Nothing of such a line is proven: whoever can write the log can put one there.
  func neededVersion(
    _ faults: [FaultyLine], _ wire: Bytes32, _ shared: borrowing SharedDirectory
  ) -> Int? {
    let malformed = faults.filter { $0.fault == .malformed && $0.place.byteCount > 0 }
    guard !malformed.isEmpty, let file = try? shared.openLog(record.log) else { return nil }
    return malformed.prefix(64).compactMap { fault in
      guard fault.place.byteCount <= ReaderLimits.lineByteCount,
        let bytes = try? file.read(at: fault.place.offset, count: fault.place.byteCount),
        let object = try? JSONParser.object(bytes), let version = object[Field.v.key]?.int,
        version > 1, object[Field.wire.key]?.text == Text(wire.hex),
        object[Field.from.key]?.text.flatMap(Handle.init(sender:)) == chain.handle
      else { return nil }
      return version
    }.max()
  }

  private func exhibit(
    _ bytes: [UInt8], _ place: (file: String, line: Int)
  ) -> Evidence.Exhibit {
    Evidence.Exhibit(bytes: bytes, line: place.line, file: place.file)
  }

  /// The lines that hold a seq or the one after it, which may link to another line of that seq.
  ///
  /// Only those that a key of the chain signed, each once: no lines that claim a place in vain, and
  /// be they many, hide the ones that prove something.
  private func lines(
    from seq: Int, _ wire: Bytes32, in file: LogFile
  ) -> [Evidence.Exhibit] {
    var lines: [Evidence.Exhibit] = []
    var seen: Set<Bytes32> = []
    _ = try? LineStream.forEachLine(of: file) { (place, line) throws(HostError) in
      guard let line, let envelope = try? Envelope.read(line),
        case .chain(let claimed, _) = envelope.place, (seq...(seq + 1)).contains(claimed),
        lines.count < 32, chain.spans.contains(where: { $0.pk == envelope.pk }),
        !seen.contains(envelope.eventID)
      else { return }
      let bytes = line.bytes(in: 0..<line.count)
      guard case .success = SignedLine.read(bytes, wire: wire, handle: chain.handle) else { return }
      seen.insert(envelope.eventID)
      lines.append(exhibit(bytes, record.layout.locate(place.number)))
    }
    return lines
  }
}

extension HeadRecord {
  /// What a look came to that met no new line, but perhaps the same ones in other files.
  fileprivate func moved(to layout: LogLayout, _ handle: Handle) -> ReadStep.Look {
    guard layout != self.layout else { return .unchanged }
    var next = self
    next.layout = layout
    return .grown(ReadStep(chain: Chain(handle: handle, head: head, spans: spans), record: next))
  }

  /// Whether the head's line is still where it was.
  func headStands(in file: LogFile) throws(HostError) -> Bool {
    guard head.seq > 0 else { return true }
    let bytes = try file.read(at: headPlace.offset, count: headPlace.byteCount + 1)
    return bytes == headLine + [UInt8(ascii: "\n")]
  }

  /// The record at the writer's own head, if it proves all between the two to be without effect.
  ///
  /// What the writer stored it need not read: it signed these lines, each after a look at the one
  /// before. They were synchronised before its record of them was saved.
  fileprivate func moved(
    to own: WriterRecord, byteCount: Int64, in file: LogFile
  ) throws(HostError) -> HeadRecord? {
    guard own.head.seq > head.seq, own.factSeq <= head.seq, own.place.end == byteCount,
      own.place.byteCount > 0, !own.isCutOff(by: recoveries, in: spans)
    else { return nil }
    let line = try file.read(at: own.place.offset, count: own.place.byteCount)
    guard let envelope = try? Envelope.read(line.span), envelope.eventID == own.head.eventID,
      EventID.of(line.span, envelope.fields) == own.head.eventID
    else { return nil }
    var next = self
    (next.head, next.headLine, next.headPlace) = (own.head, line, own.place)
    next.end = .init(offset: own.place.end, lineCount: own.place.number)
    next.tail = nil
    return next
  }

  /// Moves to the head of a chain just read from this file.
  fileprivate mutating func take(_ chain: Chain, in file: LogFile) throws(HostError) {
    (head, spans) = (chain.head, chain.spans)
    guard let last = chain.segments.last else { return }
    // Only a segment that ends with its run has its last line at the run's end.
    let place =
      last.seqs.upperBound == last.run.lastSeq
      ? last.run.lastPlace : try Self.place(of: last, in: file)
    headPlace = place
    headLine = try file.read(at: place.offset, count: place.byteCount)
    // The file may have changed since it was scanned: then nothing of it is remembered.
    guard let envelope = try? Envelope.read(headLine.span), envelope.eventID == head.eventID else {
      (headLine, layout) = ([], layout.forgotten())
      return
    }
  }

  /// So much of what stands behind the head is looked at each time.
  private static let tailByteCount: Int64 = 65_536

  /// Of the lines behind the head, which were refused or repeat others; nil where there are none.
  fileprivate func hashOfTail(in file: LogFile) throws(HostError) -> Bytes32? {
    let start = max(headPlace.end, end.offset - Self.tailByteCount)
    guard start < end.offset else { return nil }
    return SHA256Hasher.hash(try file.read(at: start, count: Int(end.offset - start)))
  }

  private static func place(
    of segment: Segment, in file: LogFile
  ) throws(HostError) -> LinePlace {
    let run = segment.run
    var found = run.lastPlace
    let start = LineStream.End(offset: run.firstPlace.offset, lineCount: run.firstPlace.number - 1)
    let number = run.lineNumber(of: segment.seqs.upperBound)
    _ = try LineStream.forEachLine(of: file, from: start, through: run.lastPlace) {
      (place, _) throws(HostError) in
      if place.number == number { found = place }
    }
    return found
  }
}
