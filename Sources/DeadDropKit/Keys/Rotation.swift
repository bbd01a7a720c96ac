import Host
import Identity
import Protocol
import Wire
package import WireFormat

/// A key that the old one introduces, in one chain.
extension Session {
  package struct Rotation: Sendable {
    package let old: Bytes32
    package let new: Bytes32
    /// The file that the new key lies in.
    package let file: String
    /// Whether the old key is nowhere on this machine any more.
    package let isOldErased: Bool
    package var notes: [String] = []
  }

  /// Gives this agent a new key on this wire, signing and sealing, introduced by the old one.
  ///
  ///     keys/HANDLE.<id>.key, .seal     the new pair, durable
  ///     key-change.json                 which pair is meant, durable
  ///     key_add                         by the old key, with the new one's consent; from here on
  ///                                     the chain takes the new one alone
  ///     agent_card                      by the new key
  ///     keys/HANDLE.key                 the new one in the place of the old
  ///     key-change.json                 gone
  ///
  /// Killed anywhere, it is made again, or ended by whatever this agent does next.
  package mutating func rotateKey() throws(KitError) -> Rotation {
    try checkMembership()
    var report = CatchUp()
    let lock = try settlingLock()
    defer { try? lock.unlock() }
    try read(into: &report)
    guard reader.store.records[handle]?.head.seq ?? 0 > 0 else { throw .wire(.notJoined(handle)) }
    let store = KeyStore(places)
    if try KeyChange.load(state)?.isRecovery == true { try finishKeyChange(&report) }
    let change = try openKeyChange(isRecovery: false)
    guard let old = try chainKey(before: change.pk) else { throw .wire(.notJoined(handle)) }
    if reader.store.records[handle]?.spans.last?.pk != change.pk {
      _ = try append(try keyAddDraft(change, old: old))
      try read(into: &report)
    }
    try finishKeyChange(&report)
    // A beat by the old key counts for nothing any more.
    do { _ = try heartbeat(Heartbeat()) } catch {
      report.notes.append("the peers were not told by a beat: \(error)")
    }
    return Rotation(
      old: old, new: change.pk, file: try store.file(of: change.pk, handle),
      isOldErased: try store.publicKey(handle, old) != old, notes: report.notes)
  }

  /// The pair that such a change has begun with; else a new one.
  ///
  /// Never the pair of the other kind: a key that goes on behind its own rotation, and again behind
  /// the cut that the others decide, signs two histories.
  func openKeyChange(isRecovery: Bool) throws(KitError) -> KeyChange {
    if let change = try KeyChange.load(state), change.isRecovery == isRecovery { return change }
    let (pk, sealKey) = try KeyStore(places).makeNext(handle)
    let change = KeyChange(pk: pk, sealKey: sealKey, isRecovery: isRecovery)
    try change.save(state)
    return change
  }

  /// The key that the own chain goes on with, or went on with before this one.
  private func chainKey(before new: Bytes32) throws(KitError) -> Bytes32? {
    reader.store.records[handle]?.spans.last { $0.pk != new }?.pk
  }

  private func keyAddDraft(_ change: KeyChange, old: Bytes32) throws(KitError) -> Draft {
    let key = try KeyStore(places).signingKey(handle, change.pk)
    guard key.publicKey.bytes == change.pk else {
      throw .keyGone(handle, change.pk)
    }
    let proof = KeyAddProof.make(wire: genesis.id, handle: handle, old: old, newKey: key)
    return Draft(
      .keyAdd, subject: "new key",
      body: .object([
        "pk": .hex(change.pk), "seal_key": .hex(change.sealKey), "proof": .string(proof),
      ]))
  }

  /// Whether the chain has come to a new key whose card or file is still to be put right.
  func isKeyChangeDue() throws(KitError) -> Bool {
    let isThere = try KitError.lifting { () throws(HostError) in
      try state.directory.status(of: KeyChange.name) != nil
    }
    guard isThere, let change = try KeyChange.load(state) else { return false }
    return reader.store.records[handle]?.spans.last?.pk == change.pk
  }

  /// Ends a change of key that the chain has taken: its card, and the new key's place among the files.
  mutating func finishKeyChange(_ report: inout CatchUp) throws(KitError) {
    guard let change = try KeyChange.load(state), let record = reader.store.records[handle],
      record.spans.last?.pk == change.pk
    else { return }
    if try wireState().newestCards[handle]?.pk != change.pk {
      let receipt = try append(try cardDraft())
      report.notes += receipt.notes
      report.notes.append("\(handle) goes on with the key \(change.pk.hex.prefix(16))")
      try read(into: &report)
    }
    let store = KeyStore(places)
    let old = record.spans.dropLast().last?.pk
    if try !places.isElsewhereNeeded(handle, old, besides: genesis.id) {
      try store.replace(handle, old: old, with: change.pk)
      try store.replaceSealing(handle, with: change.sealKey)
    } else {
      report.notes.append("the old key stays: another wire of \(handle) goes on with it")
    }
    try KeyChange.remove(state)
  }
}

extension PrivatePlaces {
  /// Whether the agent writes on another wire with this key, or may do so; nil asks for any key.
  func isElsewhereNeeded(
    _ handle: Handle, _ pk: Bytes32?, besides wire: Bytes32
  ) throws(KitError) -> Bool {
    for other in try wires() where other != wire {
      guard try identities(on: other).contains(handle) else { continue }
      guard let state = try? PrivateState.open(self.state(wire: other, handle: handle)) else {
        return true
      }
      // What moves has its keys here alone until all has come.
      if let mark = (try? state.elsewhere()) ?? nil, mark.why != .moving { continue }
      guard let written = (try? WriterFile.peek(state))??.key?.pk else { return true }
      if pk == nil || written == pk { return true }
    }
    return false
  }

  /// Whether an agent that was here is in force elsewhere for good.
  func isGone(_ handle: Handle, on wire: Bytes32) throws(KitError) -> Bool {
    let path = state(wire: wire, handle: handle)
    return try KitError.liftingWire { () throws(WireError) in
      try PrivateState.open(path).elsewhere()?.why == .moved
    }
  }

  /// The wires that agents of this account are on.
  func wires() throws(KitError) -> [Bytes32] {
    try KitError.lifting { () throws(HostError) in
      do throws(HostError) {
        return try Directory.open(states, followLast: true).names()
          .compactMap { Bytes32(hex: Text($0)) }
      } catch {
        if error.isNotFound { return [] }
        throw error
      }
    }
  }
}
