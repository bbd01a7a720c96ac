import Host
package import Protocol
package import WireFormat

/// What has become of a message that asks for answers.
package enum Answered: Equatable, Sendable {
  /// For whose answer it still waits.
  case waiting([Handle])
  case acked
  /// By the first who said no.
  case refused(Handle, Answer.Verdict)
  /// A proposal for which no answer is awaited any more.
  case settled(ProposalStatus)
}

extension Session {
  /// Wakes come from the directory; whatever they miss is found by looking this often.
  package static let longestPause: Duration = .seconds(2)

  /// Who has to answer a message; for a proposal its owners, who follow from the wire.
  package mutating func recipients(of outgoing: Outgoing) throws(KitError) -> [Handle] {
    guard outgoing.type != .proposal else { return [] }
    var recipients = outgoing.to
    if recipients.isEmpty {
      let now = try wireState()
      let history = now.history
      recipients = history.current.members.filter { now.ending(of: $0, under: history) == nil }
        .sorted()
    }
    recipients.removeAll { $0 == handle }
    guard !recipients.isEmpty else { throw .nobodyAnswers }
    return recipients
  }

  /// What signed answers say by now; those by keys that this agent does not believe do not count.
  package mutating func answered(
    _ id: Bytes32, by recipients: [Handle]
  ) throws(KitError) -> Answered {
    if let standing = try standing(of: id) {
      switch standing.status {
      case .open, .pending: return .waiting(standing.missing)
      case .acked, .ratified: return .acked
      case .declined, .countered:
        let answers = try wireState().answers[id] ?? [:]
        let refusal = answers.filter {
          standing.owners.contains($0.key) && $0.value.verdict != .ack
        }
        .min { $0.key < $1.key }
        return refusal.map { .refused($0.key, $0.value.verdict) } ?? .settled(standing.status)
      case .reverted, .withdrawn, .escalated: return .settled(standing.status)
      }
    }
    let now = try wireState()
    let history = now.history
    let answers = now.answers[id] ?? [:]
    var missing: [Handle] = []
    for recipient in recipients {
      guard let answer = answers[recipient], isTrusted(recipient, answer.pk, seq: answer.seq),
        history.stands(recipient, answer.seq)
      else {
        missing.append(recipient)
        continue
      }
      if answer.verdict != .ack { return .refused(recipient, answer.verdict) }
    }
    return missing.isEmpty ? .acked : .waiting(missing)
  }

  /// Reads and settles until all have answered, one has refused, or the time is over.
  ///
  /// `pause` waits until something may have changed, at most as long as it is told; `tell` is given
  /// what each look met.
  package mutating func wait(
    for id: Bytes32, by recipients: [Handle], upTo limit: Duration,
    pause: (Duration) throws(KitError) -> Void, tell: (CatchUp) -> Void
  ) throws(KitError) -> Answered {
    let deadline = MonotonicClock.deadline(after: limit)
    while true {
      tell(try catchUp())
      let answered = try answered(id, by: recipients)
      let left = deadline - MonotonicClock.now()
      guard case .waiting = answered, left > 0 else { return answered }
      try pause(min(Self.longestPause, .nanoseconds(left)))
    }
  }
}
