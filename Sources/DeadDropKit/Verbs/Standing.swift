package import Protocol
import Wire
package import WireFormat

/// A proposal as `status` and `decisions` show it.
package struct ProposalStanding: Sendable {
  package let proposal: Proposal
  package let status: ProposalStatus
  /// Who must ack, and who of them has not answered.
  package let owners: [Handle]
  package let missing: [Handle]
  package let decision: Decision?
  /// How long its owners may still be silent, where this agent is the one to judge that.
  package let secondsLeft: Int?
}

extension Session {
  /// Whether the text of a proposal may be shown: its writer's key there is verified, or the own.
  package func isShown(_ proposal: Proposal) -> Bool {
    isShown(proposal.proposer, seq: proposal.seq)
  }

  /// The same of any line at this place of a chain.
  func isShown(_ writer: Handle, seq: Int) -> Bool {
    let span = reader.store.records[writer]?.spans.last { $0.fromSeq <= seq }
    return span.map { isTrusted(writer, $0.pk, seq: seq) } ?? false
  }

  /// All proposals, oldest first by their writers' clocks.
  package mutating func proposals() throws(KitError) -> [ProposalStanding] {
    let now = try wireState()
    let history = now.history
    let patience = try patience(under: history)
    return now.proposals.values
      .filter { history.stands($0.proposer, $0.seq) }
      .sorted { ($0.timestamp, $0.eventID) < ($1.timestamp, $1.eventID) }
      .map { now.standing(of: $0, under: history, patience) }
  }

  /// Where a message stands, if it is a proposal.
  package mutating func standing(of id: Bytes32) throws(KitError) -> ProposalStanding? {
    let now = try wireState()
    guard let proposal = now.proposals[id] else { return nil }
    let history = now.history
    return now.standing(of: proposal, under: history, try patience(under: history))
  }
}

extension WireState {
  fileprivate func standing(
    of proposal: Proposal, under history: EffectHistory, _ patience: Session.Patience?
  ) -> ProposalStanding {
    let owners = owners(of: proposal, under: history) ?? []
    let status = status(of: proposal, under: history)
    return ProposalStanding(
      proposal: proposal, status: status, owners: owners,
      missing: status.isSettled ? [] : missing(of: proposal, under: history),
      decision: status == .ratified ? self.decision(of: proposal) : nil,
      secondsLeft: status == .open ? patience?.secondsLeft(for: proposal.eventID) : nil)
  }
}
