import Protocol
import Wire
import WireFormat

/// Members whom a decision added, and the trust that follows from it.
extension Session {
  /// Pins keys by the decisions that added members; whether any was new.
  ///
  /// Who agreed to a decision that adds a member has agreed to its key. The newcomer, in turn, has
  /// its inviter's key; the inviter was a party of that decision, and its program counts only keys
  /// that it has verified: an acker's the proposer's, the proposer's every acker's.
  mutating func followAdmissions(_ now: WireState, _ report: inout CatchUp) throws(KitError) -> Bool
  {
    var hasNew = false
    for admission in now.admissions(under: now.history) where isAdded(admission) {
      if admission.handle == handle {
        guard let inviter = inviter(among: admission) else { continue }
        for (party, seq) in admission.parties.sorted(by: { $0.key < $1.key }) where party != handle
        {
          if pinChain(of: party, through: seq, by: inviter, &report) { hasNew = true }
        }
      } else if admission.parties[handle] != nil {
        let proposer = admission.proposal.proposer
        guard canBelieve(admission.handle, admission.pk, &report),
          trust.pin(
            admission.handle, admission.pk, .introduction, by: proposer, ownSeq: ownSeq,
            at: self.now())
        else { continue }
        report.notes.append(
          proposer == handle
            ? "\(admission.handle) is a member, as this agent proposed: VERIFIED"
            : "\(admission.handle) is introduced by \(proposer): VERIFIED")
        hasNew = true
      }
    }
    return hasNew
  }

  /// Whether the decision made the chain that has this handle now: no other key is pinned by it.
  private func isAdded(_ admission: Admission) -> Bool {
    !genesis.members.contains { $0.handle == admission.handle }
      && reader.store.records[admission.handle]?.openingKey == admission.pk
  }

  /// The party of a decision whose invite this agent joined by.
  private func inviter(among admission: Admission) -> Handle? {
    admission.parties.keys.sorted().first { party in
      guard let seq = admission.parties[party], let pk = key(of: party, at: seq) else {
        return false
      }
      return trust.pin(of: party, pk, seq: seq)?.means == .invite
    }
  }

  /// Pins the key that a line of a chain is signed with, and those before it: the chain is one.
  private mutating func pinChain(
    of member: Handle, through seq: Int, by inviter: Handle, _ report: inout CatchUp
  ) -> Bool {
    var hasNew = false
    for span in reader.store.records[member]?.spans ?? [] where span.fromSeq <= seq {
      guard canBelieve(member, span.pk, fromSeq: span.fromSeq, &report),
        trust.pin(
          member, span.pk, fromSeq: span.fromSeq, .introduction, by: inviter, ownSeq: ownSeq,
          at: self.now())
      else { continue }
      hasNew = true
    }
    if hasNew { report.notes.append("\(member) is introduced by \(inviter): VERIFIED") }
    return hasNew
  }

  /// Who may invite: for a member of the genesis its founder, else who agreed to the decision.
  mutating func checkMayInvite(_ peer: Handle) throws(KitError) {
    let now = try wireState()
    let history = now.history
    if case .removed(let id) = now.ending(of: peer, under: history) { throw .removed(peer, by: id) }
    guard !genesis.members.contains(where: { $0.handle == peer }) else {
      guard handle == genesis.founder else { throw .notFounder(handle, founder: genesis.founder) }
      return
    }
    guard let admission = now.admissions(under: history).first(where: { $0.handle == peer }) else {
      throw .notRecipients([peer])
    }
    guard admission.parties[handle] != nil else {
      throw .notAParty(peer, admission.parties.keys.sorted())
    }
  }
}
