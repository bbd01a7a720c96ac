import Host
package import Protocol
package import Wire
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

/// What a wait for something unread is for.
package enum Wanted: String, Sendable, CaseIterable {
  /// An answer to what this agent wrote: an ack, a decline or a counter.
  case ack
  case proposal
  case incident
  case any
}

extension Session {
  /// Wakes come from the directory; whatever they miss is found by looking this often.
  package static let longestPause: Duration = .seconds(2)

  /// Who has to answer a message; for a proposal its owners, who follow from the wire.
  package mutating func recipients(of outgoing: Outgoing) throws(KitError) -> [Handle] {
    guard outgoing.type != .proposal else { return [] }
    return try audience(of: outgoing)
  }

  /// Whom a message is for that is to be waited for; somebody must be there.
  package mutating func audience(of outgoing: Outgoing) throws(KitError) -> [Handle] {
    let audience = try audience(Recipients(outgoing.to) ?? .everyone)
    guard !audience.isEmpty else { throw .nobodyAnswers }
    return audience
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
    var missing: [Handle] = []
    for recipient in recipients {
      guard let answer = answer(to: id, of: recipient, in: now, under: history) else {
        missing.append(recipient)
        continue
      }
      if answer.verdict != .ack { return .refused(recipient, answer.verdict) }
    }
    return missing.isEmpty ? .acked : .waiting(missing)
  }

  /// Reads and settles until all have answered, one has refused, or the time is over.
  ///
  /// `pause` waits until something may have changed, at most as long as it is told, and says whether
  /// to go on; `tell` is given what each look met.
  package mutating func wait(
    for id: Bytes32, by recipients: [Handle], upTo limit: Duration,
    pause: (Duration) throws(KitError) -> Bool, tell: (CatchUp) -> Void
  ) throws(KitError) -> Answered {
    var answered = Answered.waiting(recipients)
    try look(upTo: limit, pause: pause, tell: tell) { (session) throws(KitError) in
      answered = try session.answered(id, by: recipients)
      if case .waiting = answered { return false }
      return true
    }
    return answered
  }

  /// Reads and settles until all recipients have seen an own message; gives those that have not.
  ///
  /// A signed answer proves that its writer has seen what it answers.
  package mutating func waitUntilSeen(
    _ receipt: Receipt, by recipients: [Handle], upTo limit: Duration,
    pause: (Duration) throws(KitError) -> Bool, tell: (CatchUp) -> Void
  ) throws(KitError) -> [Handle] {
    var missing = recipients
    try look(upTo: limit, pause: pause, tell: tell) { (session) throws(KitError) in
      let proofs = try session.proofs(from: receipt.seq)
      let to = Recipients(recipients) ?? .everyone
      missing = session.receipts(of: receipt.eventID, seq: receipt.seq, for: to, by: proofs)
        .filter { $0.state == .stored }.map(\.handle)
      return missing.isEmpty
    }
    return missing
  }

  /// Reads and settles until something unread fits; nil when the time is over.
  ///
  /// Without a limit it ends by that alone. What is unread already counts.
  package mutating func waitForUnread(
    _ wanted: Wanted, session name: String, upTo limit: Duration?,
    pause: (Duration) throws(KitError) -> Bool, tell: (CatchUp) -> Void
  ) throws(KitError) -> Digest? {
    var watching = try watching(session: name, isNewOnly: false)
    var digest = Digest(senders: [], heldBackCount: 0)
    try look(upTo: limit, pause: pause, tell: tell) { (session) throws(KitError) in
      let news = try session.news(&watching)
      guard try session.holds(wanted, in: news.lines) else { return false }
      digest = try session.digest(session: name)
      // Another run of this agent may have read it meanwhile.
      return digest.count > 0
    }
    return digest.count > 0 ? digest : nil
  }

  private mutating func holds(
    _ wanted: Wanted, in lines: [ShownLine]
  ) throws(KitError) -> Bool {
    let messages = lines.compactMap(\.message)
    switch wanted {
    case .any: return !messages.isEmpty
    case .proposal: return messages.contains { $0.type.known == .proposal }
    case .incident: return messages.contains { $0.type.known == .incident }
    case .ack:
      let answered = messages.filter { Self.verdictTypes.contains($0.type.known) }
        .compactMap(\.re)
      guard !answered.isEmpty else { return false }
      return try !self.lines(of: handle) { answered.contains($0.eventID) }.isEmpty
    }
  }

  /// A counter is a proposal that answers another one.
  private static let verdictTypes: [MessageType?] = [.ack, .decline, .proposal]

  private mutating func look(
    upTo limit: Duration?, pause: (Duration) throws(KitError) -> Bool, tell: (CatchUp) -> Void,
    until isDone: (inout Session) throws(KitError) -> Bool
  ) throws(KitError) {
    let deadline = limit.map { MonotonicClock.deadline(after: $0) }
    while true {
      tell(try catchUp())
      if try isDone(&self) { return }
      let left = deadline.map { $0 - MonotonicClock.now() } ?? .max
      guard left > 0 else { return }
      guard try pause(min(Self.longestPause, .nanoseconds(left))) else { return }
    }
  }
}
