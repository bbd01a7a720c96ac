package import Host
import Identity
package import WireFormat

/// One pass over a log file: its runs, its faulty lines, and where its last whole line ends.
///
/// Knows no keys but those that the lines name; whether a run may stand is for `ChainAssembly`.
package struct LogScan: Sendable {
  package internal(set) var runs: [Run] = []
  package internal(set) var faults: [FaultyLine] = []
  package internal(set) var end: LineStream.End
  /// Stored signatures that were not looked at, because a later one proves their lines.
  package internal(set) var unseenSignatures = 0

  /// What a pass looks for.
  package struct Request {
    package var wire: Bytes32
    package var handle: Handle
    package var checksEverySignature = false
    /// Which lines to keep with their bytes.
    package var keeps: (Envelope) -> Bool

    package init(wire: Bytes32, handle: Handle, keeps: @escaping (Envelope) -> Bool) {
      (self.wire, self.handle, self.keeps) = (wire, handle, keeps)
    }
  }

  /// Reads the file from the end of an earlier pass.
  package init(
    _ file: borrowing OpenFile, from start: LineStream.End = .init(), _ request: Request
  ) throws(HostError) {
    end = start
    var pass = ScanPass(request)
    var found = LogScan(end: start)
    found.end = try LineStream.forEachLine(of: file, from: start) {
      (place, line) throws(HostError) in
      if let line {
        try pass.take(line, place, in: file, &found)
      } else {
        try pass.refuse(place, .malformed, in: file, &found)
      }
    }
    try pass.endRun(in: file, &found)
    self = found
  }

  /// What an absent or empty log holds.
  init(end: LineStream.End) { self.end = end }
}

/// The run that grows while a log is read.
private struct ScanPass {
  private let request: LogScan.Request
  private var run: Run?
  private var runKeyID: [UInt8] = []

  init(_ request: LogScan.Request) { self.request = request }

  mutating func refuse(
    _ place: LinePlace, _ fault: LineFault, claim: FaultyLine.Claim? = nil,
    in file: borrowing OpenFile, _ scan: inout LogScan
  ) throws(HostError) {
    scan.faults.append(FaultyLine(place, fault, claim: claim))
    try endRun(in: file, &scan)
  }

  mutating func take(
    _ line: Span<UInt8>, _ place: LinePlace, in file: borrowing OpenFile, _ scan: inout LogScan
  ) throws(HostError) {
    let envelope: Envelope
    do {
      envelope = try Envelope.read(line)
    } catch {
      return try refuse(place, error, in: file, &scan)
    }
    guard case .chain(let seq, let prev) = envelope.place else {
      return try refuse(place, .malformed, in: file, &scan)
    }
    guard envelope.wire == request.wire else {
      return try refuse(place, .wrongWire, in: file, &scan)
    }
    guard envelope.isFrom(request.handle, line) else {
      return try refuse(place, .unknownKey, in: file, &scan)
    }
    guard EventID.of(line, envelope.fields) == envelope.eventID else {
      return try refuse(
        place, .eventIDMismatch, claim: .init(pk: envelope.pk, seq: seq), in: file, &scan)
    }
    if run?.continues(envelope, seq: seq, prev: prev) == true {
      run?.append(place, envelope)
    } else {
      try endRun(in: file, &scan)
      run = Run(place, envelope, seq: seq, prev: prev)
      runKeyID = LineSignature.keyID(of: envelope.pk, for: request.handle)
    }
    checkSignature(line, envelope, seq, place, &scan)
    if let fault = envelope.contentFault(line) {
      run?.contentFaults.append(FaultyLine(place, fault))
    }
    if request.keeps(envelope) {
      run?.kept.append(
        KeptLine(place: place, bytes: line.bytes(in: 0..<line.count), envelope: envelope))
    }
  }

  /// Looks at what every pass can afford; a bad one is told, and stands if a later line proves it.
  private func checkSignature(
    _ line: Span<UInt8>, _ envelope: Envelope, _ seq: Int, _ place: LinePlace,
    _ scan: inout LogScan
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
  mutating func endRun(in file: borrowing OpenFile, _ scan: inout LogScan) throws(HostError) {
    guard var ended = run else { return }
    run = nil
    while true {
      let bytes = try file.read(at: ended.lastPlace.offset, count: ended.lastPlace.byteCount)
      let line = bytes.span
      // The file may have changed since the line was read: its id must still be the one in the run.
      let envelope = try? Envelope.read(line)
      if !request.checksEverySignature { scan.unseenSignatures -= 1 }
      if let envelope, envelope.eventID == ended.lastID, envelope.pk == ended.pk,
        LineSignature.holds(line, envelope, keyID: runKeyID)
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
    before place: LinePlace, in file: borrowing OpenFile
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
