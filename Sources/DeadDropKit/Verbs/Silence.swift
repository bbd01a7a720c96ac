import Host
import Protocol
import Wire
import WireFormat

/// What a proposer does when nobody answers, and when answers come too late.
extension Session {
  /// Whether the time of an own proposal has run out, or is not known.
  func isSilenceDue() throws(KitError) -> Bool {
    guard reader.store.isWaiting else { return false }
    return try SettlingMemory.load(state).isDue(at: bootClock())
  }

  /// The time of the own proposals that are open.
  struct Patience {
    fileprivate let seconds: Int
    fileprivate let memory: SettlingMemory
    fileprivate let moment: BootMoment

    func secondsLeft(for proposal: Bytes32) -> Int? {
      memory.age(of: proposal, at: moment).map { max(0, seconds - $0 / 1_000) }
    }

    func millisecondsLeft(for proposal: Bytes32) -> Int? {
      memory.age(of: proposal, at: moment).map { max(0, 1_000 * seconds - $0) }
    }
  }

  /// Nil where no own proposal is open.
  func patience(under history: EffectHistory) throws(KitError) -> Patience? {
    guard reader.store.isWaiting else { return nil }
    return Patience(
      seconds: history.current.patienceSeconds, memory: try SettlingMemory.load(state),
      moment: bootClock())
  }

  /// Starts the time of a proposal that was just stored.
  ///
  /// Where that fails, the next settling starts it: nothing is lost but a little time.
  func noteProposal(_ id: Bytes32) {
    do throws(KitError) {
      let lock = try settlingLock()
      defer { try? lock.unlock() }
      var memory = try SettlingMemory.load(state)
      memory.note(id, at: bootClock())
      try memory.save(state)
    } catch {
      return
    }
  }

  /// Reverts the own proposals whose owners have not all answered in time, and tells the operator
  /// of those that only it can ratify; whether a line was written.
  ///
  /// `moment` is before the last read of the wire began, and all that is acked is ratified already.
  mutating func revertSilence(
    _ report: inout CatchUp, at moment: BootMoment
  ) throws(KitError) -> Bool {
    let now = try wireState()
    let history = now.history
    let seconds = history.current.patienceSeconds
    var open: [Proposal] = []
    var escalated: [Proposal] = []
    for proposal in now.proposals.values.sorted(by: { $0.seq < $1.seq })
    where proposal.proposer == handle && history.stands(handle, proposal.seq) {
      switch now.status(of: proposal, under: history) {
      case .open: open.append(proposal)
      case .escalated: escalated.append(proposal)
      default: break
      }
    }
    let before = try SettlingMemory.load(state)
    var memory = before
    memory.follow(open.map(\.eventID), patience: 1_000 * seconds, at: moment)
    memory.escalated.formIntersection(escalated.map(\.eventID))
    let due = open.filter {
      memory.age(of: $0.eventID, at: moment) ?? 0 >= 1_000 * seconds || Mutant.on(.impatience)
    }
    // Before anything is written: a failure of that does not start the time of others anew.
    if memory != before { try memory.save(state) }
    var closed: Set<Bytes32> = []
    for proposal in due {
      let silent = now.missing(of: proposal, under: history)
      if try revert(proposal, silent, after: seconds, &report) { closed.insert(proposal.eventID) }
    }
    let untold = escalated.filter { !memory.escalated.contains($0.eventID) }
    for proposal in untold { try tellOperator(of: proposal, &report) }
    guard !closed.isEmpty || !untold.isEmpty else { return false }
    let rest = open.map(\.eventID).filter { !closed.contains($0) }
    memory.follow(rest, patience: 1_000 * seconds, at: moment)
    memory.escalated.formUnion(untold.map(\.eventID))
    try memory.save(state)
    return true
  }

  /// Writes the revert, unless lines of a silent owner are missing here: its answer may be among
  /// them.
  private func revert(
    _ proposal: Proposal, _ silent: [Handle], after seconds: Int, _ report: inout CatchUp
  ) throws(KitError) -> Bool {
    let id = proposal.eventID.hex.prefix(12)
    for owner in silent {
      let verdict = reader.store.records[owner]?.verdict
      guard verdict == .gap || verdict == .rollback else { continue }
      report.notes.append("\(id) is not reverted: lines of \(owner) are missing")
      return false
    }
    let words = "no answer of \(silent.map(\.name).joined(separator: ", ")) within \(seconds) s"
    _ = try append(
      Draft(
        .incident, subject: proposal.subject,
        body: .object(["code": .string("silence"), "text": .string(words)]), re: proposal.eventID,
        correlationID: proposal.correlationID))
    report.notes.append("reverted \(id): \(words)")
    return true
  }

  /// Writes once, for people, that a proposal is the operator's to ratify.
  private mutating func tellOperator(
    of proposal: Proposal, _ report: inout CatchUp
  ) throws(KitError) {
    let code = JSONValue.string("escalated")
    // What is remembered can be lost; the own log is what was said.
    let incidents = try lines { $0.kind == MessageType.incident.kind }
    let isTold = incidents.contains {
      $0.handle == handle && $0.message?.re == proposal.eventID
        && $0.message?.body?.members?["code"] == code
    }
    guard !isTold else { return }
    let words = "only the operator can ratify this proposal"
    _ = try append(
      Draft(
        .incident, subject: proposal.subject,
        body: .object(["code": code, "text": .string(words)]), priority: .high,
        re: proposal.eventID, correlationID: proposal.correlationID))
    report.notes.append("\(proposal.eventID.hex.prefix(12)) is escalated: tell the operator")
  }

  /// Tells once of acks that a revert came before.
  mutating func tellLateAcks(_ report: inout CatchUp) throws(KitError) {
    let now = try wireState()
    let reverted = now.reverted(under: now.history)
    guard !reverted.isEmpty else { return }
    var memory = try SettlingMemory.load(state)
    for (proposal, closing) in reverted {
      let words = "\(proposal.eventID.hex.prefix(12)) is reverted and not agreed"
      for (owner, answer) in now.answers[proposal.eventID] ?? [:] where answer.verdict == .ack {
        if proposal.proposer == handle, answer.seq > memory.heads?[owner] ?? .max {
          report.notes.append("\(words): the ack of \(owner) came too late")
        } else if owner == handle, closing.seq > memory.heads?[proposal.proposer] ?? 0 {
          report.notes.append("\(words), although this agent acked it")
        }
      }
    }
    guard memory.heads != heads else { return }
    memory.heads = heads
    try memory.save(state)
  }

  /// How far the chains of the others are read.
  private var heads: [Handle: Int] {
    reader.store.records.filter { $0.key != handle }.mapValues(\.head.seq)
  }
}

extension WireState {
  /// The owners who have not answered.
  func missing(of proposal: Proposal, under history: EffectHistory) -> [Handle] {
    let owners = owners(of: proposal, under: history) ?? []
    let answers = ownAnswers(to: proposal, by: owners, under: history)
    return owners.filter { answers[$0] == nil }
  }

  /// Proposals that were taken back for silence, oldest first, with the line that did it.
  fileprivate func reverted(
    under history: EffectHistory
  ) -> [(proposal: Proposal, closing: Closing)] {
    closings.keys.sorted().compactMap { id in
      guard let proposal = proposals[id], let closing = closing(of: proposal),
        status(of: proposal, under: history) == .reverted
      else { return nil }
      return (proposal, closing)
    }
  }
}
