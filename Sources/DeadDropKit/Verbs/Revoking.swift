import Host
package import Protocol
package import Wire
package import WireFormat

extension Session {
  /// What a revocation has done.
  package struct Revocation: Sendable {
    /// The last line that is believed; none with a seq of 0.
    package let cut: Head
    /// How many lines there are behind it.
    package let lineCount: Int
    /// Whether an earlier revocation has said just that.
    package let isRepeated: Bool
    /// The decisions that rest on these.
    package let decisions: [DoubtfulDecision]
  }

  /// A decision that counts for everybody, and rests on lines that this agent does not believe.
  package struct DoubtfulDecision: Sendable {
    package let proposal: Proposal
    package let decision: Decision
    package let parties: [Handle]
    /// Whether the proposal's own text may still be shown.
    package let isShown: Bool

    package init(
      proposal: Proposal, decision: Decision, parties: [Handle], isShown: Bool
    ) {
      (self.proposal, self.decision) = (proposal, decision)
      (self.parties, self.isShown) = (parties, isShown)
    }
  }

  /// Believes nothing that a peer wrote from this seq on; nothing at all without one.
  ///
  /// The cut is the line before, by its id: a revocation of a place that is not there yet would not
  /// know which history it speaks of. One that reaches further back than this stays as it is, and is
  /// told of by `revokedBefore`.
  package mutating func revoke(_ peer: Handle, from seq: Int) throws(KitError) -> Revocation {
    try checkIsPeer(peer)
    guard let record = reader.store.records[peer] else { throw .notRecipients([peer]) }
    guard trust.pins[peer]?.isEmpty == false else { throw .nothingToRevoke(peer) }
    guard seq <= record.head.seq + 1 else {
      throw .noSuchPlace(peer, seq: seq, head: record.head.seq)
    }
    let cut = try head(of: peer, record, at: seq - 1)
    let isRepeated = try !keepCut(peer, cut)
    _ = try checkCuts()
    return Revocation(
      cut: cut, lineCount: record.head.seq - cut.seq, isRepeated: isRepeated,
      decisions: try doubtfulDecisions().filter { $0.parties.contains(peer) })
  }

  /// Saves the cut; false where it stands there already.
  private mutating func keepCut(_ peer: Handle, _ cut: Head) throws(KitError) -> Bool {
    let lock = try settlingLock()
    defer { try? lock.unlock() }
    trust = try TrustStore.load(state)
    let before = trust
    trust.revoke(peer, behind: cut)
    if trust == before {
      let held = trust.cut(of: peer) ?? cut
      guard held.seq >= cut.seq else { throw .revokedBefore(peer, seq: held.seq + 1) }
      return false
    }
    try trust.save(state)
    return true
  }

  private mutating func head(
    of peer: Handle, _ record: HeadRecord, at seq: Int
  ) throws(KitError) -> Head {
    if seq == 0 { return .none }
    if seq == record.head.seq { return record.head }
    let found = try lines(of: peer) { envelope in
      if case .chain(seq, _) = envelope.place { true } else { false }
    }
    guard let line = found.first else {
      throw .noSuchPlace(peer, seq: seq, head: record.head.seq)
    }
    return Head(seq: seq, eventID: line.eventID)
  }

  /// The decisions that count and rest on revoked lines, by the time of their decision.
  package mutating func doubtfulDecisions() throws(KitError) -> [DoubtfulDecision] {
    let now = try wireState()
    return now.ratified(under: now.history).compactMap { proposal, decision in
      let parties = revokedParties(of: proposal, decision, in: now)
      guard !parties.isEmpty else { return nil }
      return DoubtfulDecision(
        proposal: proposal, decision: decision, parties: parties, isShown: isShown(proposal))
    }
  }
}
