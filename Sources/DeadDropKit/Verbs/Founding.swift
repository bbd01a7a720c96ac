import Host
package import Identity
package import Protocol
import Wire
package import WireFormat

/// Makes a new wire.
package enum Founding {
  package struct Request: Sendable {
    package var directory: String
    package var founder: Handle
    package var peers: [Handle]
    package var domains: [Text: Domain]
    package var tiers: [Text: Tier]
    package var idleCycles = IdleCycles()
    /// The operator's public key, where only its holder can lift what stops the wire.
    package var operatorKey: Bytes32?
    /// Whether the peers are this person's own agents, made in the same act.
    package var isLocal: Bool
    /// The group whose accounts write to the wire; nil where it is this account's own.
    package var group: UInt32?
    /// Whether logs of older tools that are there are taken over.
    package var isAdoption: Bool

    package init(
      directory: String, founder: Handle, peers: [Handle], domains: [Text: Domain],
      tiers: [Text: Tier], isLocal: Bool, isAdoption: Bool = false
    ) {
      self.isAdoption = isAdoption
      (self.directory, self.founder, self.peers) = (directory, founder, peers)
      (self.domains, self.tiers, self.isLocal) = (domains, tiers, isLocal)
    }
  }

  package struct Outcome: Sendable {
    package let wire: Bytes32
    package let path: String
    /// One a peer, unless the peers are local.
    package let invites: [Invite]
    /// Whether git was told not to look at it.
    package let isExcludedFromGit: Bool
    /// What was taken over: how many bytes of which files.
    package let legacy: [String: Genesis.Legacy]
  }

  /// Founds the wire, publishes the founder's card, and makes the peers or their invites.
  package static func found(
    _ request: Request, in places: PrivatePlaces? = nil
  ) throws(KitError) -> Outcome {
    let places = try PrivatePlaces.given(places)
    var plan = Plan(request)
    if request.isAdoption { plan.logs = try Adopting.logs(of: request) }
    if try !isUnfinished(request, plan, places) {
      if request.isAdoption {
        plan.legacy = try Adopting.takeStock(request, logs: plan.logs)
      } else {
        try checkPlace(request, logs: plan.logs)
      }
      let key = try KeyStore(places).ensureSigningKey(request.founder)
      var holders: [Bytes32: Handle] = [:]
      for handle in request.isLocal ? plan.members : [request.founder] {
        let pk = try KeyStore(places).ensureSigningKey(handle).publicKey.bytes
        guard pk != request.operatorKey else { throw .operatorsKey(handle) }
        if let other = holders[pk] { throw .keyTaken(other) }
        holders[pk] = handle
      }
      try writeGenesis(request, plan, key)
    }
    let shared = try KitError.liftingWire { () throws(WireError) in
      try SharedDirectory.open(request.directory)
    }
    let genesis = try KitError.liftingWire { () throws(WireError) in try shared.genesis() }
    let path = shared.path
    var session = try Session(
      places: places, shared: shared, genesis: genesis, handle: request.founder)
    // A founding that goes on where it was cut off has written some of this.
    if request.isAdoption { _ = try session.catchUp() }
    var isNew = try session.publishCard()
    let peers = request.peers.filter { !session.hasJoined($0) }
    isNew = isNew || !peers.isEmpty
    guard isNew else { throw .wireExists(path) }
    let invites =
      request.isLocal
      ? try makePeers(request.peers, places, path, &session)
      : try peers.map { peer throws(KitError) in try session.invite(peer) }
    _ = try session.catchUp()
    let isExcluded = try KitError.lifting { () throws(HostError) in
      try GitWorkTree.exclude(path)
    }
    return Outcome(
      wire: genesis.id, path: path, invites: invites, isExcludedFromGit: isExcluded,
      legacy: genesis.legacy)
  }

  /// What the genesis will say of files.
  struct Plan {
    let members: [Handle]
    var logs: [String]
    var legacy: [String: Genesis.Legacy] = [:]

    init(_ request: Request) {
      let members = [request.founder] + request.peers
      self.members = members
      logs = members.map { LogName.make(for: $0, among: members) }
    }
  }

  /// Writes `wire.json` once and for ever, and the copies that people read.
  private static func writeGenesis(
    _ request: Request, _ plan: Plan, _ key: borrowing SigningKey
  ) throws(KitError) {
    let line = Genesis.make(
      founder: request.founder, key: key,
      members: zip(plan.members, plan.logs).map { .init(handle: $0, log: $1) },
      domains: request.domains, tiers: request.tiers, idleCycles: request.idleCycles,
      operatorKey: request.operatorKey, legacy: plan.legacy, nonce: SecureRandom.bytes(16),
      at: Timestamp(microseconds: WallClock.now()))
    let shared = try KitError.liftingWire { () throws(WireError) in
      try SharedDirectory.open(request.directory)
    }
    let (name, sharing) = (SharedDirectory.genesisName, shared.sharing)
    do {
      try shared.directory.createFile(name, permissions: sharing.ownFile) {
        file throws(HostError) in
        try file.writeWhole(line + [UInt8(ascii: "\n")])
        try sharing.apply(sharing.ownFile, to: file, file.status())
      }
      let copies = [
        ("tiers.json", TiersFile.bytes(of: request.tiers, request.idleCycles)),
        ("PROTOCOL.md", Array(WireGuide.text.utf8)),
      ]
      for (name, bytes) in copies {
        // What is taken over stays as it is.
        if request.isAdoption, try shared.directory.status(of: name) != nil { continue }
        try shared.directory.replaceFile(
          name, with: bytes, permissions: sharing.ownFile, durable: false)
        let file = try OpenFile.open(name, in: shared.directory, mode: .read)
        try sharing.apply(sharing.ownFile, to: file, file.require(.own))
      }
      // Where several accounts write, none may be the first to make it its own.
      if sharing.isByGroup { _ = try shared.makeSubdirectory(SharedDirectory.beatsName) }
      try shared.directory.synchronize()
    } catch {
      if error.isExists { throw .wireExists(request.directory) }
      throw .host(error)
    }
  }

  /// Whether an earlier `init` of this agent wrote this very genesis and was cut off: before a log,
  /// or, where older logs are taken over, anywhere.
  private static func isUnfinished(
    _ request: Request, _ plan: Plan, _ places: PrivatePlaces
  ) throws(KitError) -> Bool {
    guard let shared = try? SharedDirectory.open(request.directory),
      let genesis = try? shared.checkedGenesis(), genesis.founder == request.founder,
      genesis.members.map(\.handle) == plan.members, genesis.members.map(\.log) == plan.logs,
      genesis.domains == request.domains, genesis.operatorKey == request.operatorKey,
      try KeyStore(places).publicKey(request.founder) == genesis.founderKey
    else { return false }
    if request.isAdoption { return !genesis.legacy.isEmpty }
    for log in plan.logs {
      if let status = try? shared.directory.status(of: log), status.byteCount > 0 { return false }
    }
    return true
  }

  /// Makes the directory where it is absent, and refuses one in which a wire would not be safe.
  private static func checkPlace(_ request: Request, logs: [String]) throws(KitError) {
    let path = request.directory
    try KitError.lifting { () throws(HostError) in
      let directory = try Directory.createPath(path, permissions: 0o755)
      guard let group = request.group else { return }
      try directory.require(FilePolicy(kind: .directory, owner: .own, forbiddenMode: 0))
      try directory.give(to: group, permissions: Sharing.groupMode)
    }
    let shared = try KitError.liftingWire { () throws(WireError) in try SharedDirectory.open(path) }
    let names = try KitError.lifting { () throws(HostError) in try shared.directory.names() }
    if names.contains(SharedDirectory.genesisName) { throw .wireExists(path) }
    if let log = names.first(where: { logs.contains($0) }) { throw .logExists("\(path)/\(log)") }
  }

  /// Makes the other agents of the same person; founder and peer believe each other from the start.
  private static func makePeers(
    _ peers: [Handle], _ places: PrivatePlaces, _ path: String, _ session: inout Session
  ) throws(KitError) -> [Invite] {
    let founderKey = session.genesis.founderKey
    for handle in peers {
      let key = try KeyStore(places).ensureSigningKey(handle)
      let pk = key.publicKey.bytes
      let shared = try KitError.liftingWire { () throws(WireError) in
        try SharedDirectory.open(path)
      }
      var peer = try Session(
        places: places, shared: shared, genesis: session.genesis, handle: handle)
      let time = session.now()
      try peer.changeTrust { _ = $0.pin(session.handle, founderKey, .local, at: time) }
      if !session.hasJoined(handle) {
        _ = try peer.append(try peer.cardDraft())
      }
      try session.changeTrust { _ = $0.pin(handle, pk, .local, at: time) }
    }
    return []
  }
}

extension Session {
  /// Whether a member's chain has begun, as far as it was read.
  fileprivate func hasJoined(_ member: Handle) -> Bool {
    reader.store.records[member]?.head.seq ?? 0 > 0
  }

  /// Opens the own chain with the card; false where that was done before.
  fileprivate func publishCard() throws(KitError) -> Bool {
    if hasJoined(handle) { return false }
    _ = try append(try cardDraft())
    return true
  }
}
