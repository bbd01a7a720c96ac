import Host
import Identity
import Protocol
import Wire
package import WireFormat

/// Takes an agent of one wire, its keys and all that it remembers, to another place.
///
/// Two places that sign for one agent make a fork. So each says in `elsewhere.json` that it is not
/// the one in force before the other one is, and a place that was killed between signs nothing until
/// the same move is made again:
///
///     TO   elsewhere.json   unfinished: it signs nothing yet
///     FROM elsewhere.json   moving: it signs nothing any more
///     TO   keys, state      each file whole or not at all
///     TO   elsewhere.json   gone: from here on it signs
///     FROM elsewhere.json   moved: nothing is taken from here again
///     FROM keys             erased, unless another wire needs them
///
/// A path may be another medium the next time. So what was begun goes on only where TO says that it
/// is unfinished.
package struct Moving {
  package struct Outcome: Sendable {
    package let handle: Handle
    package let wire: Bytes32
    package let path: String
    /// Files of keys that the old place has still, since agents of other wires use them.
    package let keptKeys: [String]
  }

  let handle: Handle
  let wire: Bytes32
  let from: PrivatePlaces
  let to: PrivatePlaces

  /// The places of a directory that holds what was moved or backed up: like DEADDROP_HOME.
  package static func places(in path: String) -> PrivatePlaces {
    PrivatePlaces(keys: path + "/keys", states: path)
  }

  package init(_ handle: Handle, on wire: Bytes32, from: PrivatePlaces, to: PrivatePlaces) {
    (self.handle, self.wire, self.from, self.to) = (handle, wire, from, to)
  }

  /// Finds the one agent that a directory holds, or that of this name, or on this wire; of several
  /// the one that has not gone elsewhere.
  package static func agent(
    in places: PrivatePlaces, named name: Handle?, on asked: Bytes32? = nil
  ) throws(KitError) -> (handle: Handle, wire: Bytes32) {
    var found: [(handle: Handle, wire: Bytes32)] = []
    for wire in try places.wires() where asked == nil || wire == asked {
      for handle in try places.identities(on: wire) where name == nil || handle == name {
        found.append((handle, wire))
      }
    }
    if found.count > 1 {
      var here: [(handle: Handle, wire: Bytes32)] = []
      for agent in found where try !places.isGone(agent.handle, on: agent.wire) {
        here.append(agent)
      }
      if !here.isEmpty { found = here }
    }
    guard let first = found.first else {
      throw .notMovable(.noAgent(path: places.states, name))
    }
    guard found.count == 1 else {
      let agents = found.map { "\($0.handle) of \($0.wire.hex.prefix(12))" }
      throw .notMovable(.severalAgents(path: places.states, agents, first: first.handle))
    }
    return first
  }

  /// The id of the wire in a directory.
  package static func wire(at path: String) throws(KitError) -> Bytes32 {
    try KitError.liftingWire { () throws(WireError) in
      try SharedDirectory.open(path).genesis().id
    }
  }

  /// Whether what is to be taken in is a copy of an agent that may be in force elsewhere.
  package func isFromBackup() throws(KitError) -> Bool {
    let old = try open(from)
    return try KitError.liftingWire { () throws(WireError) in try old.elsewhere() }?.why == .backup
  }

  /// Moves the agent; made again after a kill it goes on where it was.
  package func move() throws(KitError) -> Outcome {
    guard from != to else { throw .notMovable(.samePlace(handle)) }
    let old = try open(from)
    let locks = try Locks(old)
    let mark = try KitError.liftingWire { () throws(WireError) in try old.elsewhere() }
    let isBackup = mark?.why == .backup
    let hasBegun = mark?.path == to.states && (mark?.why == .moving || mark?.why == .moved)
    if let mark, !isBackup, !hasBegun { throw .wire(.notInForce(mark.why, mark.path)) }
    // What refuses must leave all as it was.
    if !hasBegun { try checkKeys() }
    let new = try open(to)
    let newMark = try KitError.liftingWire { () throws(WireError) in try new.elsewhere() }
    let isComplete = try hasWritten(new) && newMark == nil
    if hasBegun, isComplete { return try finish(old, locks) }
    guard !isComplete else {
      throw .notMovable(.inForce(handle, path: to.states))
    }
    if let mark, hasBegun {
      guard mark.why == .moving else { throw .wire(.notInForce(mark.why, mark.path)) }
      guard newMark?.why == .unfinished, newMark?.path == from.states else {
        throw .notMovable(
          .otherMedium(path: to.states, mark: "\(old.path)/\(PrivateState.elsewhereName)"))
      }
    }
    if hasBegun { try checkKeys() }
    try KitError.liftingWire { () throws(WireError) in
      try new.markElsewhere(.unfinished, from.states)
      if !isBackup { try old.markElsewhere(.moving, to.states) }
    }
    try copyKeys()
    try copyState(old, new, withWriter: !isBackup)
    try KitError.lifting { () throws(HostError) in
      try new.directory.unlink(PrivateState.elsewhereName)
      try new.directory.synchronize()
    }
    return isBackup ? outcome(kept: []) : try finish(old, locks)
  }

  /// Copies the agent to where it cannot sign: what was signed last is left out, and a mark is left.
  package func backUp() throws(KitError) -> Outcome {
    let old = try open(from)
    let locks = try Locks(old)
    try KitError.liftingWire { () throws(WireError) in try old.requireInForce() }
    let new = try open(to)
    guard try !hasWritten(new) else {
      throw .notMovable(.noBackup(handle, path: to.states))
    }
    let mark = try KitError.liftingWire { () throws(WireError) in try new.elsewhere() }
    // An older backup of this agent gives way, with the keys of its time.
    if let mark, mark.why == .backup, mark.path == from.states,
      try !to.isElsewhereNeeded(handle, nil, besides: wire)
    {
      try erase(keysIn: to)
    }
    try checkKeys()
    try KitError.liftingWire { () throws(WireError) in
      try new.markElsewhere(.backup, from.states)
    }
    try copyKeys()
    try copyState(old, new, withWriter: false)
    locks.release()
    return outcome(kept: [])
  }

  private func open(_ places: PrivatePlaces) throws(KitError) -> PrivateState {
    if places == from, try !places.identities(on: wire).contains(handle) {
      throw .notMovable(.notHeld(handle, wire, path: places.states))
    }
    let path = places.state(wire: wire, handle: handle)
    return try KitError.liftingWire { () throws(WireError) in try PrivateState.open(path) }
  }

  private func hasWritten(_ state: borrowing PrivateState) throws(KitError) -> Bool {
    try KitError.lifting { () throws(HostError) in
      try state.directory.status(of: WriterFile.name)?.byteCount ?? 0 > 0
    }
  }

  private func outcome(kept: [String]) -> Outcome {
    Outcome(handle: handle, wire: wire, path: to.states, keptKeys: kept)
  }

  /// Erases the keys at the old place; the locks are held until then.
  private func finish(
    _ old: borrowing PrivateState, _ locks: consuming Locks
  ) throws(KitError) -> Outcome {
    try KitError.liftingWire { () throws(WireError) in try old.markElsewhere(.moved, to.states) }
    let isNeeded = try from.isElsewhereNeeded(handle, nil, besides: wire)
    let names = try keyNames(in: from)
    if !isNeeded { try erase(keysIn: from) }
    locks.release()
    return outcome(kept: isNeeded ? names.map { "\(from.keys)/\($0)" } : [])
  }

  private func erase(keysIn places: PrivatePlaces) throws(KitError) {
    let names = try keyNames(in: places)
    guard !names.isEmpty else { return }
    try KitError.lifting { () throws(HostError) in
      let directory = try Directory.open(places.keys, followLast: true)
      for name in names { try directory.unlink(name) }
      try directory.synchronize()
    }
  }
}

extension Moving {
  /// All that can be locked of an agent's private state, so that no process of it is between two steps.
  private struct Locks: ~Copyable {
    private let settling, reading, beating, writing: OpenFile

    init(_ state: borrowing PrivateState) throws(KitError) {
      let settling = try Self.lock("settle.lock", state)
      let reading = try Self.lock("reader.lock", state)
      let beating = try Self.lock("beats.lock", state)
      let writing = try Self.lock(WriterFile.name, state)
      self.settling = settling
      self.reading = reading
      self.beating = beating
      self.writing = writing
    }

    private static func lock(
      _ name: String, _ state: borrowing PrivateState
    ) throws(KitError) -> OpenFile {
      do { return try state.lock(name) } catch { throw .wire(error) }
    }

    consuming func release() {}
  }

  private func keyNames(in places: PrivatePlaces) throws(KitError) -> [String] {
    try KitError.lifting { () throws(HostError) in
      do throws(HostError) {
        return try Directory.open(places.keys, followLast: true).names().filter { name in
          let parts = name.split(separator: ".", omittingEmptySubsequences: false)
          return parts.first.map(String.init) == handle.name && (2...3).contains(parts.count)
            && (parts.last == "key" || parts.last == "seal")
        }
      } catch {
        if error.isNotFound { return [] }
        throw error
      }
    }
  }

  /// Throws where the new place has other keys under the same names.
  private func checkKeys() throws(KitError) {
    let names = try keyNames(in: from)
    guard !names.isEmpty else { throw .noKey(handle, path: from.keys + "/\(handle).key") }
    for name in names {
      guard let held = try publicHalf(name, in: to) else { continue }
      guard try publicHalf(name, in: from) == held else {
        throw .notMovable(
          .otherKey(handle, file: "\(to.keys)/\(name)", from: from.states))
      }
    }
  }

  private func publicHalf(_ name: String, in places: PrivatePlaces) throws(KitError) -> Bytes32? {
    guard let secret = try KeyStore.load(name, in: places.keys) else { return nil }
    return name.hasSuffix(".key")
      ? try KeyStore.signingKey(of: secret).publicKey.bytes
      : try KeyStore.sealingKey(of: secret).publicBytes
  }

  private func copyKeys() throws(KitError) {
    for name in try keyNames(in: from) {
      guard try publicHalf(name, in: to) == nil,
        let secret = try KeyStore.load(name, in: from.keys)
      else { continue }
      do throws(HostError) {
        let directory = try Directory.createPath(to.keys)
        // SAFETY: the pointer is lent for the length of the closure and written to a 0600 file.
        try unsafe secret.withBytes { bytes throws(HostError) in
          try unsafe SecretFile.create(name, in: directory, from: bytes)
        }
      } catch { throw .host(error) }
    }
  }

  /// All files of the state but locks and marks; the writer's record last.
  private func copyState(
    _ old: borrowing PrivateState, _ new: borrowing PrivateState, withWriter: Bool
  ) throws(KitError) {
    do throws(HostError) {
      try Self.copyFiles(old.directory, new.directory)
      for folder in [CursorSet.directoryName, Evidence.directoryName] {
        guard let source = try old.subdirectoryIfThere(folder) else { continue }
        try Self.copyFiles(source, try new.subdirectory(folder))
      }
      if withWriter { try Self.copy(WriterFile.name, old.directory, new.directory) }
    } catch { throw .host(error) }
  }

  private static func copyFiles(
    _ source: borrowing Directory, _ target: borrowing Directory
  ) throws(HostError) {
    let names = try files(in: source)
    // What an agent that was here before has left is none of this one's.
    for name in try files(in: target) where !names.contains(name) { try target.unlink(name) }
    for name in names { try copy(name, source, target) }
  }

  /// What is remembered: no locks, no marks, nothing unfinished, and not the writer's record.
  private static func files(in directory: borrowing Directory) throws(HostError) -> [String] {
    var files: [String] = []
    for name in try directory.names()
    where ![WriterFile.name, PrivateState.elsewhereName].contains(name)
      && !name.hasSuffix(".lock") && !name.hasPrefix(".")
    {
      if try directory.status(of: name)?.kind == .regular { files.append(name) }
    }
    return files
  }

  private static func copy(
    _ name: String, _ source: borrowing Directory, _ target: borrowing Directory
  ) throws(HostError) {
    guard let bytes = try source.readFile(name, limit: 1 << 30, policy: .secret) else { return }
    try target.replaceFile(name, with: bytes, permissions: 0o600, durable: true)
  }
}
