package import WireFormat

/// Why a line that holds its place changes nothing.
package enum NoEffect: Equatable, Sendable {
  case refused(RefusedReason)
  /// It is judged when these ids are held.
  case pending([Bytes32])
}

extension WireState {
  /// Why a line has no effect among all that is folded; nil when it has one, or needs none.
  ///
  /// `outcome` is what folding it said; a line whose type carries no state is `.ignored`.
  package func noEffect(
    of message: Message, _ outcome: Outcome, under history: EffectHistory
  ) -> NoEffect? {
    if let seq = message.seq {
      guard history.stands(message.from, seq) else { return .refused(.afterRemoval) }
    }
    switch outcome {
    case .refused(let reason): return .refused(reason)
    case .repeated: return .refused(.saidBefore)
    case .ignored: return isBehindLeave(message) ? .refused(.afterLeave) : nil
    case .folded: break
    }
    switch message.type.known {
    case .proposal:
      guard let proposal = proposals[message.eventID] else { return nil }
      return status(of: proposal, under: history) == .pending
        ? waiting(proposal, under: history) : nil
    case .ack, .decline: return noEffect(ofAnswer: message, under: history)
    case .decision: return noEffect(ofDecision: message, under: history)
    case .incident, .correction: return noEffect(ofClosing: message, under: history)
    default: return nil
    }
  }

  private func noEffect(ofAnswer message: Message, under history: EffectHistory) -> NoEffect? {
    guard let re = message.re else { return nil }
    guard let proposal = proposals[re] else { return .pending([re]) }
    guard let owners = owners(of: proposal, under: history) else {
      return waiting(proposal, under: history)
    }
    return owners.contains(message.from) ? nil : .refused(.notAnOwner)
  }

  private func noEffect(ofDecision message: Message, under history: EffectHistory) -> NoEffect? {
    guard let re = message.re else { return nil }
    guard let proposal = proposals[re] else { return .pending([re]) }
    guard message.from == proposal.proposer else { return .refused(.notByProposer) }
    guard let decision = decisions[re]?[message.from] else { return nil }
    guard proposal.effects != nil else {
      return noEffect(of: decision, on: proposal, under: history)
    }
    // Those with effects were judged in their own order, and that judgement stands.
    if history.undetermined.contains(message.eventID) {
      let held = Set(answers[re]?.values.map(\.eventID) ?? [])
      let unheld = (decision.acks ?? []).filter { !held.contains($0) }
      return .pending(unheld + undetermined(of: proposal, under: history))
    }
    return history.rejected[message.eventID]
  }

  private func noEffect(ofClosing message: Message, under history: EffectHistory) -> NoEffect? {
    guard let re = message.re, let closing = closings[re]?[message.from] else { return nil }
    guard let proposal = proposals[re] else { return .pending([re]) }
    guard message.from == proposal.proposer else { return .refused(.notByProposer) }
    guard let decision = decisions[re]?[message.from], decision.seq < closing.seq,
      isCounted(decision, of: proposal, under: history)
    else { return nil }
    return .refused(.closedBefore)
  }

  /// What a proposal that cannot be judged yet waits for.
  func waiting(_ proposal: Proposal, under history: EffectHistory) -> NoEffect {
    var ids = undetermined(of: proposal, under: history)
    if ids.isEmpty, owners(of: proposal, under: history) == nil {
      return .refused(.proposerNoMember)
    }
    var countered = proposal.re
    for _ in 0...Self.lastRound {
      guard let re = countered else { break }
      guard let next = proposals[re] else {
        ids.append(re)
        break
      }
      countered = next.re
    }
    return .pending(ids)
  }

  private func undetermined(of proposal: Proposal, under history: EffectHistory) -> [Bytes32] {
    proposal.after.filter { !isDetermined($0, under: history) }
  }
}
