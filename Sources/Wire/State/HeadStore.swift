import Host
import Protocol
package import WireFormat

/// The heads of all chains and the lines that carry state up to just these heads.
///
/// `heads.json` is replaced at once and says how many bytes of which facts file it goes with; facts
/// are appended before it and cut or skipped when it does not name them. The facts are a cache of
/// verified lines: folding them again gives the state, so there is no second format of it.
package struct HeadStore: Sendable {
  package var records: [Handle: HeadRecord] = [:]
  /// Whether facts came that nobody has yet drawn the consequences of.
  package private(set) var isUnsettled = false
  /// Whether something that was settled waits for a deadline.
  package private(set) var isWaiting = false
  /// Whether nothing counts any more that this agent writes.
  package private(set) var isEnded = false
  /// Whether somebody still has to ack an incident.
  package private(set) var isWatching = false
  /// The highest version that a line of a writer's log needs, until that is settled.
  package internal(set) var drifts: [Handle: Int] = [:]
  private var generation = 0
  private var factByteCount: Int64 = 0
  private var isComplete = true

  private static let name = "heads.json"
  private static let version = 1
  /// Which kinds of line the facts hold: by a version that folds others they are read again.
  private static let kinds = JSONValue.array(
    (WireState.foldedTypes + WireState.foldedAskingTypes).map(\.kind).sorted().map { .integer($0) })

  package init() {}

  /// The file as it is now; a save puts another in its place.
  static func file(_ state: borrowing PrivateState) throws(WireError) -> FileStatus? {
    try WireError.lifting { () throws(HostError) in try state.directory.status(of: name) }
  }

  /// Reads what an earlier command left; of another wire or version nothing is taken.
  package static func load(
    _ state: borrowing PrivateState, wire: Bytes32
  ) throws(WireError) -> HeadStore {
    guard let object = try state.readObject(name) else { return HeadStore() }
    var store = HeadStore()
    store.generation = object["generation"]?.int ?? 0
    guard object["version"]?.int == version, object["wire"]?.text == Text(wire.hex),
      let bytes = object["facts"]?.int, let chains = object["chains"]?.members
    else { return store }
    store.factByteCount = Int64(bytes)
    store.isUnsettled = object["unsettled"]?.flag ?? true
    store.isWaiting = object["waiting"]?.flag ?? true
    store.isEnded = object["ended"]?.flag ?? false
    store.isComplete = object["kinds"] == kinds
    store.isWatching = object["watching"]?.flag ?? true
    for member in object["drifts"]?.members?.members ?? [] {
      if let handle = Handle(member.key) { store.drifts[handle] = member.value.int }
    }
    for member in chains.members {
      guard let handle = Handle(member.key), let object = member.value.members,
        let record = HeadRecord(object)
      else { throw .privateState("\(state.path)/\(name)", "damaged at chain \(member.key.string)") }
      store.records[handle] = record
    }
    return store
  }

  /// Gives a `heads.json` that cannot be read another name, so that the logs are read afresh.
  ///
  /// What was remembered of the heads is lost then: nothing older can be held against the logs.
  package static func putAsideDamaged(
    _ state: borrowing PrivateState, wire: Bytes32
  ) throws(WireError) -> [String] {
    do {
      _ = try load(state, wire: wire)
      return []
    } catch {
      guard case .privateState = error else { throw error }
    }
    return [try state.putAside(name)]
  }

  /// Names one version of the facts: equal keys mean equal facts.
  package struct Key: Equatable, Sendable {
    /// Within one the facts only grow.
    package let generation: Int
    let byteCount: Int64

    /// Whether its facts are those of the other, or the first of these.
    func isBeginning(of other: Key) -> Bool {
      generation == other.generation && byteCount <= other.byteCount
    }
  }

  package var key: Key { Key(generation: generation, byteCount: factByteCount) }

  /// Whether the facts that the heads go with are all there.
  func isIntact(_ state: borrowing PrivateState) -> Bool {
    guard isComplete else { return false }
    guard factByteCount > 0 else { return true }
    let size = (try? state.directory.status(of: factsName))?.byteCount
    return size ?? 0 >= factByteCount
  }

  private var factsName: String { "facts.\(generation).jsonl" }

  /// The lines that carry state, in the order in which they were verified.
  ///
  /// Only those behind the ones of `key`, which must be a beginning of them.
  package func facts(
    _ state: borrowing PrivateState, after key: Key? = nil
  ) throws(WireError) -> [KeptLine] {
    let begin = key?.byteCount ?? 0
    let byteCount = factByteCount - begin
    guard byteCount > 0 else { return [] }
    let bytes = try WireError.lifting { () throws(HostError) in
      let file = try OpenFile.open(factsName, in: state.directory, mode: .read)
      try file.require(.secret)
      return try file.read(at: begin, count: Int(byteCount))
    }
    guard bytes.count >= byteCount else {
      throw .privateState("\(state.path)/\(factsName)", "shorter than heads.json says")
    }
    var facts: [KeptLine] = []
    var start = 0
    let span = bytes.span
    for index in 0..<Int(byteCount) where span[index] == UInt8(ascii: "\n") {
      let line = span.extracting(start..<index)
      if let envelope = try? Envelope.read(line) {
        let place = LinePlace(
          number: facts.count + 1, offset: Int64(start), byteCount: index - start)
        facts.append(
          KeptLine(place: place, bytes: line.bytes(in: 0..<line.count), envelope: envelope))
      }
      start = index + 1
    }
    return facts
  }

  /// Adds facts to those held, then moves the heads over them.
  package mutating func append(
    _ facts: [KeptLine], wire: Bytes32, _ state: borrowing PrivateState, durable: Bool
  ) throws(WireError) {
    if !facts.isEmpty {
      isUnsettled = true
      do {
        let file = try OpenFile.open(
          factsName, in: state.directory, mode: .append, permissions: 0o600)
        try file.require(.secret)
        if try file.status().byteCount > factByteCount { try file.truncate(to: factByteCount) }
        let bytes = Self.join(facts)
        try file.writeWhole(bytes)
        if durable, !Mutant.on(.factsAfterHeads) { try file.synchronizeData() }
        factByteCount += Int64(bytes.count)
      } catch { throw .host(error) }
    }
    try save(wire, state, durable: durable)
  }

  /// Puts other facts in place of those held, then the heads that go with them.
  package mutating func replace(
    _ facts: [KeptLine], wire: Bytes32, _ state: borrowing PrivateState, durable: Bool
  ) throws(WireError) {
    let hasLost = generation == 0
    let old = factsName
    generation = try Self.newGeneration()
    isUnsettled = true
    let bytes = Self.join(facts)
    do {
      try state.directory.replaceFile(
        factsName, with: bytes, permissions: 0o600, durable: durable)
    } catch { throw .host(error) }
    (factByteCount, isComplete) = (Int64(bytes.count), true)
    try save(wire, state, durable: durable)
    // A leftover is a few bytes on disk that nothing names.
    try? state.directory.unlink(old)
    if hasLost { try? removeLostFacts(state) }
  }

  /// Notes that the consequences of all facts held are drawn, but for those that time brings, and
  /// that these drifts were told.
  package mutating func markSettled(
    isWaiting: Bool, isWatching: Bool, isEnded: Bool, told: [Handle: Int] = [:], wire: Bytes32,
    _ state: borrowing PrivateState
  ) throws(WireError) {
    let left = drifts.filter { told[$0.key] != $0.value }
    let isNew =
      isWaiting != self.isWaiting || isWatching != self.isWatching || isEnded != self.isEnded
      || left != drifts
    guard isUnsettled || isNew else { return }
    (isUnsettled, drifts) = (false, left)
    (self.isWaiting, self.isWatching, self.isEnded) = (isWaiting, isWatching, isEnded)
    // A file that was put in place without a flush may be empty after a power cut.
    try save(wire, state, durable: true)
  }

  /// Facts that a `heads.json` named which is gone.
  private func removeLostFacts(_ state: borrowing PrivateState) throws(HostError) {
    for name in try state.directory.names()
    where name.hasPrefix("facts.") && name.hasSuffix(".jsonl") && name != factsName {
      try state.directory.unlink(name)
    }
  }

  /// By chance: where `heads.json` was lost or an older one was put back, a process that still holds
  /// the facts of before must not take others for these.
  private static func newGeneration() throws(WireError) -> Int {
    let bytes = try WireError.lifting { () throws(HostError) in try Random.bytes(4) }
    return bytes.reduce(1) { $0 << 8 | Int($1) }
  }

  private static func join(_ facts: [KeptLine]) -> [UInt8] {
    var bytes: [UInt8] = []
    for fact in facts {
      bytes += fact.bytes
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private func save(
    _ wire: Bytes32, _ state: borrowing PrivateState, durable: Bool
  ) throws(WireError) {
    var needed = JSONObject()
    for (handle, version) in drifts { needed[Text(handle.name)] = .integer(version) }
    var chains = JSONObject()
    for (handle, record) in records { chains[Text(handle.name)] = .object(record.object) }
    let object: JSONObject = [
      "version": .integer(Self.version), "wire": .string(wire.hex),
      "generation": .integer(generation), "facts": .integer(Int(factByteCount)),
      "chains": .object(chains), "unsettled": .bool(isUnsettled),
      "drifts": drifts.isEmpty ? nil : .object(needed), "waiting": .bool(isWaiting),
      "watching": .bool(isWatching), "ended": .bool(isEnded),
      "kinds": isComplete ? Self.kinds : .null,
    ]
    try state.write(object, to: Self.name, durable: durable)
  }
}
