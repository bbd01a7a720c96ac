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
      let proposal = entry.proposal
      let cited = decisions[proposal.eventID]?[proposal.proposer]?.acks ?? []
      var parties = [proposal.proposer: proposal.seq]
      for (owner, answer) in answers[proposal.eventID] ?? [:] where cited.contains(answer.eventID) {
        parties[owner] = answer.seq
      }
      return Admission(handle: handle, pk: pk, proposal: proposal, parties: parties)
    }
  }
}
