package import Host
package import Identity
package import Protocol
package import WireFormat

/// All that the shared directory proves by itself: every chain from seq 1, folded.
package struct WireReading: Sendable {
  package let genesis: Genesis
  package private(set) var directory: KeyDirectory
  package private(set) var chains: [Handle: Chain] = [:]
  package private(set) var scans: [Handle: LogScan] = [:]
  /// The size and identity of the file that still grows of each log, when it was read.
  package private(set) var files: [Handle: FileStatus] = [:]
  /// The files that each log lies in.
  package private(set) var layouts: [Handle: LogLayout] = [:]
  package private(set) var state: WireState

  package struct Options: Sendable {
    package var checksEverySignature = false
    /// Lines to keep beside those that carry state.
    package var keeps: @Sendable (Handle, Envelope) -> Bool = { _, _ in false }
    /// What the reader remembers of each chain.
    package var known: [Handle: Chain.Remembered] = [:]
    /// See `LogScan.Request`.
    package var partByteCount = LogScan.Request.standardPartByteCount
    /// Told now and then how far a large log is read.
    package var progress: @Sendable (_ log: String, _ read: Int64, _ of: Int64) -> Void = {
      _, _, _ in
    }

    package init() {}
  }

  /// Reads every log whole; a function of the bytes alone, in whatever order lines came to be
  /// there.
  package init(
    _ shared: borrowing SharedDirectory, _ genesis: Genesis, _ options: Options = Options()
  ) throws(HostError) {
    self.genesis = genesis
    directory = KeyDirectory(genesis)
    state = WireState(genesis)
    // Introductions and member decisions name keys and logs, which may prove more of both.
    for _ in 0..<Self.roundLimit {
      try readLogs(shared, options)
      fold()
      let next = KeyDirectory(genesis, state)
      let old = directory
      directory = next
      let changed = chains.values.filter { !$0.isRead(under: next, before: old) }
      if changed.isEmpty, chains.count == next.entries.count { break }
      for chain in changed { chains[chain.handle] = nil }
    }
  }

  /// Each round can add members that only the round before made known.
  private static let roundLimit = 256

  private mutating func readLogs(
    _ shared: borrowing SharedDirectory, _ options: Options
  ) throws(HostError) {
    for (handle, entry) in directory.entries where chains[handle] == nil {
      let found = try shared.openLog(entry.log)
      let isOdd = found?.layout.live.isThere == true ? false : try shared.isOdd(entry.log)
      guard var file = found else {
        let scan = LogScan(end: .init())
        scans[handle] = scan
        var empty = Chain(handle: handle, head: .none, spans: [])
        empty.openingKey = entry.namedKey
        if isOdd { empty.faults = [.nowhere(after: scan.end)] }
        if genesis.legacy[entry.log] != nil { empty.faults = [.lostLegacy] }
        chains[handle] = empty.reconciled(with: options.known[handle] ?? .nothing, scan)
        continue
      }
      var hasLost = false
      if let legacy = genesis.legacy[entry.log] {
        if let begun = try file.begun(behind: legacy) { file = begun } else { hasLost = true }
      }
      let scan: LogScan
      if let held = scans[handle] {
        scan = held
      } else {
        scan = try self.scan(file, handle, options)
        files[handle] = try file.liveStatus()
        layouts[handle] = file.layout.counted(by: scan)
        scans[handle] = scan
      }
      // Where nobody has named a key, the one that this reader knows the chain by stays.
      let opened = KeyDirectory.Entry(
        log: entry.log, namedKey: entry.namedKey ?? options.known[handle]?.openingKey,
        recoveries: entry.recoveries)
      var chain = try ChainAssembly.assemble(handle, scan, opened, wire: genesis.id, in: file)
        .reconciled(with: options.known[handle] ?? .nothing, scan, entry.recoveries)
      if isOdd { chain.faults.append(.nowhere(after: scan.end)) }
      if hasLost { chain.faults.removeAll { $0.place.number == 1 } }
      if hasLost { chain.faults.insert(.lostLegacy, at: 0) }
      chains[handle] = chain
    }
  }

  private func scan(
    _ file: LogFile, _ handle: Handle, _ options: Options
  ) throws(HostError) -> LogScan {
    let knownSeq = options.known[handle]?.head.seq
    var request = LogScan.Request(wire: genesis.id, handle: handle) { envelope in
      if case .chain(let seq, _) = envelope.place, seq == knownSeq { return true }
      return envelope.carriesState || options.keeps(handle, envelope)
    }
    request.checksEverySignature = options.checksEverySignature
    request.partByteCount = options.partByteCount
    let log = directory.entries[handle]?.log ?? ""
    request.progress = { options.progress(log, $0, $1) }
    return try LogScan(file, from: file.layout.start, request)
  }

  private mutating func fold() {
    state = WireState(genesis)
    for handle in chains.keys.sorted() {
      for fact in chains[handle]?.facts ?? [] where fact.envelope.carriesState {
        if let message = try? Message(fact.bytes.span, fact.envelope) { _ = state.fold(message) }
      }
    }
  }
}

extension WireReading {
  /// The file that a line of a log stands in, and its number there.
  package func locate(_ number: Int, of handle: Handle) -> (file: String, line: Int) {
    layouts[handle]?.locate(number) ?? (directory.entries[handle]?.log ?? "", number)
  }
}

extension FaultyLine {
  /// A file that no longer begins with the bytes whose hash the genesis has.
  fileprivate static let lostLegacy = FaultyLine(
    LinePlace(number: 1, offset: 0, byteCount: 0), .eventIDMismatch)

  /// A thing that is no file, where a log should go on.
  fileprivate static func nowhere(after end: LineStream.End) -> FaultyLine {
    let place = LinePlace(number: end.lineCount + 1, offset: end.offset, byteCount: 0)
    return FaultyLine(place, .malformed)
  }
}

extension Envelope {
  /// Whether lines of this kind can change the state.
  package var carriesState: Bool {
    guard let type = MessageType(rawValue: kind) else { return false }
    return WireState.foldedTypes.contains(type)
      || asksForAck && WireState.foldedAskingTypes.contains(type)
  }
}

extension KeyDirectory {
  package init(_ genesis: Genesis) {
    self.init(
      founder: genesis.founder, founderKey: genesis.founderKey,
      logs: genesis.members.map { ($0.handle, $0.log) })
  }

  /// What the genesis, the founder's introductions and the counting member decisions say.
  package init(_ genesis: Genesis, _ state: WireState) {
    self.init(genesis)
    for (handle, pk) in state.introductions { introduce(handle, pk: pk) }
    state.history.extend(&self)
  }
}

extension Chain {
  /// Whether a new directory would open and continue this chain as the old one did.
  func isRead(under next: KeyDirectory, before: KeyDirectory) -> Bool {
    guard let new = next.entries[handle], let old = before.entries[handle] else { return false }
    return new.log == old.log && new.recoveries == old.recoveries
      && (new.namedKey ?? adoptedKey ?? openingKey) == openingKey
  }
}
