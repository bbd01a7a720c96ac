package import Host
import Identity
package import WireFormat

/// One pass over a log: its runs, its faulty lines, and where its last whole line ends.
///
/// Knows no keys but those that the lines name; whether a run may stand is for `ChainAssembly`.
package struct LogScan: Sendable {
  package internal(set) var runs: [Run] = []
  package internal(set) var faults: [FaultyLine] = []
  package internal(set) var end: LineStream.End
  /// Stored signatures that were not looked at, because a later one proves their lines.
  package internal(set) var unseenSignatures = 0
  /// Where in the log the files begin in which lines were met, with the lines before them.
  package internal(set) var partStarts: [LineStream.End] = []

  /// What a pass looks for.
  package struct Request: Sendable {
    package var wire: Bytes32
    package var handle: Handle
    package var checksEverySignature = false
    /// A line whose signature was seen to hold before: a run that ends with it is proven.
    package var provenID: Bytes32?
    /// Which lines to keep with their bytes.
    package var keeps: @Sendable (Envelope) -> Bool
    /// Told now and then how many bytes of a large file are read.
    package var progress: @Sendable (_ read: Int64, _ of: Int64) -> Void = { _, _ in }
    /// A file is read in parts of this size, by all processors; a test reads in small ones.
    package var partByteCount = Self.standardPartByteCount
    package static let standardPartByteCount: Int64 = 4 << 20

    package init(
      wire: Bytes32, handle: Handle, keeps: @escaping @Sendable (Envelope) -> Bool
    ) {
      (self.wire, self.handle, self.keeps) = (wire, handle, keeps)
    }
  }

  /// Reads the file from the end of an earlier pass.
  ///
  /// The result does not depend on the size of the parts.
  package init(
    _ file: LogFile, from start: LineStream.End = .init(), _ request: Request
  ) throws(HostError) {
    let byteCount = try file.byteCount() - start.offset
    // Where every signature is checked a part takes long: small ones leave no processor idle at the
    // end.
    let wanted = max(1, request.partByteCount / (request.checksEverySignature ? 16 : 1))
    // A sparse file can be larger than any number of parts that could be counted.
    let size = max(wanted, byteCount / 65_536 + 1)
    let count = Int(max(0, byteCount - 1) / size) + 1
    let done: @Sendable (Int) -> Void = {
      request.progress(min(Int64($0) * size, byteCount), byteCount)
    }
    // The last part goes on to where the file ends by then.
    let parts = try Parallel.map(count, done: done) { index throws(HostError) in
      let from = start.offset + Int64(index) * size
      // Where a part begins may be anywhere in a line; an earlier pass ended at a line's end.
      let limit = index == count - 1 ? .max : from + size
      let first = index == 0 ? from : try LineStream.lineStart(of: file, in: from..<limit)
      return try ScanPart(file, first, before: limit, request)
    }
    var whole = ScanPart(end: start)
    for part in parts {
      if try whole.append(part, in: file, request) { continue }
      let rest = try ScanPart(file, whole.scan.end.offset, before: .max, request)
      _ = try whole.append(rest, in: file, request)
      break
    }
    try whole.endRun(in: file, request)
    self = whole.scan
  }

  /// What an absent or empty log holds.
  init(end: LineStream.End) { self.end = end }
}

/// The lines of a log that begin in one range of offsets, the run at their end still open.
private struct ScanPart: Sendable {
  var scan: LogScan
  private var run: Run?
  private var runKeyID: [UInt8] = []
  /// Where its first line begins, nil where none begins in the range.
  private var start: Int64?
  /// Where the bytes were others when they were read again.
  private var changed: LineStream.End?
  /// So often it goes back to such a place; then it believes what it read last.
  private var attempts = 16

  /// Nothing, at a place in the log.
  init(end: LineStream.End) { scan = LogScan(end: end) }

  /// Reads the lines that begin from the first offset on, if any, and before the limit.
  ///
  /// Their numbers count from 1 in the part.
  init(
    _ file: LogFile, _ first: Int64?, before limit: Int64, _ request: LogScan.Request
  ) throws(HostError) {
    self.init(end: .init(offset: first ?? 0))
    guard let first, first < limit else { return }
    start = first
    let starts = file.layout.parts.map(\.start.offset)
    var next = starts.firstIndex { $0 >= first } ?? starts.count
    repeat {
      changed = nil
      let end = try LineStream.forEachLine(of: file, from: scan.end, before: limit) {
        (place, line) throws(HostError) in
        if changed != nil { return }
        while next < starts.count, starts[next] <= place.offset {
          scan.partStarts.append(.init(offset: starts[next], lineCount: place.number - 1))
          next += 1
        }
        try take(line, place, in: file, request)
      }
      scan.end = changed ?? end
    } while changed != nil
  }

  /// Takes a line that is no member's message for what it is, if it still stands there.
  ///
  /// A log is read in steps. Where its writer cuts an unfinished line meanwhile and appends a whole
  /// one, the old begin and the new end come together as a line that never was.
  private mutating func refuse(
    _ line: Span<UInt8>?, _ place: LinePlace, _ fault: LineFault, claim: FaultyLine.Claim? = nil,
    in file: LogFile, _ request: LogScan.Request
  ) throws(HostError) {
    if attempts > 0, try !LineStream.stands(line, place, in: file) {
      attempts -= 1
      changed = LineStream.End(offset: place.offset, lineCount: place.number - 1)
      return
    }
    scan.faults.append(FaultyLine(place, fault, claim: claim))
    try endRun(in: file, request)
  }

  private mutating func take(
    _ line: Span<UInt8>?, _ place: LinePlace, in file: LogFile,
    _ request: LogScan.Request
  ) throws(HostError) {
    guard let line else { return try refuse(nil, place, .malformed, in: file, request) }
    let envelope: Envelope
    do {
      envelope = try Envelope.read(line)
    } catch {
      return try refuse(line, place, error, in: file, request)
    }
    guard case .chain(let seq, let prev) = envelope.place else {
      return try refuse(line, place, .malformed, in: file, request)
    }
    guard envelope.wire == request.wire || Mutant.on(.acceptForeignWire) else {
      return try refuse(line, place, .wrongWire, in: file, request)
    }
    guard envelope.isFrom(request.handle, line) else {
      return try refuse(line, place, .unknownKey, in: file, request)
    }
    guard EventID.of(line, envelope.fields) == envelope.eventID || Mutant.on(.acceptAlteredContent)
    else {
      return try refuse(
        line, place, .eventIDMismatch, claim: .init(pk: envelope.pk, seq: seq), in: file, request)
    }
    if run?.continues(envelope, seq: seq, prev: prev) == true {
      run?.append(place, envelope)
    } else {
      try endRun(in: file, request)
      run = Run(place, envelope, seq: seq, prev: prev)
      runKeyID = LineSignature.keyID(of: envelope.pk, for: request.handle)
    }
    checkSignature(line, envelope, seq, place, request)
    if let fault = envelope.contentFault(line) {
      run?.contentFaults.append(FaultyLine(place, fault))
    }
    if request.keeps(envelope) {
      run?.kept.append(
        KeptLine(place: place, bytes: line.bytes(in: 0..<line.count), envelope: envelope))
    }
  }

  /// Looks at what every pass can afford; a bad one is told, and stands if a later line proves it.
  private mutating func checkSignature(
    _ line: Span<UInt8>, _ envelope: Envelope, _ seq: Int, _ place: LinePlace,
    _ request: LogScan.Request
  ) {
    let holds =
      request.checksEverySignature
      ? LineSignature.holds(line, envelope, keyID: runKeyID)
      : LineSignature.keyIDHolds(line, envelope.fields, runKeyID)
    if !holds {
      let claim = FaultyLine.Claim(pk: envelope.pk, seq: seq)
      scan.faults.append(FaultyLine(place, .badSignature, claim: claim))
    }
    if !request.checksEverySignature { scan.unseenSignatures += 1 }
  }

  /// Checks the last signature of the run, taking lines off its end until one holds.
  mutating func endRun(
    in file: LogFile, _ request: LogScan.Request
  ) throws(HostError) {
    guard var ended = run else { return }
    run = nil
    while true {
      if !request.checksEverySignature, ended.lastID == request.provenID {
        return scan.runs.append(ended)
      }
      let bytes = try file.read(at: ended.lastPlace.offset, count: ended.lastPlace.byteCount)
      let line = bytes.span
      // The file may have changed since the line was read: its id must still be the one in the run.
      let envelope = try? Envelope.read(line)
      if !request.checksEverySignature { scan.unseenSignatures -= 1 }
      if let envelope, envelope.eventID == ended.lastID, envelope.pk == ended.pk,
        LineSignature.holds(line, envelope, keyID: runKeyID) || Mutant.on(.acceptUnsigned)
      {
        scan.runs.append(ended)
        return
      }
      if scan.faults.last?.place != ended.lastPlace {
        let claim = FaultyLine.Claim(pk: ended.pk, seq: ended.lastSeq)
        scan.faults.append(FaultyLine(ended.lastPlace, .badSignature, claim: claim))
      }
      guard ended.lastSeq > ended.firstSeq, case .chain(_, let prev) = envelope?.place,
        ended.dropLast(prev: prev, place: try place(before: ended.lastPlace, in: file))
      else { return }
    }
  }

  private func place(
    before place: LinePlace, in file: LogFile
  ) throws(HostError) -> LinePlace? {
    let end = place.offset - 1
    guard end > 0 else { return nil }
    // Most lines are short: look a little way back first.
    for window in [4096, Int64(ReaderLimits.lineByteCount) + 1] {
      let start = max(0, end - window)
      let bytes = try file.read(at: start, count: Int(end - start))
      let lastFeed = bytes.lastIndex(of: UInt8(ascii: "\n"))
      guard lastFeed != nil || start == 0 else { continue }
      let offset = lastFeed.map { start + Int64($0) + 1 } ?? start
      return LinePlace(number: place.number - 1, offset: offset, byteCount: Int(end - offset))
    }
    return nil
  }
}

extension ScanPart {
  /// Puts the part that follows in the file behind this one; a run goes on across the seam.
  ///
  /// False where it does not begin where this one ends: the file changed between the two.
  mutating func append(
    _ next: ScanPart, in file: LogFile, _ request: LogScan.Request
  ) throws(HostError) -> Bool {
    guard next.scan.end.lineCount > 0 else { return true }
    guard next.start == scan.end.offset else { return false }
    var next = next
    next.renumber(after: scan.end.lineCount)
    // Where the run at the seam has fallen to a bad signature the open one is judged by its own.
    let first = next.scan.runs.first ?? next.run
    if var open = run, let first, first.firstPlace.number == scan.end.lineCount + 1,
      open.continues(first)
    {
      open.append(first)
      if next.scan.runs.isEmpty { next.run = open } else { next.scan.runs[0] = open }
      run = nil
    }
    try endRun(in: file, request)
    scan.runs += next.scan.runs
    scan.faults += next.scan.faults
    scan.partStarts += next.scan.partStarts
    scan.unseenSignatures += next.scan.unseenSignatures
    scan.end = next.scan.end
    (run, runKeyID) = (next.run, next.runKeyID)
    return true
  }

  private mutating func renumber(after lineCount: Int) {
    for index in scan.runs.indices { scan.runs[index].renumber(after: lineCount) }
    run?.renumber(after: lineCount)
    scan.faults = scan.faults.map { $0.renumbered(after: lineCount) }
    for index in scan.partStarts.indices { scan.partStarts[index].lineCount += lineCount }
    scan.end.lineCount += lineCount
  }
}
