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
  /// Its writer said before that it leaves.
  case afterLeave = "after_leave"
  /// A decision removed its writer at an earlier line.
  case afterRemoval = "after_removal"
  /// An earlier line of its writer counts in its place.
  case saidBefore = "said_before"
  case notAnOwner = "not_an_owner"
  case notByProposer = "not_by_proposer"
  /// Its proposer was no member in the tables that it names.
  case proposerNoMember = "proposer_no_member"
  /// The proposer had decided it, reverted it or taken it back.
  case closedBefore = "closed_before"
  /// Cited is what no owner answered first.
  case acksForeign = "acks_foreign"
  case acksMissing = "acks_missing"
  case acksUnsorted = "acks_unsorted"
  case answerNotAck = "answer_not_ack"
  case ackExpired = "ack_expired"
  case operatorNeeded = "operator_needed"
  /// The new key did not sign it, so it is nobody's.
  case keyAddUnproven = "key_add_unproven"
  case claimResourceMalformed = "claim_resource_malformed"
  case claimSecondsOutOfRange = "claim_seconds_out_of_range"
  case claimHeadsMalformed = "claim_heads_malformed"
  case tooManyClaims = "too_many_claims"
  case renewalOfReleased = "renewal_of_released"
  case renewalOfOther = "renewal_of_other"
  case releaseWithoutRe = "release_without_re"
  case releaseOfNothing = "release_of_nothing"
}
