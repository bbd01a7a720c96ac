package import Host
package import Identity
package import WireFormat

/// A line of a chain as a reader may see it.
package struct ShownLine: Sendable {
  package let handle: Handle
  package let seq: Int
  package let eventID: Bytes32
  package let pk: Bytes32
  package let bytes: [UInt8]
  /// Nil where its content is refused: it holds its place and nothing more.
  package private(set) var message: Message?
  /// Lines before it are missing.
  package let isAfterGap: Bool
  /// Where it ends in its log.
  package let end: LineStream.End
  /// Why its sealed body stays closed to this agent; nil before anybody has tried.
  package private(set) var sealFault: SealFault?

  /// The same with what came of opening its sealed body.
  package func opened(_ body: Result<JSONValue, SealFault>) -> ShownLine {
    var line = self
    switch body {
    case .success(let body): line.message = message?.opened(body)
    case .failure(let fault): line.sealFault = fault
    }
    return line
  }
}

/// Reads lines of chains again to show them, proven by the heads that the reader holds.
package enum ChainHistory {
  /// The wanted lines of one chain in the order of their seq.
  ///
  /// From the cursor on only what is new is read; without one, or where its place no longer fits,
  /// all. Nil where the log changed since its heads were verified: then nothing of it is proven.
  package static func lines(
    of handle: Handle, _ record: HeadRecord, wire: Bytes32, from cursor: Cursor? = nil,
    _ shared: borrowing SharedDirectory, wanted: @escaping @Sendable (Envelope) -> Bool
  ) throws(HostError) -> [ShownLine]? {
    let cursor = record.verdict == .sound ? cursor : nil
    guard
      let file = try shared.openLog(
        record.log, record.layout, from: cursor?.head.seq ?? 0 > 0 ? cursor?.end.offset ?? 0 : 0)
    else { return [] }
    var request = LogScan.Request(wire: wire, handle: handle) { envelope in
      // Without the lines that change the key the chain could not be followed past them.
      wanted(envelope) || envelope.eventID == record.head.eventID
        || envelope.kind == MessageType.keyAdd.kind
    }
    request.provenID = record.head.eventID
    if let cursor, cursor.head.seq > 0 {
      let entry = KeyDirectory.Entry(log: record.log, recoveries: record.recoveries)
      let spans = record.spans.filter { $0.fromSeq <= cursor.head.seq + 1 }
      let scan = try LogScan(file, from: cursor.end, request)
      let chain = try ChainAssembly.assemble(
        handle, scan, entry, wire: wire, after: cursor.head, spans: spans, in: file)
      if !chain.needsFullRead, reaches(record, chain) {
        return shown(chain, record, wanted)
      }
    }
    let entry = KeyDirectory.Entry(
      log: record.log, namedKey: record.openingKey, recoveries: record.recoveries)
    guard let whole = try shared.openLog(record.log, record.layout) else { return [] }
    let start = whole.layout.extends(record.layout) ? record.layout.start : .init()
    let scan = try LogScan(whole, from: start, request)
    let chain = try ChainAssembly.assemble(handle, scan, entry, wire: wire, in: whole)
    // What is left of a log that was rolled back is still its writer's.
    guard reaches(record, chain) || record.verdict == .rollback else { return nil }
    return shown(chain, record, wanted)
  }

  private static func reaches(_ record: HeadRecord, _ chain: Chain) -> Bool {
    if chain.head == record.head { return true }
    return chain.segments.contains { segment in
      segment.run.kept.contains {
        $0.seq == record.head.seq && $0.envelope.eventID == record.head.eventID
      }
    }
  }

  private static func shown(
    _ chain: Chain, _ record: HeadRecord, _ wanted: (Envelope) -> Bool
  ) -> [ShownLine] {
    let last = min(record.head.seq, (record.forkSeq ?? .max) - 1)
    var lines: [ShownLine] = []
    for segment in chain.segments {
      for line in segment.run.kept
      where segment.seqs.contains(line.seq) && line.seq <= last && wanted(line.envelope) {
        lines.append(ShownLine(chain.handle, line, isAfterGap: false))
      }
    }
    guard record.verdict == .gap else { return lines }
    for run in chain.beyond {
      lines += run.kept.filter { wanted($0.envelope) }
        .map { ShownLine(chain.handle, $0, isAfterGap: true) }
    }
    return lines
  }
}

extension ShownLine {
  fileprivate init(_ handle: Handle, _ line: KeptLine, isAfterGap: Bool) {
    self.init(
      handle: handle, seq: line.seq, eventID: line.envelope.eventID, pk: line.envelope.pk,
      bytes: line.bytes, message: try? Message(line.bytes.span, line.envelope),
      isAfterGap: isAfterGap,
      end: .init(offset: line.place.end, lineCount: line.place.number))
  }
}
