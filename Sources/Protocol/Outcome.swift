/// What folding one verified line did.
package enum Outcome: Equatable, Sendable {
  /// It is a fact of the state now.
  case folded
  /// Its type carries no state.
  case ignored
  /// It breaks a rule of its type; the line itself is not at fault.
  case refused(RefusedReason)
  /// An earlier line of the same writer already said this.
  case repeated
}

/// Why a good line has no effect; the raw value is the word that `log` shows.
package enum RefusedReason: String, Sendable, CaseIterable {
  case outsideChain = "outside_chain"
  case proposalWithoutAckRequired = "proposal_without_ack_required"
  case domainsMalformed = "domains_malformed"
  case effectsMalformed = "effects_malformed"
  case answerWithoutRe = "answer_without_re"
  case decisionWithoutRe = "decision_without_re"
  case decisionWithoutAcks = "decision_without_acks"
  case correctionWithoutRe = "correction_without_re"
  case wakeupWithoutRe = "wakeup_without_re"
  case wakeupNotByOperator = "wakeup_not_by_operator"
  case cardInvalid = "card_invalid"
  case introduceMalformed = "introduce_malformed"
  case introduceNotByFounder = "introduce_not_by_founder"
}
