import Host
import Identity
package import Protocol
package import WireFormat

/// One agent's view of a wire: what it has verified, carried from command to command.
///
/// `catchUp` reads what is new. A log that simply grew costs its new lines; anything else (a gap, a
/// fork, a changed file, a new member) is judged by one full read of the wire, which remembers the
/// heads.
package struct WireReader: Sendable {
  /// What a catch-up met.
  package struct News: Sendable {
    /// Lines at fault that were not known before.
    package var bad: [Audit.BadLine] = []
    /// Whether any head moved.
    package var hasMoved = false
  }

  package let genesis: Genesis
  package private(set) var store = HeadStore()
  /// The file that `store` was loaded from or saved to.
  private var storeFile: FileStatus?
  /// Chains whose heads in `store` are ahead of those in the file.
  private var unsaved: [Handle] = []
  /// What the writer of this agent remembered at the last catch-up.
  private var own: (handle: Handle, record: WriterRecord?)?
  private var folded: WireState?
  private var foldedKey: HeadStore.Key?

  package init(_ genesis: Genesis) { self.genesis = genesis }

  /// Verifies all lines that came since the last time, under the reader's lock.
  ///
  /// `own` is the handle that reads here, and what it remembered of its writing before this. Without
  /// `saves`, heads that simply moved are kept in memory until `save`: what is shown need not wait
  /// for the disk, and is shown again after a crash.
  package mutating func catchUp(
    _ shared: borrowing SharedDirectory, _ state: borrowing PrivateState,
    own: (handle: Handle, record: WriterRecord?)? = nil, saves: Bool = true
  ) throws(WireError) -> News {
    let lock = try state.lock("reader.lock", unless: .readUnlocked)
    // Closing would do too; this says when.
    defer { try? lock.unlock() }
    self.own = own
    return try catchUpLocked(shared, state, own: own, saves: saves)
  }

  /// Saves the heads that are only in memory; they must be saved before a cursor or a beat is.
  package mutating func save(
    _ shared: borrowing SharedDirectory, _ state: borrowing PrivateState
  ) throws(WireError) -> News {
    guard !unsaved.isEmpty else { return News() }
    let lock = try state.lock("reader.lock", unless: .readUnlocked)
    defer { try? lock.unlock() }
    // Where another process has read on, it is read again from there.
    guard try !refresh(state) else {
      return try catchUpLocked(shared, state, own: own, saves: true)
    }
    // Another file in a log's place is held against what was verified of the old one.
    guard try synchronize(unsaved, shared) else {
      return try readWhole(shared, state)
    }
    try store.append([], wire: genesis.id, state, durable: true)
    try noteSaved(state)
    return News()
  }

  /// Loads what another process has saved; false where nobody did.
  ///
  /// Heads that are only in memory and higher stay: between two such heads no line carries state.
  private mutating func refresh(_ state: borrowing PrivateState) throws(WireError) -> Bool {
    let file = try HeadStore.file(state)
    if let file, file == storeFile { return false }
    let held = store
    store = try HeadStore.load(state, wire: genesis.id)
    storeFile = file
    unsaved = unsaved.filter { handle in
      guard let old = held.records[handle], let new = store.records[handle],
        new.verdict == .sound, new.log == old.log, new.head.seq < old.head.seq
      else { return false }
      store.records[handle] = old
      return true
    }
    return true
  }

  private mutating func noteSaved(_ state: borrowing PrivateState) throws(WireError) {
    (storeFile, unsaved) = (try HeadStore.file(state), [])
  }

  private func synchronize(
    _ handles: [Handle], _ shared: borrowing SharedDirectory
  ) throws(WireError) -> Bool {
    if Mutant.on(.headsUnsynced) { return true }
    return try WireError.lifting { () throws(HostError) in
      for handle in handles {
        guard try store.records[handle]?.synchronizeLog(shared) ?? true else { return false }
      }
      return true
    }
  }

  private mutating func catchUpLocked(
    _ shared: borrowing SharedDirectory, _ state: borrowing PrivateState,
    own: (handle: Handle, record: WriterRecord?)?, saves: Bool
  ) throws(WireError) -> News {
    _ = try refresh(state)
    // The facts are a cache: what is not whole is read again from the logs.
    guard store.isIntact(state) else { return try readWhole(shared, state) }
    let steps = try WireError.lifting { () throws(HostError) in try goOn(shared, own) }
    guard let steps, !store.records.isEmpty else { return try readWhole(shared, state) }
    var news = News()
    var facts: [KeptLine] = []
    for step in steps {
      news.bad += step.chain.faults.map { step.badLine($0) }
      news.hasMoved = news.hasMoved || !step.chain.segments.isEmpty
      facts += step.chain.facts.filter(\.envelope.carriesState)
      step.keepEvidence(genesis.id, shared, state)
    }
    if !facts.isEmpty, try !foldOn(facts, state) { return try readWhole(shared, state) }
    let before = (store: store, unsaved: unsaved)
    for step in steps {
      store.records[step.chain.handle] = step.record
      noteDrift(step, step.chain.faults, shared)
      if !unsaved.contains(step.chain.handle) { unsaved.append(step.chain.handle) }
    }
    guard !unsaved.isEmpty, saves || !facts.isEmpty else { return news }
    do throws(WireError) {
      guard try synchronize(unsaved, shared) else { return try readWhole(shared, state) }
      try store.append(facts, wire: genesis.id, state, durable: true)
    } catch {
      // Heads must never be ahead of the facts that go with them, in memory neither.
      (store, unsaved) = before
      (folded, storeFile) = (nil, nil)
      throw error
    }
    // Without facts of its own this read folded nothing, whatever another process has added.
    if !facts.isEmpty || Mutant.on(.foldStale) { foldedKey = store.key }
    try noteSaved(state)
    return news
  }

  /// A chain's new lines, or nil where one of the logs needs a full read.
  private mutating func goOn(
    _ shared: borrowing SharedDirectory, _ own: (handle: Handle, record: WriterRecord?)?
  ) throws(HostError) -> [ReadStep]? {
    var steps: [ReadStep] = []
    for handle in store.records.keys.sorted() {
      guard let record = store.records[handle] else { continue }
      let own = own?.handle == handle ? own?.record : nil
      switch try ReadStep.take(handle, record, own: own, genesis.id, shared) {
      case .unchanged: continue
      // Saved with whatever is saved next: the writer's record is there until then.
      case .ownGrown(let record): store.records[handle] = record
      case .needsFullRead: return nil
      case .grown(let step): steps.append(step)
      }
    }
    return steps
  }

  /// Folds new facts; false when they changed who may write what, so that all must be read again.
  private mutating func foldOn(
    _ facts: [KeptLine], _ state: borrowing PrivateState
  ) throws(WireError) -> Bool {
    var now = try current(state)
    folded = nil
    let before = KeyDirectory(genesis, now)
    for fact in facts {
      if let message = try? Message(fact.bytes.span, fact.envelope) { _ = now.fold(message) }
    }
    let after = KeyDirectory(genesis, now)
    folded = now
    return after.entries.count == store.records.count
      && after.entries.allSatisfy { handle, entry in
        guard let record = store.records[handle], let old = before.entries[handle] else {
          return false
        }
        let isSameKey =
          entry.namedKey == nil ? old.namedKey == nil : entry.namedKey == record.openingKey
        return entry.log == record.log && entry.recoveries == record.recoveries && isSameKey
      }
  }

  /// The state at the heads held; folds each fact once, also those that another process has added.
  package mutating func current(_ state: borrowing PrivateState) throws(WireError) -> WireState {
    if let folded, foldedKey == store.key { return folded }
    var now = WireState(genesis)
    var new: [KeptLine]?
    if let folded, let foldedKey, foldedKey.isBeginning(of: store.key) {
      new = try? store.facts(state, after: foldedKey)
      if new != nil { now = folded }
    }
    folded = nil
    if new == nil { new = try facts(state) }
    for fact in new ?? [] {
      if let message = try? Message(fact.bytes.span, fact.envelope) { _ = now.fold(message) }
    }
    (folded, foldedKey) = (now, store.key)
    return now
  }

  /// The facts held; where another process has replaced them meanwhile, those that it holds.
  package mutating func facts(_ state: borrowing PrivateState) throws(WireError) -> [KeptLine] {
    if let facts = try? store.facts(state) { return facts }
    storeFile = nil
    _ = try refresh(state)
    return try store.facts(state)
  }

  /// Notes that all that follows from the facts held was done, but for what waits for a deadline.
  package mutating func markSettled(
    isWaiting: Bool = false, isWatching: Bool = false, isEnded: Bool = false,
    _ state: borrowing PrivateState
  ) throws(WireError) {
    let lock = try state.lock("reader.lock", unless: .readUnlocked)
    // Closing would do too; this says when.
    defer { try? lock.unlock() }
    // Another process may have read on since: its heads stay, and its new facts are still to
    // settle.
    var newest = try HeadStore.load(state, wire: genesis.id)
    guard newest.key == store.key else { return }
    try newest.markSettled(
      isWaiting: isWaiting, isWatching: isWatching, isEnded: isEnded, told: store.drifts,
      wire: genesis.id, state)
    // What is ahead of the file stays so: the own head, and heads that are not saved yet.
    for (handle, record) in store.records
    where record.head.seq > newest.records[handle]?.head.seq ?? 0 {
      newest.records[handle] = record
    }
    store = newest
    storeFile = try HeadStore.file(state)
  }

  /// What an agent's private state remembers of each chain, read without a change.
  package static func remembered(
    _ genesis: Genesis, _ state: borrowing PrivateState
  ) throws(WireError) -> [Handle: Chain.Remembered] {
    var reader = WireReader(genesis)
    reader.store = try HeadStore.load(state, wire: genesis.id)
    return try reader.known(state)
  }

  /// What a full read must not forget.
  package func known(
    _ state: borrowing PrivateState
  ) throws(WireError) -> [Handle: Chain.Remembered] {
    var facts: [Handle: [KeptLine]] = [:]
    for fact in store.isIntact(state) ? try store.facts(state) : [] {
      guard let message = try? Message(fact.bytes.span, fact.envelope) else { continue }
      facts[message.from, default: []].append(fact)
    }
    return store.records.reduce(into: [:]) { known, entry in
      let record = entry.value
      // Of the own log the writer may know more than the reader was ever asked for.
      let written = own?.handle == entry.key ? own?.record : nil
      let isCutOff = written?.isCutOff(by: record.recoveries, in: record.spans) ?? false
      let stored = isCutOff ? .none : written?.head ?? .none
      let isAhead = stored.seq > record.head.seq
      known[entry.key] = Chain.Remembered(
        head: isAhead ? stored : record.head, headLine: isAhead ? [] : record.headLine,
        spans: record.spans, facts: facts[entry.key] ?? [], openingKey: record.openingKey)
    }
  }

  private mutating func readWhole(
    _ shared: borrowing SharedDirectory, _ state: borrowing PrivateState
  ) throws(WireError) -> News {
    var options = WireReading.Options()
    options.known = try known(state)
    let records = store.records
    let genesis = genesis
    let (reading, steps) = try WireError.lifting { () throws(HostError) in
      let reading = try WireReading(shared, genesis, options)
      var steps: [ReadStep] = []
      for handle in reading.handles {
        guard let chain = reading.chains[handle], let entry = reading.directory.entries[handle]
        else { continue }
        steps.append(try ReadStep(chain, entry, reading, shared, old: records[handle]))
      }
      return (reading, steps)
    }
    for step in steps {
      step.keepEvidence(genesis.id, shared, state)
      noteDrift(step, newFaults(of: step), shared)
    }
    return try take(reading, steps, state)
  }

  /// Kept with the heads: whoever is stopped before it tells of it tells of it later.
  private mutating func noteDrift(
    _ step: ReadStep, _ faults: [FaultyLine], _ shared: borrowing SharedDirectory
  ) {
    guard let version = step.neededVersion(faults, genesis.id, shared) else { return }
    let handle = step.chain.handle
    store.drifts[handle] = max(version, store.drifts[handle] ?? 0)
  }

  /// The lines at fault that were not told before.
  private func newFaults(of step: ReadStep) -> [FaultyLine] {
    let old = store.records[step.chain.handle]
    let isNewVerdict = old?.verdict ?? .sound != step.record.verdict
    return step.chain.faults.filter {
      isNewVerdict || step.isNew($0, to: old)
    }
  }

  /// Takes over what a full read found.
  fileprivate mutating func take(
    _ reading: WireReading, _ steps: [ReadStep], _ state: borrowing PrivateState
  ) throws(WireError) -> News {
    var news = News()
    var facts: [KeptLine] = []
    var records: [Handle: HeadRecord] = [:]
    for step in steps {
      let old = store.records[step.chain.handle]
      news.bad += newFaults(of: step).map { step.badLine($0) }
      news.hasMoved = news.hasMoved || old?.head != step.record.head
      facts += step.chain.facts.filter(\.envelope.carriesState)
      records[step.chain.handle] = step.record
    }
    let before = store
    do throws(WireError) {
      store.records = records
      try store.replace(facts, wire: genesis.id, state, durable: true)
    } catch {
      store = before
      (folded, storeFile) = (nil, nil)
      throw error
    }
    (folded, foldedKey) = (reading.state, store.key)
    try noteSaved(state)
    return news
  }
}

extension WireReader {
  /// What folding each fact held said, but for those that it simply took.
  package mutating func outcomes(
    _ state: borrowing PrivateState
  ) throws(WireError) -> [Bytes32: Outcome] {
    var fresh = WireState(genesis)
    var outcomes: [Bytes32: Outcome] = [:]
    for fact in try facts(state) {
      guard let message = try? Message(fact.bytes.span, fact.envelope) else { continue }
      let outcome = fresh.fold(message)
      if outcome != .folded { outcomes[message.eventID] = outcome }
    }
    return outcomes
  }
}
