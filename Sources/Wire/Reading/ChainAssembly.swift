import Host
import Identity
import WireFormat

/// Puts the runs of a log together into its writer's chain and judges those that do not fit.
struct ChainAssembly {
  private let scan: LogScan
  private let wire: Bytes32
  private let entry: KeyDirectory.Entry
  private var chain: Chain
  private var used: Set<Int> = []
  private var key: Bytes32?
  /// The ids of the chain so far by seq; loaded when runs overlap.
  private var chainIDs: [Int: Bytes32]?
  /// Those of the last run beyond a gap.
  private var beyondIDs: [Bytes32]?
  private let isContinuation: Bool

  /// The file is the one that was scanned; it is read again only where runs overlap.
  static func assemble(
    _ handle: Handle, _ scan: LogScan, _ entry: KeyDirectory.Entry, wire: Bytes32,
    after head: Head = .none, spans: [KeySpan] = [], in file: LogFile
  ) throws(HostError) -> Chain {
    var assembly = ChainAssembly(handle, scan, entry, wire: wire, after: head, spans: spans)
    return try assembly.run(file)
  }

  private init(
    _ handle: Handle, _ scan: LogScan, _ entry: KeyDirectory.Entry, wire: Bytes32,
    after head: Head, spans: [KeySpan]
  ) {
    (self.scan, self.wire, self.entry) = (scan, wire, entry)
    chain = Chain(handle: handle, head: head, spans: spans)
    isContinuation = head.seq > 0
    if spans.isEmpty {
      if entry.namedKey == nil { chain.adoptedKey = Self.openingKey(scan, handle) }
      chain.openingKey = entry.namedKey ?? chain.adoptedKey
      key = chain.openingKey.flatMap(Self.checked)
      if let key { chain.spans = [KeySpan(fromSeq: 1, pk: key)] }
    } else {
      key = chain.key
    }
  }

  private static func checked(_ pk: Bytes32) -> Bytes32? {
    (try? PublicKey(checking: pk))?.bytes
  }

  /// The key of the first seq 1 that is a valid card.
  private static func openingKey(_ scan: LogScan, _ handle: Handle) -> Bytes32? {
    for run in scan.runs where run.firstSeq == 1 {
      guard let line = run.kept.first, line.seq == 1, checked(run.pk) != nil,
        let message = try? Message(line.bytes.span, line.envelope),
        message.type.known == .agentCard, let card = message.body?.members?["card"]?.members,
        (try? Card.check(card, handle: handle, pk: run.pk)) != nil
      else { continue }
      return run.pk
    }
    return nil
  }

  private struct Link: Hashable {
    let seq: Int
    let prev: Bytes32
  }

  private mutating func run(_ file: LogFile) throws(HostError) -> Chain {
    let order = scan.runs.indices.sorted {
      (scan.runs[$0].firstSeq, $0) < (scan.runs[$1].firstSeq, $1)
    }
    var byLink: [Link: [Int]] = [:]
    for index in order {
      let run = scan.runs[index]
      byLink[Link(seq: run.firstSeq, prev: run.firstPrev), default: []].append(index)
    }
    var next = 0
    while true {
      followRecovery()
      let link = Link(seq: chain.head.seq + 1, prev: chain.head.eventID)
      if let index = byLink[link]?.first(where: { !used.contains($0) && scan.runs[$0].pk == key }) {
        used.insert(index)
        try extend(with: scan.runs[index], from: scan.runs[index].firstSeq, file)
      } else if next < order.count, scan.runs[order[next]].firstSeq <= chain.head.seq + 1 {
        if used.insert(order[next]).inserted { try judge(scan.runs[order[next]], file) }
        next += 1
      } else {
        break
      }
    }
    for index in order[next...] where used.insert(index).inserted {
      try judgeBeyond(scan.runs[index], file)
    }
    settleFaults()
    return chain
  }

  private mutating func followRecovery() {
    guard
      let recovery = entry.recoveries.first(where: {
        $0.seq == chain.head.seq && $0.eventID == chain.head.eventID
      }), let pk = Self.checked(recovery.pk), key != pk
    else { return }
    key = pk
    chain.spans.append(KeySpan(fromSeq: recovery.seq + 1, pk: pk))
  }

  private mutating func extend(
    with run: Run, from seq: Int, _ file: LogFile
  ) throws(HostError) {
    var last = run.lastSeq
    var lastID = run.lastID
    for recovery in entry.recoveries where seq <= recovery.seq && recovery.seq < last {
      let id = try Self.ids(of: run, in: file)[recovery.seq - run.firstSeq]
      if id == recovery.eventID { (last, lastID) = (recovery.seq, id) }
    }
    let newKey = keyChange(in: run, seq...last)
    if let newKey { (last, lastID) = (newKey.line.seq, newKey.line.envelope.eventID) }
    chain.segments.append(Segment(run: run, seqs: seq...last))
    chain.head = Head(seq: last, eventID: lastID)
    try noteIDs(of: run, seq...last, file)
    guard let newKey else { return }
    key = newKey.pk
    chain.spans.append(KeySpan(fromSeq: last + 1, pk: newKey.pk))
    // From the next seq the new key signs: what the old one went on to sign is nobody's.
    refuse(run, from: last + 1, .unknownKey)
  }

  /// The first line of these that changes the key.
  private func keyChange(
    in run: Run, _ seqs: ClosedRange<Int>
  ) -> (line: KeptLine, pk: Bytes32)? {
    for line in run.kept
    where line.envelope.kind == MessageType.keyAdd.kind && seqs.contains(line.seq) {
      if let pk = line.envelope.keyAdded(by: line.bytes.span, of: chain.handle, wire: wire) {
        return (line, pk)
      }
    }
    return nil
  }

  /// Judges a run that begins at or before the end of the chain and does not simply go on from it.
  private mutating func judge(_ run: Run, _ file: LogFile) throws(HostError) {
    if isContinuation {
      chain.needsFullRead = true
      return
    }
    guard run.pk == chain.key(at: run.firstSeq) else {
      if !isCutOff(run) { refuse(run, from: run.firstSeq, .unknownKey) }
      return
    }
    if run.firstSeq == chain.head.seq + 1 {
      return fork(at: chain.head.seq, tellingLine: run.firstPlace)
    }
    try loadChainIDs(file)
    let own = try Self.ids(of: run, in: file)
    for seq in run.firstSeq...min(run.lastSeq, chain.head.seq)
    where own[seq - run.firstSeq] != chainIDs?[seq] {
      let isFirst = seq == run.firstSeq
      let isApartBefore = isFirst && seq > 1 && chainIDs?[seq - 1] != run.firstPrev
      let place = LinePlace(
        number: run.lineNumber(of: seq), offset: run.firstPlace.offset, byteCount: 0)
      return fork(
        at: isApartBefore ? seq - 1 : seq, tellingLine: isFirst ? run.firstPlace : place)
    }
    if run.lastSeq > chain.head.seq, run.pk == key {
      try extend(with: run, from: chain.head.seq + 1, file)
    }
  }

  /// Whether the run is what a recovery left behind: not at fault, only not folded.
  private func isCutOff(_ run: Run) -> Bool {
    entry.recoveries.contains { recovery in
      run.firstSeq > recovery.seq
        && chain.spans.contains { $0.pk == run.pk && $0.fromSeq <= recovery.seq }
    }
  }

  private mutating func judgeBeyond(
    _ run: Run, _ file: LogFile
  ) throws(HostError) {
    if Mutant.on(.acceptGap), run.pk == key {
      return try extend(with: run, from: run.firstSeq, file)
    }
    if isContinuation {
      chain.needsFullRead = true
      return
    }
    guard run.pk == key else {
      if !isCutOff(run) { refuse(run, from: run.firstSeq, .unknownKey) }
      return
    }
    guard let last = chain.beyond.last, run.firstSeq <= last.lastSeq + 1 else {
      chain.faults.append(FaultyLine(run.firstPlace, .gap))
      goBeyond(run)
      return
    }
    if run.firstSeq == last.lastSeq + 1 {
      if run.firstPrev != last.lastID { fork(at: last.lastSeq, tellingLine: run.firstPlace) }
      goBeyond(run)
      return
    }
    let lastIDs: [Bytes32]
    if let beyondIDs { lastIDs = beyondIDs } else { lastIDs = try Self.ids(of: last, in: file) }
    beyondIDs = lastIDs
    let own = try Self.ids(of: run, in: file)
    let shared = max(run.firstSeq, last.firstSeq)...min(run.lastSeq, last.lastSeq)
    if let seq = shared.first(where: { own[$0 - run.firstSeq] != lastIDs[$0 - last.firstSeq] }) {
      fork(at: seq, tellingLine: run.firstPlace)
    } else if run.lastSeq > last.lastSeq {
      goBeyond(run)
    }
  }

  private mutating func goBeyond(_ run: Run) {
    chain.beyond.append(run)
    beyondIDs = nil
  }

  private mutating func fork(at seq: Int, tellingLine place: LinePlace) {
    if Mutant.on(.forkUnseen) { return }
    chain.forkSeq = min(chain.forkSeq ?? .max, max(seq, 1))
    chain.faults.append(FaultyLine(place, .fork))
  }

  private mutating func refuse(_ run: Run, from seq: Int, _ fault: LineFault) {
    guard seq <= run.lastSeq else { return }
    for number in run.lineNumber(of: seq)...run.lastPlace.number {
      let known = [run.firstPlace, run.lastPlace].first { $0.number == number }
      let place = known ?? LinePlace(number: number, offset: run.firstPlace.offset, byteCount: 0)
      chain.faults.append(FaultyLine(place, fault))
    }
  }

  /// The ids of a run's lines, read again.
  private static func ids(
    of run: Run, in file: LogFile
  ) throws(HostError) -> [Bytes32] {
    var ids: [Bytes32] = []
    let start = LineStream.End(offset: run.firstPlace.offset, lineCount: run.firstPlace.number - 1)
    _ = try LineStream.forEachLine(of: file, from: start, through: run.lastPlace) {
      (_, line) throws(HostError) in
      guard let line, let envelope = try? Envelope.read(line) else { return ids.append(.zero) }
      ids.append(envelope.eventID)
    }
    // A file that shrank since it was scanned matches nothing.
    while ids.count <= run.lastSeq - run.firstSeq { ids.append(.zero) }
    return ids
  }

  /// Makes `chainIDs` hold the ids of the chain so far.
  private mutating func loadChainIDs(_ file: LogFile) throws(HostError) {
    guard chainIDs == nil else { return }
    chainIDs = [0: .zero]
    for segment in chain.segments { try noteIDs(of: segment.run, segment.seqs, file) }
  }

  private mutating func noteIDs(
    of run: Run, _ seqs: ClosedRange<Int>, _ file: LogFile
  ) throws(HostError) {
    guard chainIDs != nil else { return }
    let ids = try Self.ids(of: run, in: file)
    for seq in seqs { chainIDs?[seq] = ids[seq - run.firstSeq] }
  }

  /// Adds the faults of single lines: of the scan, and of content in runs that stand.
  private mutating func settleFaults() {
    for fault in scan.faults {
      let isForeign = fault.claim.map { $0.pk != chain.key(at: $0.seq) } ?? false
      chain.faults.append(isForeign ? FaultyLine(fault.place, .unknownKey) : fault)
    }
    for segment in chain.segments {
      let run = segment.run
      chain.faults += run.contentFaults.filter {
        segment.seqs.contains(run.firstSeq + $0.place.number - run.firstPlace.number)
      }
    }
    for run in chain.beyond { chain.faults += run.contentFaults }
    var seen: Set<Int> = []
    chain.faults = chain.faults.filter { seen.insert($0.place.number).inserted }
      .sorted { $0.place.number < $1.place.number }
  }
}

extension Envelope {
  /// The key that a `key_add` introduces, if that key agreed; nil for any other line.
  func keyAdded(by line: Span<UInt8>, of handle: Handle, wire: Bytes32) -> Bytes32? {
    guard changesKey, let message = try? Message(line, self), let body = message.body?.members,
      let pk = body["pk"]?.text.flatMap(Bytes32.init(hex:)), let proof = body["proof"]?.text,
      (try? PublicKey(checking: pk)) != nil,
      KeyAddProof.holds(proof, wire: wire, handle: handle, old: message.pk, new: pk)
    else { return nil }
    return pk
  }
}
