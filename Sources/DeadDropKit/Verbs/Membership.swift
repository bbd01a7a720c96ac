import Identity
package import Protocol
package import Wire
package import WireFormat

/// A member as `members` shows it, also one whose lines no longer count.
package struct MemberStanding: Sendable {
  package enum Origin: Sendable {
    case genesis
    /// The proposal that added it.
    case decision(Bytes32)
  }

  package let handle: Handle
  package let log: String
  /// The key that it writes with, or, before its first line, that was named for it.
  package let pk: Bytes32?
  package let tier: String
  /// By what this agent believes that key.
  package let pin: TrustStore.Pin?
  package let origin: Origin
  package let ending: Ending?
  package let lineCount: Int
  package let beat: Beat?
}

extension Session {
  /// More members than this work, but each reads the beats of all.
  package static let advisedMemberCount = 16

  package mutating func members() throws(KitError) -> [MemberStanding] {
    let now = try wireState()
    let history = now.history
    let admissions = now.admissions(under: history)
    let beats = try beats()
    return reader.store.records.sorted { $0.key < $1.key }.map { member, record in
      let pk = record.spans.last?.pk ?? record.openingKey
      let added = admissions.first { $0.handle == member }?.proposal.eventID
      let isFirst = genesis.members.contains { $0.handle == member }
      return MemberStanding(
        handle: member, log: record.log, pk: pk, tier: tierLabel(of: member),
        pin: trust.pins[member]?.last { $0.pk == pk },
        origin: isFirst ? .genesis : added.map { .decision($0) } ?? .genesis,
        ending: now.ending(of: member, under: history), lineCount: record.head.seq,
        beat: beats[member])
    }
  }

  /// The key that a member's chain begins with, or has to begin with.
  package func openingKey(of member: Handle) -> Bytes32? {
    reader.store.records[member]?.openingKey
  }

  /// Proposes a member by the key that it has given over another way.
  ///
  /// Its log is for all: whoever reads its name sees a group.
  package mutating func propose(
    member: Handle, pk: Bytes32, because words: Text
  ) throws(KitError) -> Receipt {
    let key = try KitError.liftingIdentity { () throws(IdentityError) in
      try PublicKey(checking: pk)
    }
    let log = "\(member)_to_all.jsonl"
    for (other, record) in reader.store.records {
      let isTaken = other == member || record.log == log
      guard !isTaken else { throw .handleTaken(member) }
    }
    if let other = holder(of: key.bytes) { throw .keyTaken(other) }
    return try propose(
      "add \(member) as a member", of: member, because: words, "add",
      ["handle": .string(member.name), "pk": .hex(key.bytes), "log": .string(log)])
  }

  /// Proposes to cut a member's chain behind what this agent has verified of it.
  package mutating func propose(
    removing member: Handle, because words: Text
  ) throws(KitError) -> Receipt {
    guard member != handle else { throw .ownRemoval }
    guard let record = reader.store.records[member] else { throw .notRecipients([member]) }
    let now = try wireState()
    let history = now.history
    if case .removed(let id) = now.ending(of: member, under: history) {
      throw .removed(member, by: id)
    }
    guard now.canAgree(to: member, besides: handle, under: history) else {
      throw .nobodyLeft(member)
    }
    let head = try standingHead(of: member, record)
    return try propose(
      "remove \(member)", of: member, because: words, "remove",
      [
        "handle": .string(member.name), "seq": .integer(head.seq), "event_id": .hex(head.eventID),
      ])
  }

  /// The member that has, or had, this key: two names with one key would be one holder.
  ///
  /// Also one whose chain is gone, while this agent still knows its key.
  func holder(of pk: Bytes32, besides member: Handle? = nil) -> Handle? {
    let onWire = reader.store.records.keys.sorted().first { other in
      guard other != member, let record = reader.store.records[other] else { return false }
      return record.openingKey == pk || record.spans.contains { $0.pk == pk }
    }
    return onWire ?? trust.holder(of: pk, besides: member)
  }

  /// The newest line of a chain that can count.
  private mutating func standingHead(
    of member: Handle, _ record: HeadRecord
  ) throws(KitError) -> Head {
    guard let fork = record.forkSeq, fork <= record.head.seq else { return record.head }
    guard fork > 1 else { return .none }
    let line = try lines { envelope in
      if case .chain(let seq, _) = envelope.place { seq == fork - 1 } else { false }
    }.first { $0.handle == member }
    guard let line else { throw .noSuchMessage("\(record.log) at seq \(fork - 1)") }
    return Head(seq: line.seq, eventID: line.eventID)
  }

  mutating func propose(
    _ subject: String, of member: Handle, because words: Text, _ verb: Text, _ entry: JSONObject
  ) throws(KitError) -> Receipt {
    let rival = try proposals().first {
      !$0.status.isSettled && $0.proposal.effects?.members[member] != nil && isShown($0.proposal)
    }
    if let rival { throw .proposedAlready(rival.proposal.eventID, "change \(member)") }
    let change: JSONObject = [verb: .array([.object(entry)])]
    let body: JSONObject = [
      "effects": .object(["members": .object(change)]), "text": .string(words),
    ]
    return try send(Outgoing(.proposal, subject: Text(subject), body: .object(body)))
  }

  /// The newest time that a member has put to anything, by its own clock.
  package mutating func lastSign(of member: Handle) throws(KitError) -> Timestamp? {
    let beat = try beats()[member]?.message.timestamp
    guard let record = reader.store.records[member], !record.headLine.isEmpty,
      let envelope = try? Envelope.read(record.headLine.span),
      let line = try? Message(record.headLine.span, envelope)
    else { return beat }
    return beat.map { max($0, line.timestamp) } ?? line.timestamp
  }

  /// Takes back the own proposals that nobody could decide any more, and says that it leaves.
  package mutating func leave(
    because words: Text
  ) throws(KitError) -> (receipt: Receipt, withdrawn: [Bytes32]) {
    let open = try proposals().filter { $0.proposal.proposer == handle && !$0.status.isSettled }
    for standing in open {
      _ = try append(
        Draft(
          .correction, subject: standing.proposal.subject, body: .object(Outgoing.withdrawal),
          re: standing.proposal.eventID, correlationID: standing.proposal.correlationID))
    }
    let receipt = try append(Draft(.leave, subject: "leaving", body: .string(words)))
    return (receipt, open.map(\.proposal.eventID))
  }

  /// Throws where nothing counts any more that this agent writes.
  ///
  /// What could not be settled is not noted either: then the lines say it.
  func checkMembership() throws(KitError) {
    guard reader.store.isEnded || reader.store.isUnsettled, let ending = try ownEnding() else {
      return
    }
    throw .ended(ending)
  }

  func ownEnding() throws(KitError) -> Ending? {
    var reader = reader
    let now = try KitError.liftingWire { () throws(WireError) in try reader.current(state) }
    return now.ending(of: handle, under: now.history)
  }
}

extension WireState {
  /// Whether anybody could ratify the removal of a member that this one proposes.
  fileprivate func canAgree(
    to member: Handle, besides proposer: Handle, under history: EffectHistory
  ) -> Bool {
    genesis.operatorKey != nil
      || !history.current.members.subtracting([member, proposer]).isEmpty
  }
}
