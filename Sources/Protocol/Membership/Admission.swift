package import Identity
package import WireFormat

/// The decision that made somebody a member: whose key it named, and who agreed on it.
package struct Admission: Sendable {
  package let handle: Handle
  package let pk: Bytes32
  package let proposal: Proposal
  /// The proposer and those whose acks it cites, each with the seq of that proposal or ack.
  package let parties: [Handle: Int]
}

extension WireState {
  /// One for each handle that a counting decision added; the one that holds.
  package func admissions(under history: EffectHistory) -> [Admission] {
    history.additions.sorted { $0.key < $1.key }.compactMap { handle, entry in
      guard case .add(let pk, _) = entry.effects.members[handle] else { return nil }
      return Admission(
        handle: handle, pk: pk, proposal: entry.proposal, parties: parties(of: entry.proposal))
    }
  }

  /// Who agreed on a proposal that is decided: the proposer and those whose acks it cites.
  private func parties(of proposal: Proposal) -> [Handle: Int] {
    let cited = decisions[proposal.eventID]?[proposal.proposer]?.acks ?? []
    var parties = [proposal.proposer: proposal.seq]
    for (owner, answer) in answers[proposal.eventID] ?? [:] where cited.contains(answer.eventID) {
      parties[owner] = answer.seq
    }
    return parties
  }

  /// What the counting decisions say of chains that go on behind a cut, by another key.
  package func recoveries(under history: EffectHistory) -> [AgreedRecovery] {
    history.counting.flatMap { entry in
      entry.effects.members.sorted { $0.key < $1.key }.compactMap { handle, change in
        guard case .recover(let recovery) = change else { return nil }
        return AgreedRecovery(
          handle: handle, recovery: recovery, proposal: entry.proposal,
          parties: Set(parties(of: entry.proposal).keys))
      }
    }
  }
}

/// The decision by which a chain goes on behind a cut, and who agreed on it.
package struct AgreedRecovery: Sendable {
  package let handle: Handle
  package let recovery: KeyDirectory.Recovery
  package let proposal: Proposal
  package let parties: Set<Handle>
}
