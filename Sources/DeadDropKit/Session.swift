package import Host
package import Identity
package import Protocol
package import Wire
package import WireFormat

/// One agent at one wire, opened for the length of a command or longer.
package struct Session: ~Copyable {
  package let places: PrivatePlaces
  package let shared: SharedDirectory
  package let genesis: Genesis
  package let handle: Handle
  package let state: PrivateState
  package internal(set) var reader: WireReader
  package internal(set) var trust: TrustStore
  /// Logs of which nothing can be shown: they were changed since they were verified.
  package internal(set) var changedLogs: [String] = []
  /// Files whose lines older than the wire are no longer those that the genesis covers.
  package internal(set) var lostHistories: [String] = []
  /// Peers whose chain has another line, or none, where a revocation names the last one believed.
  var strayedPeers: Set<Handle> = []
  /// Cuts whose line was found, so that it is not looked for again.
  var foundCuts: [Handle: FoundCut] = [:]
  /// The file that `trust` was read from.
  private var trustFile: FileStatus?
  /// The incidents that wait for something, by the facts of this key.
  var waiting: (key: HeadStore.Key, incidents: [IncidentStanding])?
  var decisionsLook = DerivedLook<[Bytes32]>()
  var mirrorLook = DerivedLook<MirrorSource>()
  /// The time of day, in microseconds since 1970.
  package var wallClock: @Sendable () -> Int64 = { WallClock.now() }
  /// The clock that deadlines run by.
  package var bootClock: @Sendable () -> BootMoment = BootMoment.now
  /// The clock by which peers are silent: it stands while the machine sleeps.
  package var awakeClock: @Sendable () -> BootMoment = BootMoment.awake
  /// The cursor of what was given and not yet put before the reader.
  var pending: (cursors: CursorSet, session: String)?

  package static let defaultSession = "main"

  init(
    places: PrivatePlaces, shared: consuming SharedDirectory, genesis: Genesis, handle: Handle
  ) throws(KitError) {
    let path = places.state(wire: genesis.id, handle: handle)
    let state = try KitError.liftingWire { () throws(WireError) in try PrivateState.open(path) }
    trustFile = try TrustStore.file(state)
    trust = try TrustStore.load(state)
    self.places = places
    self.shared = shared
    self.genesis = genesis
    self.handle = handle
    self.state = state
    reader = WireReader(genesis)
  }

  /// Finds the wire and the agent: `--as`, else DEADDROP_HANDLE, else the only one of this machine.
  ///
  /// The wire's id is pinned by the private state that carries it in its path: a directory that
  /// shows another genesis has no identity here.
  package static func open(
    directory: String?, as name: String?, in places: PrivatePlaces? = nil
  ) throws(KitError) -> Session {
    let path = try WireLocation.find(explicit: directory)
    let places = try PrivatePlaces.given(places)
    let shared = try KitError.liftingWire { () throws(WireError) in try SharedDirectory.open(path) }
    let genesis = try KitError.liftingWire { () throws(WireError) in try shared.genesis() }
    let handle = try choose(name, wire: genesis.id, path: path, places)
    return try Session(places: places, shared: shared, genesis: genesis, handle: handle)
  }

  /// The agent to act as; to repair one, it needs no private state on the wire any more.
  static func choose(
    _ name: String?, wire: Bytes32, path: String, _ places: PrivatePlaces, isRepair: Bool = false
  ) throws(KitError) -> Handle {
    let known = try places.identities(on: wire)
    if let asked = name ?? Environment.value("DEADDROP_HANDLE") {
      guard let handle = try? Handle(asked) else { throw .noSuchHandle(asked) }
      guard isRepair || known.contains(handle) else { throw .foreignHandle(handle, wire: path) }
      return handle
    }
    guard let only = known.first else { throw .noIdentity(wire: wire, path: path) }
    guard known.count == 1 else { throw .severalIdentities(known) }
    return only
  }

  /// Reads the trust store again where another process has replaced it.
  mutating func refreshTrust() throws(KitError) {
    let file = try TrustStore.file(state)
    guard file != trustFile else { return }
    trust = try TrustStore.load(state)
    trustFile = file
  }

  package func now() -> Timestamp { Timestamp(microseconds: wallClock()) }

  /// The key that the own chain goes on with, as far as it was read.
  ///
  /// Throws `notInForce` where the agent is elsewhere, whether or not a key is here.
  package func signingKey() throws(KitError) -> SigningKey {
    try KitError.liftingWire { () throws(WireError) in try state.requireInForce() }
    return try KeyStore(places).signingKey(handle, reader.store.records[handle]?.spans.last?.pk)
  }

  /// The state of all that is verified so far.
  package mutating func wireState() throws(KitError) -> WireState {
    do { return try reader.current(state) } catch { throw .wire(error) }
  }

  /// The name of a member's log, as far as it is known.
  func log(of member: Handle) -> String? {
    reader.store.records[member]?.log ?? genesis.members.first { $0.handle == member }?.log
  }

  /// Refuses what is no name of another member of this wire.
  package func checkIsPeer(_ peer: Handle) throws(KitError) {
    if peer == handle { throw .ownHandle(peer) }
    if log(of: peer) == nil { throw .notRecipients([peer]) }
  }

  /// Signs a draft and stores it at the end of the own log.
  ///
  /// Which key signs is what the log says once it is locked. The card that a new key begins with goes
  /// first, where a kill has kept it from being written.
  func append(_ draft: Draft) throws(KitError) -> Receipt {
    do { try WriterLimits.check(draft) } catch { throw .draft(error) }
    try checkMembership()
    let writer = try ownWriter()
    var key = try signingKey()
    var log = try KitError.liftingWire { () throws(WireError) in
      try writer.open(by: key.publicKey.bytes, shared, state, isSound: isOwnChainSound)
    }
    if key.publicKey.bytes != log.nextKey {
      key = try KeyStore(places).signingKey(handle, log.nextKey)
    }
    guard key.publicKey.bytes != genesis.operatorKey else { throw .operatorsKey(handle) }
    var notes: [String] = []
    if log.needsCard, log.lastSeq > 0, draft.type != .agentCard {
      notes = try append(try cardDraft(with: key), to: &log, with: key).notes
    }
    var receipt = try append(draft, to: &log, with: key)
    receipt.notes = notes + receipt.notes
    return receipt
  }

  private func append(
    _ draft: Draft, to log: inout OpenLog, with key: borrowing SigningKey
  ) throws(KitError) -> Receipt {
    do { return try log.append(draft, with: key, shared, state, clock: wallClock()) } catch {
      if case .host(let error) = error { throw .host(error) }
      throw .wire(error)
    }
  }

  /// The way to the own log.
  func ownWriter() throws(KitError) -> LogWriter {
    guard let log = log(of: handle) else { throw .wire(.notAMember(handle)) }
    var writer = LogWriter(wire: genesis.id, handle: handle, log: log)
    if let record = reader.store.records[handle], record.head.seq > 0 {
      writer.keys = OwnKeys(record)
    }
    return writer
  }

  /// What this agent's reader says of the own chain.
  var isOwnChainSound: Bool { reader.store.records[handle]?.verdict ?? .sound == .sound }
}
