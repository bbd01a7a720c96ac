import Identity
package import WireFormat

extension WireState {
  /// The effect-bearing decisions that count among all lines folded so far.
  package var history: EffectHistory { EffectHistory(self) }

  /// Whether it can be said now and for ever if this decision message changes the tables.
  func isDetermined(_ decision: Bytes32, under history: EffectHistory) -> Bool {
    guard let proposal = decided[decision], proposals[proposal] != nil else { return false }
    return !history.undetermined.contains(decision)
  }

  /// Whether all acks that a decision cites are held.
  func holdsAcks(of decision: Decision, on proposal: Proposal) -> Bool {
    let held = Set(answers[proposal.eventID]?.values.map(\.eventID) ?? [])
    return decision.acks?.allSatisfy { held.contains($0) } ?? true
  }

  /// Who must ack; nil while `after` rests on what is not held yet, or where the proposer is no
  /// member in the tables that it names.
  package func owners(of proposal: Proposal, under history: EffectHistory) -> [Handle]? {
    guard proposal.after.allSatisfy({ isDetermined($0, under: history) }) else { return nil }
    let tables = history.tables(after: proposal.after)
    guard tables.members.contains(proposal.proposer) else { return nil }
    let others = tables.members.subtracting([proposal.proposer])
    if let effects = proposal.effects, !Mutant.on(.effectsByOwners) {
      return others.subtracting(effects.cutMembers).sorted()
    }
    let named = Set(proposal.domains.compactMap { tables.domains[$0]?.owner })
    let owners = named.intersection(others)
    if Mutant.on(.domainsIgnored) { return others.min().map { [$0] } ?? [] }
    return owners.isEmpty ? others.sorted() : owners.sorted()
  }

  /// The owners' first answers, as far as they stand.
  package func ownAnswers(
    to proposal: Proposal, by owners: [Handle], under history: EffectHistory
  ) -> [Handle: Answer] {
    var found: [Handle: Answer] = [:]
    for owner in Mutant.on(.anyoneAnswers) ? Array(history.current.members) : owners {
      guard let answer = answers[proposal.eventID]?[owner], history.stands(owner, answer.seq),
        Mutant.trusts(owner)
      else { continue }
      found[owner] = answer
    }
    return found
  }

  /// Why the proposer's first decision of this proposal does not count; nil when it does.
  func noEffect(
    of decision: Decision, on proposal: Proposal, under history: EffectHistory
  ) -> NoEffect? {
    guard history.stands(proposal.proposer, decision.seq) else { return .refused(.afterRemoval) }
    guard let acks = decision.acks else { return .refused(.decisionWithoutAcks) }
    let isClosed = closing(of: proposal).map { $0.seq <= decision.seq } ?? false
    guard decision.seq > proposal.seq, !isClosed || Mutant.on(.dropRevertCheck) else {
      return .refused(.closedBefore)
    }
    guard let owners = owners(of: proposal, under: history) else {
      return waiting(proposal, under: history)
    }
    let round = round(of: proposal)
    if owners.isEmpty || round > Self.lastRound {
      if round == .max { return waiting(proposal, under: history) }
      return acks.isEmpty && isByOperator(decision, of: proposal)
        ? nil : .refused(.operatorNeeded)
    }
    let answers = ownAnswers(to: proposal, by: owners, under: history)
    if Self.suffice(answers.count, of: owners),
      answers.values.allSatisfy({ $0.verdict == .ack }),
      answers.values.allSatisfy({ Mutant.time(decision.timestamp) <= $0.until }),
      acks == answers.values.map(\.eventID).sorted() || Mutant.on(.uncitedAcks)
    {
      return nil
    }
    return flaw(in: acks, of: decision, on: proposal, answers)
  }

  /// What is wrong with the acks that a decision cites.
  private func flaw(
    in acks: [Bytes32], of decision: Decision, on proposal: Proposal, _ answers: [Handle: Answer]
  ) -> NoEffect {
    let held = Set(self.answers[proposal.eventID]?.values.map(\.eventID) ?? [])
    let unheld = acks.filter { !held.contains($0) }
    guard unheld.isEmpty else { return .pending(unheld) }
    let cited = Set(acks)
    let own = Set(answers.values.map(\.eventID))
    if !cited.isSubset(of: own) { return .refused(.acksForeign) }
    // Of the owners' answers all that there are must be cited, and every owner's be there.
    if cited != own { return .refused(.acksMissing) }
    if answers.values.contains(where: { $0.verdict != .ack }) { return .refused(.answerNotAck) }
    if answers.values.contains(where: { decision.timestamp > $0.until }) {
      return .refused(.ackExpired)
    }
    return .refused(acks == own.sorted() ? .acksMissing : .acksUnsorted)
  }

  private func isByOperator(_ decision: Decision, of proposal: Proposal) -> Bool {
    guard let key = genesis.operatorKey, decision.operatorPK == key,
      let signature = decision.operatorSignature
    else { return false }
    return OperatorSignature.holds(pk: key, signature: signature, over: proposal.eventID)
  }

  /// The proposer's first decision of it, whether or not it counts.
  package func decision(of proposal: Proposal) -> Decision? {
    Mutant.on(.anyoneDecides)
      ? decisions[proposal.eventID]?.min { $0.key < $1.key }?.value
      : decisions[proposal.eventID]?[proposal.proposer]
  }

  /// The proposer's first revert or withdrawal.
  package func closing(of proposal: Proposal) -> Closing? {
    Mutant.on(.anyoneReverts)
      ? closings[proposal.eventID]?.min { $0.key < $1.key }?.value
      : closings[proposal.eventID]?[proposal.proposer]
  }

  /// After this round only the operator can ratify.
  package static let lastRound = 3

  /// 1 for a root, one more for each counter; `Int.max` while a countered proposal is not held.
  package func round(of proposal: Proposal) -> Int {
    var round = 1
    var current = proposal
    while let re = current.re {
      guard let countered = proposals[re] else { return .max }
      round += 1
      if round > Self.lastRound { return round }
      current = countered
    }
    return round
  }

  package func status(of proposal: Proposal, under history: EffectHistory) -> ProposalStatus {
    let decision = decision(of: proposal)
    if let decision, isCounted(decision, of: proposal, under: history) { return .ratified }
    if let closing = closing(of: proposal), history.stands(proposal.proposer, closing.seq) {
      if let decision, isPending(decision, of: proposal, under: history) { return .pending }
      return closing.reason == .reverted ? .reverted : .withdrawn
    }
    guard let owners = owners(of: proposal, under: history) else { return .pending }
    let answers = ownAnswers(to: proposal, by: owners, under: history).values
    if answers.contains(where: { $0.verdict == .decline }) { return .declined }
    if answers.contains(where: { $0.verdict == .counter }) { return .countered }
    let round = round(of: proposal)
    if round == .max { return .pending }
    if round > Self.lastRound || owners.isEmpty { return .escalated }
    return Self.suffice(answers.count, of: owners) ? .acked : .open
  }

  /// Unanimity: there is no majority.
  private static func suffice(_ answers: Int, of owners: [Handle]) -> Bool {
    answers == owners.count || Mutant.on(.majority) && 2 * answers >= owners.count
  }

  /// Every ratified proposal, by the time of its decision, then by id.
  package func ratified(under history: EffectHistory) -> [(proposal: Proposal, decision: Decision)]
  {
    var found: [(proposal: Proposal, decision: Decision)] = []
    for id in decisions.keys {
      guard let proposal = proposals[id], let decision = decision(of: proposal),
        isCounted(decision, of: proposal, under: history)
      else { continue }
      found.append((proposal, decision))
    }
    return found.sorted {
      ($0.decision.timestamp, $0.proposal.eventID) < ($1.decision.timestamp, $1.proposal.eventID)
    }
  }

  /// Whether lines that are not held yet can still make it count.
  private func isPending(
    _ decision: Decision, of proposal: Proposal, under history: EffectHistory
  ) -> Bool {
    guard proposal.effects == nil else { return history.undetermined.contains(decision.eventID) }
    guard case .pending = noEffect(of: decision, on: proposal, under: history) else { return false }
    return true
  }

  /// Effect-bearing decisions were judged in their own order; that judgement stands.
  func isCounted(
    _ decision: Decision, of proposal: Proposal, under history: EffectHistory
  ) -> Bool {
    proposal.effects == nil
      ? noEffect(of: decision, on: proposal, under: history) == nil
      : history.holds(decision.eventID)
  }
}
