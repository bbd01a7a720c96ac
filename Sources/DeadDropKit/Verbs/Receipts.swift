package import Protocol
package import Wire
package import WireFormat

/// What one recipient has proven of an own line.
package struct PeerReceipt: Equatable, Sendable {
  /// Each proves the ones before it.
  package enum State: String, Sendable, CaseIterable {
    case stored
    case seen
    case read
    case answered
  }

  package let handle: Handle
  package let state: State
  /// What it said, where it answered.
  package let answer: Answer.Verdict?
}

/// What the peers have signed, as far as this agent believes their keys: the ground of receipts.
package struct Proofs {
  /// How far each peer has seen and read the own chain.
  fileprivate var reached: [Handle: (seen: Int, read: Int)] = [:]
  fileprivate let everyone: [Handle]
  fileprivate let state: WireState
  fileprivate let history: EffectHistory
}

extension Session {
  /// Whom a message is for: of a member that has left nobody expects anything.
  package mutating func audience(_ to: Recipients) throws(KitError) -> [Handle] {
    switch to {
    case .handles(let handles): return handles.filter { $0 != handle }
    case .everyone:
      let now = try wireState()
      return everyone(in: now, under: now.history)
    }
  }

  private func everyone(in now: WireState, under history: EffectHistory) -> [Handle] {
    history.current.members
      .filter { $0 != handle && now.ending(of: $0, under: history) == nil }.sorted()
  }

  /// What is proven by now of the own lines from this seq on.
  package mutating func proofs(from seq: Int) throws(KitError) -> Proofs {
    let now = try wireState()
    let history = now.history
    var proofs = Proofs(
      everyone: everyone(in: now, under: history), state: now, history: history)
    let own = reader.store.records[handle]?.head ?? .none
    var claims: [(peer: Handle, head: Head, read: Int)] = []
    for (peer, beat) in try beats() where peer != handle && tier(of: peer) != .untrusted {
      guard let head = beat.seenHeads[handle], head.seq >= seq else { continue }
      claims.append((peer, head, beat.read[handle] ?? 0))
    }
    let stored = try ownIDs(Set(claims.map(\.head)).filter { $0 != own && $0.seq <= own.seq })
    for claim in claims {
      // Who has seen another line in that place has seen another history. What is beyond the own
      // head another run of this agent has stored since it was read.
      guard claim.head == own || claim.head.seq > own.seq || stored.contains(claim.head) else {
        continue
      }
      proofs.reached[claim.peer] = (claim.head.seq, claim.read)
    }
    return proofs
  }

  /// Which of these heads are lines of the own log.
  private mutating func ownIDs(_ heads: Set<Head>) throws(KitError) -> Set<Head> {
    guard !heads.isEmpty else { return [] }
    let ids = Set(heads.map(\.eventID))
    let lines = try lines(of: handle) { ids.contains($0.eventID) }
    return Set(lines.map { Head(seq: $0.seq, eventID: $0.eventID) }).intersection(heads)
  }

  /// What each recipient of an own message has proven of it.
  package func receipts(
    of id: Bytes32, seq: Int, for to: Recipients, by proofs: Proofs
  ) -> [PeerReceipt] {
    let recipients: [Handle] =
      switch to {
      case .everyone: proofs.everyone
      case .handles(let handles): handles.filter { $0 != handle }
      }
    return recipients.map { peer in
      if let answer = answer(to: id, of: peer, in: proofs.state, under: proofs.history) {
        return PeerReceipt(handle: peer, state: .answered, answer: answer.verdict)
      }
      let (seen, read) = proofs.reached[peer] ?? (0, 0)
      let state: PeerReceipt.State = seen < seq ? .stored : read < seq ? .seen : .read
      return PeerReceipt(handle: peer, state: state, answer: nil)
    }
  }

  /// The same of lines that were read; none for those of others.
  package mutating func receipts(
    of lines: [ShownLine]
  ) throws(KitError) -> [[PeerReceipt]] {
    let seqs = lines.filter { $0.handle == handle }.map(\.seq)
    guard let first = seqs.min() else { return lines.map { _ in [] } }
    let proofs = try proofs(from: first)
    return lines.map { line in
      guard line.handle == handle, let message = line.message else { return [] }
      return receipts(of: line.eventID, seq: line.seq, for: message.to, by: proofs)
    }
  }

  /// A peer's signed answer, if this agent believes the key that signed it and it stands.
  func answer(
    to id: Bytes32, of peer: Handle, in now: WireState, under history: EffectHistory
  ) -> Answer? {
    guard let answer = now.answers[id]?[peer],
      isTrusted(peer, answer.pk, seq: answer.seq), history.stands(peer, answer.seq)
    else { return nil }
    return answer
  }
}
