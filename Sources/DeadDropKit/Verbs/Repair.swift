import Host
import Identity
import Protocol
package import Wire
package import WireFormat

/// Takes up an agent's own log where its private state is lost, damaged or far behind.
///
/// Signing on from a place that is not the last one would be a second history. So the log must be
/// whole and by this agent's key, and no peer may have seen more of it than it shows.
package enum Repair {
  package struct Outcome: Sendable {
    package let handle: Handle
    package let log: String
    /// The last line of the log, from which this agent goes on.
    package let head: Head
    /// What the private state knew; nil for nothing.
    package let known: Int?
    /// The peers who said what they had seen of it, all within it.
    package let witnesses: [Handle]
    /// Private files that could not be read and were put aside.
    package let putAside: [String]
  }

  /// Makes the private state go on from the end of the own log; changes nothing on the wire.
  ///
  /// Throws `notAdoptable` with the reason, or what keeps the wire from being read.
  package static func adopt(
    directory: String?, as name: String?, in places: PrivatePlaces? = nil
  ) throws(KitError) -> Outcome {
    let path = try WireLocation.find(explicit: directory)
    let places = try PrivatePlaces.given(places)
    let shared = try KitError.liftingWire { () throws(WireError) in try SharedDirectory.open(path) }
    let genesis = try KitError.liftingWire { () throws(WireError) in try shared.checkedGenesis() }
    let handle = try Session.choose(name, wire: genesis.id, path: path, places, isRepair: true)
    let store = KeyStore(places)
    let reading = try KitError.lifting { () throws(HostError) in try WireReading(shared, genesis) }
    guard let chain = reading.chains[handle], let entry = reading.directory.entries[handle] else {
      throw .wire(.notAMember(handle))
    }
    let log = entry.log
    let statePath = places.state(wire: genesis.id, handle: handle)
    if try places.identities(on: genesis.id).contains(handle) {
      try KitError.liftingWire { () throws(WireError) in
        try PrivateState.open(statePath).requireInForce()
      }
    }
    // Of several keys that an agent has after a rotation, the one that its log goes on with.
    let pk = try store.signingKey(handle, chain.key).publicKey.bytes
    try requireWhole(chain, by: pk, log)
    let witnesses = try witnesses(of: chain, log, reading, shared)
    let state = try KitError.liftingWire { () throws(WireError) in
      try PrivateState.open(statePath)
    }
    let heads = try readableHeads(state, genesis.id)
    if let verified = heads?.records[handle]?.head { try require(verified, chain, log, shared) }
    let end = reading.scans[handle]?.end ?? .init()
    let base = reading.layouts[handle]?.live.start.offset ?? 0
    var record = WriterRecord(head: chain.head, end: end, base: base)
    record.key = chain.spans.last
    record.follow(entry.recoveries, in: chain.spans)
    let known = try takeUp(chain, log, record, shared, state)
    // Only now: what refuses must leave all as it was.
    let putAside = try KitError.liftingWire { () throws(WireError) in
      let heads = try HeadStore.putAsideDamaged(state, wire: genesis.id)
      if (try? InviteBook.load(state)) != nil { return heads }
      return heads + [try state.putAside(InviteBook.name)]
    }
    return Outcome(
      handle: handle, log: log, head: chain.head, known: known, witnesses: witnesses,
      putAside: putAside)
  }

  /// What this machine verified before; nil where that cannot be read any more.
  private static func readableHeads(
    _ state: borrowing PrivateState, _ wire: Bytes32
  ) throws(KitError) -> HeadStore? {
    do { return try HeadStore.load(state, wire: wire) } catch {
      if case .privateState = error { return nil }
      throw .wire(error)
    }
  }

  private static func requireWhole(
    _ chain: Chain, by pk: Bytes32, _ log: String
  ) throws(KitError) {
    guard chain.head.seq > 0 else { throw .notAdoptable(log, "it holds no line of this agent") }
    guard chain.key == pk else {
      throw .notAdoptable(log, "it is written with another key than \(chain.handle) has here")
    }
    if let seq = chain.forkSeq {
      throw .notAdoptable(log, "two histories were signed at line \(seq)")
    }
    guard chain.beyond.isEmpty else {
      throw .notAdoptable(log, "lines are missing after line \(chain.head.seq)")
    }
    if let fault = chain.faults.first(where: { $0.claims(pk, beyond: chain.head.seq) }) {
      throw .notAdoptable(
        log, "its line \(fault.place.number) is one of \(chain.handle) that was damaged")
    }
  }

  /// The peers whose newest beat names a line of this chain; throws when one names another, or when
  /// the newest beat of its writer does.
  private static func witnesses(
    of chain: Chain, _ log: String, _ reading: WireReading, _ shared: borrowing SharedDirectory
  ) throws(KitError) -> [Handle] {
    var witnesses: [Handle] = []
    for member in reading.handles {
      let keys = reading.chains[member]?.spans.suffix(1).map(\.pk) ?? []
      let beat = try KitError.lifting { () throws(HostError) in
        try Beats.newest(of: member, keys: keys, wire: reading.genesis.id, shared)
      }
      let isOwn = member == chain.handle
      guard let seen = isOwn ? beat?.head : beat?.seenHeads[chain.handle] else { continue }
      let who = isOwn ? "a beat of \(member) itself" : "\(member)"
      guard seen.seq <= chain.head.seq else {
        throw .notAdoptable(
          log, "\(who) has seen line \(seen.seq) of it, and it ends with \(chain.head.seq)")
      }
      let isHeld = try holds(seen, chain, log, shared)
      guard isHeld else {
        throw .notAdoptable(log, "\(who) has seen another line \(seen.seq) than it shows")
      }
      if !isOwn { witnesses.append(member) }
    }
    return witnesses
  }

  /// Throws where this machine knew a line that the chain does not hold.
  private static func require(
    _ known: Head, _ chain: Chain, _ log: String, _ shared: borrowing SharedDirectory
  ) throws(KitError) {
    if known.seq > chain.head.seq { throw .wire(.ownLogBehind(log: log, seq: known.seq)) }
    let isHeld = try holds(known, chain, log, shared)
    if !isHeld { throw .wire(.ownLogDiffers(log: log, seq: known.seq)) }
  }

  /// Whether the log that gave this chain has just this line, signed as all of the chain is.
  ///
  /// What a line says of its own id proves nothing: anybody who can write the log can plant one.
  static func holds(
    _ head: Head, _ chain: Chain, _ log: String, _ shared: borrowing SharedDirectory
  ) throws(KitError) -> Bool {
    if head.seq == 0 || head == chain.head { return true }
    return try KitError.lifting { () throws(HostError) in
      guard let file = try shared.openLog(log) else { return false }
      var isHeld = false
      _ = try LineStream.forEachLine(of: file) { (_, line) throws(HostError) in
        guard let line, let envelope = try? Envelope.read(line),
          case .chain(head.seq, _) = envelope.place, envelope.eventID == head.eventID,
          envelope.pk == chain.key(at: head.seq),
          EventID.of(line, envelope.fields) == head.eventID,
          LineSignature.holds(line, envelope, from: chain.handle)
        else { return }
        isHeld = true
      }
      return isHeld
    }
  }

  /// Replaces the writer's record; gives the seq that it knew.
  private static func takeUp(
    _ chain: Chain, _ log: String, _ record: WriterRecord, _ shared: borrowing SharedDirectory,
    _ state: borrowing PrivateState
  ) throws(KitError) -> Int? {
    var file = try KitError.liftingWire { () throws(WireError) in
      try WriterFile.lockForRepair(state)
    }
    let known = file.record?.head
    if let known { try require(known, chain, log, shared) }
    guard known != chain.head else { return known?.seq }
    do {
      try file.save(record, state, replacingBoth: true)
    } catch { throw .wire(error) }
    return known?.seq
  }
}
