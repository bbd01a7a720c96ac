import Host
import Identity
import Protocol
package import Wire
package import WireFormat

/// A chain that goes on behind a cut, by a key that its other members agree on.
extension Session {
  /// What the other members are to decide.
  package struct RecoveryPlan: Equatable, Sendable {
    package let handle: Handle
    /// The last line that stands.
    package let cut: Head
    /// The key of the line after it.
    package let pk: Bytes32

    package init(handle: Handle, cut: Head, pk: Bytes32) {
      (self.handle, self.cut, self.pk) = (handle, cut, pk)
    }

    /// As it stands in `effects.members.recover`.
    package var entry: JSONObject {
      [
        "handle": .string(handle.name), "seq": .integer(cut.seq), "event_id": .hex(cut.eventID),
        "pk": .hex(pk),
      ]
    }
  }

  /// Makes the key with which the own chain is to go on behind a line of it; signs nothing.
  ///
  /// Asked again it names the same key, also with another cut. The chain goes on when the others have
  /// decided: whatever this agent does next finds that out and writes the new key's card.
  package mutating func prepareRecovery(cut seq: Int) throws(KitError) -> RecoveryPlan {
    let now = try wireState()
    guard now.canRecover(handle) else {
      let others = now.answerers(under: now.history).subtracting([handle])
      throw .nobodyRecovers(handle, others.sorted())
    }
    let cut = try standingLine(seq, of: handle)
    let lock = try settlingLock()
    defer { try? lock.unlock() }
    guard try !isKeyChangeDue() else {
      throw .notRecoverable(
        "the chain goes on with the key of an earlier one; run any command first")
    }
    let change = try openKeyChange(isRecovery: true)
    return RecoveryPlan(handle: handle, cut: cut, pk: change.pk)
  }

  /// Proposes that another member's chain goes on behind a cut, as its holder has prepared it.
  package mutating func propose(
    recovering plan: RecoveryPlan, because words: Text
  ) throws(KitError) -> Receipt {
    guard plan.handle != handle else {
      throw .notRecoverable("the other members decide on it, not \(handle) itself")
    }
    let pk = try KitError.liftingIdentity { () throws(IdentityError) in
      try PublicKey(checking: plan.pk).bytes
    }
    guard pk != genesis.operatorKey else { throw .operatorsKey(plan.handle) }
    if let other = holder(of: pk) { throw .keyTaken(other) }
    let held = try standingLine(plan.cut.seq, of: plan.handle)
    guard held == plan.cut else {
      throw .notRecoverable("line \(plan.cut.seq) of \(plan.handle) has another id here")
    }
    return try propose(
      "recover \(plan.handle)", of: plan.handle, because: words, "recover", plan.entry)
  }

  /// A line of a chain that can stand: verified, and before any fork of it.
  private mutating func standingLine(
    _ seq: Int, of member: Handle
  ) throws(KitError) -> Head {
    guard let record = reader.store.records[member] else { throw .notRecipients([member]) }
    let last = min(record.head.seq, (record.forkSeq ?? .max) - 1)
    let found = try lines { envelope in
      if case .chain(let place, _) = envelope.place { place == seq } else { false }
    }.first { $0.handle == member && !$0.isAfterGap }
    guard let found, seq <= last else {
      throw .notRecoverable("\(member) has no line \(seq) that stands; the last one is \(last)")
    }
    return Head(seq: seq, eventID: found.eventID)
  }

  /// Pins the keys of recoveries that this agent agreed to: it has agreed to just that key.
  mutating func followRecoveries(_ now: WireState, _ report: inout CatchUp) -> Bool {
    var hasNew = false
    for agreed in now.recoveries(under: now.history)
    where agreed.handle != handle && agreed.parties.contains(handle) {
      guard let record = reader.store.records[agreed.handle],
        agreed.recovery.isFollowed(in: record.spans),
        canBelieve(agreed.handle, agreed.recovery.pk, fromSeq: agreed.recovery.seq + 1, &report),
        trust.pin(
          agreed.handle, agreed.recovery.pk, fromSeq: agreed.recovery.seq + 1, .introduction,
          by: agreed.proposal.proposer, ownSeq: ownSeq, at: self.now())
      else { continue }
      report.notes.append(
        "\(agreed.handle) goes on after line \(agreed.recovery.seq) with the key that was decided")
      hasNew = true
    }
    return hasNew
  }

  /// Decides an own proposal by the operator's word, where no member is left to ask.
  package mutating func ratify(_ prefix: String, keyFile: String) throws(KitError) -> Receipt {
    let id = try find(prefix).eventID
    guard let operatorKey = genesis.operatorKey else {
      throw .notRatifiable(id, "has no operator to ratify it: the genesis names none")
    }
    guard let standing = try standing(of: id) else { throw .notAProposal(id) }
    guard standing.proposal.proposer == handle else {
      throw .notRatifiable(id, "is decided by \(standing.proposal.proposer), who proposed it")
    }
    guard !standing.status.isSettled else { throw .settledAlready(id, standing.status) }
    guard standing.status == .escalated else {
      let owners = standing.owners.map(\.name).joined(separator: ", ")
      throw .notRatifiable(id, "waits for \(owners): the operator stands in for nobody")
    }
    let key = try KeyStore.signingKey(at: keyFile)
    guard key.publicKey.bytes == operatorKey else { throw .notTheOperator(operatorKey) }
    let body: JSONObject = [
      "acks": .strings([String]()),
      "operator": .object([
        "pk": .hex(operatorKey), "sig": .string(OperatorSignature.make(over: id, with: key)),
      ]),
    ]
    return try append(
      Draft(
        .decision, subject: standing.proposal.subject, body: .object(body), re: id,
        correlationID: standing.proposal.correlationID))
  }
}

extension WireState {
  /// Whether anybody could ratify that this chain goes on: one member proposes, another acks or the
  /// operator signs.
  func canRecover(_ member: Handle) -> Bool {
    let others = answerers(under: history).subtracting([member])
    return others.count > 1 || genesis.operatorKey != nil && !others.isEmpty
  }
}
