import Host
import Identity
import Protocol
package import Wire
package import WireFormat

/// What reading all that is new met and did.
package struct CatchUp: Sendable {
  /// Lines at fault that were not known before.
  package var bad: [Audit.BadLine] = []
  /// Chains that do not stand as they should, as long as they do not.
  package var broken: [(handle: Handle, log: String, verdict: ChainVerdict)] = []
  /// What settling did, and what it could not do yet.
  package var notes: [String] = []
  /// What could not be settled and is tried again at the next settling.
  package var failure: KitError?
  /// Whether something that derives from the wire could not be written yet.
  package var isLeftOver = false

  package init(bad: [Audit.BadLine] = []) { self.bad = bad }

  /// Whether the command must end with the exit code for what is not safe.
  package var isUnsafe: Bool { !bad.isEmpty || !broken.isEmpty }
}

extension Session {
  /// Verifies what is new and draws all consequences that are this agent's to draw.
  ///
  /// Without `saves` the heads may be saved only with the next cursor or beat.
  package mutating func catchUp(
    mustSettle: Bool = false, saves: Bool = true
  ) throws(KitError) -> CatchUp {
    var report = CatchUp()
    // Read before the log: whatever this agent has stored by now must be there.
    let stored = try KitError.liftingWire { () throws(WireError) in
      try WriterFile.peek(state)
    }
    try read(own: stored, saves: saves, into: &report)
    var isDue = mustSettle || reader.store.isUnsettled || !drifts.isEmpty
    if !isDue { isDue = try isKeyChangeDue() }
    if !isDue { isDue = try isSilenceDue() }
    if !isDue { isDue = try isMissDue() }
    if isDue {
      // One process of an agent settles at a time, and sees what the one before it wrote.
      let lock = try settlingLock()
      defer { try? lock.unlock() }
      // Before all is read: only what was silent at the end of a read made later is.
      let moment = (boot: bootClock(), awake: awakeClock())
      try read(own: stored, into: &report)
      // What cannot be written now keeps nobody from reading.
      do { try settle(&report, at: moment) } catch {
        report.notes.append("not settled now: \(error)")
        report.failure = error
      }
    }
    try refreshTrust()
    report.notes += try checkCuts()
    if reader.store.isEnded, let ending = try ownEnding() {
      report.notes.append(ending.words(of: "this agent"))
    }
    for (member, record) in reader.store.records.sorted(by: { $0.key < $1.key }) {
      let isCutOff = stored?.isCutOff(by: record.recoveries, in: record.spans) ?? false
      let hasLostOwn =
        member == handle && record.head.seq < stored?.head.seq ?? 0 && !isCutOff
      guard record.verdict != .sound || hasLostOwn else { continue }
      report.broken.append((member, record.log, hasLostOwn ? .rollback : record.verdict))
    }
    return report
  }

  /// Makes durable what was verified; before a cursor moves past it and before a beat claims it.
  ///
  /// Gives the lines at fault that this met.
  @discardableResult
  package mutating func saveHeads() throws(KitError) -> [Audit.BadLine] {
    do { return try reader.save(shared, state).bad } catch { throw .wire(error) }
  }

  /// Held while trust, invites or what derives from the wire are changed: one process at a time.
  func settlingLock() throws(KitError) -> OpenFile {
    try KitError.liftingWire { () throws(WireError) in try state.lock("settle.lock") }
  }

  /// Changes the trust store as it is now and saves it, while no other process does.
  mutating func changeTrust(_ body: (inout TrustStore) -> Void) throws(KitError) {
    let lock = try settlingLock()
    defer { try? lock.unlock() }
    trust = try TrustStore.load(state)
    body(&trust)
    try trust.save(state)
  }

  /// Verifies what is new and settles nothing.
  mutating func read(
    own: WriterRecord? = nil, saves: Bool = true, into report: inout CatchUp
  ) throws(KitError) {
    do {
      let news = try reader.catchUp(shared, state, own: (handle, own), saves: saves)
      report.bad += news.bad.filter { !report.bad.contains($0) }
    } catch {
      if case .host(let error) = error { throw .host(error) }
      throw .wire(error)
    }
  }

  /// Accepts newcomers, follows introductions and rotations, ratifies what is acked, reverts what
  /// was met with silence, records what was not acked, writes what derives.
  private mutating func settle(
    _ report: inout CatchUp, at moment: (boot: BootMoment, awake: BootMoment)
  ) throws(KitError) {
    trust = try TrustStore.load(state)
    _ = try checkCuts()
    try tellLateAcks(&report)
    let isEnded = try ownEnding() != nil
    if isEnded {
      // It writes nothing any more; what it reads it may still come to believe.
      try followIntroductions(try wireState(), &report)
    } else {
      try act(&report, at: moment)
    }
    try writeDerived(&report, isEnded: isEnded)
  }

  /// Adds to the derived files what they lack; where they have it all, nothing is left to settle.
  private mutating func writeDerived(
    _ report: inout CatchUp, isEnded: Bool
  ) throws(KitError) {
    let isWaiting = try SettlingMemory.load(state).isWaiting
    let isWatching = try IncidentMemory.load(state).isWatching
    let now = try wireState()
    let skipped = [writeDecisions(now), try mirrorIncidents(now)].compactMap { $0 }
    report.notes += skipped.map { "not written now, tried again later: \($0)" }
    report.isLeftOver = !skipped.isEmpty
    guard skipped.isEmpty else { return }
    do {
      try reader.markSettled(
        isWaiting: !isEnded && isWaiting, isWatching: !isEnded && isWatching, isEnded: isEnded,
        state)
    } catch { throw .wire(error) }
  }

  /// Writes what is this agent's to write.
  private mutating func act(
    _ report: inout CatchUp, at moment: (boot: BootMoment, awake: BootMoment)
  ) throws(KitError) {
    try finishKeyChange(&report)
    // Each pass can make the next one possible; three are the most that one act can cause.
    for _ in 0..<4 {
      let now = try wireState()
      var hasWritten = try acceptNewcomers(now, &report)
      try followIntroductions(now, &report)
      hasWritten = try ratifyWhatIsDue(now, &report) || hasWritten
      guard hasWritten else { break }
      try read(into: &report)
    }
    if try revertSilence(&report, at: moment.boot) {
      try read(into: &report)
      try tellLateAcks(&report)
    }
    try tellLostClaims(&report)
    let hasRecorded = try recordMisses(&report, at: moment.awake)
    if try tellDrift(&report) || hasRecorded { try read(into: &report) }
  }

  /// Checks the cards of those who joined by an invite of this agent.
  private mutating func acceptNewcomers(
    _ now: WireState, _ report: inout CatchUp
  ) throws(KitError) -> Bool {
    var book = try InviteBook.load(state)
    var hasWritten = false
    for (newcomer, record) in now.firstCards.sorted(by: { $0.key < $1.key })
    where newcomer != handle {
      switch Newcomer.judge(newcomer, record, book, trust, wire: genesis.id, now: self.now()) {
      case .nothing: break
      case .warning(let words): report.notes.append(words)
      case .accept(let index):
        if let other = holder(of: record.pk, besides: newcomer) {
          report.notes.append(Self.alarm(newcomer, hasKeyOf: other))
          continue
        }
        book.use(newcomer, index, by: record.pk)
        _ = trust.pin(newcomer, record.pk, .invite, ownSeq: ownSeq, at: self.now())
        try trust.save(state)
        try book.save(state)
        report.notes.append("\(newcomer) joined by your invite: VERIFIED")
      }
      if try introduce(newcomer, record.pk, now) { hasWritten = true }
    }
    return hasWritten
  }

  /// As the founder, names the key of a member that this agent has verified itself.
  private mutating func introduce(
    _ newcomer: Handle, _ pk: Bytes32, _ now: WireState
  ) throws(KitError) -> Bool {
    let means = trust.pin(of: newcomer, pk, seq: 1)?.means
    guard genesis.founder == handle, now.introductions[newcomer] == nil,
      genesis.members.contains(where: { $0.handle == newcomer }),
      means == .invite || means == .local || means == .sas || means == .operatorPin
    else { return false }
    _ = try append(
      Draft(
        .introduce, subject: .init("introducing \(newcomer)"),
        body: .object(["handle": .string(newcomer.name), "pk": .string(pk.hex)])))
    return true
  }

  /// Pins keys for which the wire holds a proof that this agent accepts.
  private mutating func followIntroductions(
    _ now: WireState, _ report: inout CatchUp
  ) throws(KitError) {
    var hasNew = try followAdmissions(now, &report)
    if followRecoveries(now, &report) { hasNew = true }
    let founder = genesis.founder
    for (member, pk) in now.introductions.sorted(by: { $0.key < $1.key }) where member != handle {
      guard let seq = now.introducedAt[member], isShown(founder, seq: seq), founder != handle,
        canBelieve(member, pk, &report),
        trust.pin(member, pk, .introduction, by: founder, ownSeq: ownSeq, at: self.now())
      else { continue }
      report.notes.append("\(member) is introduced by \(founder): VERIFIED")
      hasNew = true
    }
    for (member, record) in reader.store.records where member != handle {
      for (old, new) in zip(record.spans, record.spans.dropFirst())
      where !record.recoveries.contains(where: { $0.pk == new.pk }) {
        // By the line that names the new key, not by the first of the old one: a cut may be between.
        guard let pin = trust.pin(of: member, old.pk, seq: new.fromSeq - 1),
          canBelieve(member, new.pk, fromSeq: new.fromSeq, &report),
          trust.follow(member, from: pin, to: new.pk, fromSeq: new.fromSeq, at: self.now())
        else { continue }
        report.notes.append(
          "\(member) has a new key, introduced by the old one: \(pin.tier.rawValue)")
        hasNew = true
      }
    }
    if attestByDecisions(now, &report) { hasNew = true }
    if hasNew { try trust.save(state) }
  }

  /// Decides the own proposals that every owner has acked with a key that this agent believes.
  private func ratifyWhatIsDue(
    _ now: WireState, _ report: inout CatchUp
  ) throws(KitError) -> Bool {
    let history = now.history
    let due = now.proposals.values.filter {
      $0.proposer == handle && now.decisions[$0.eventID]?[handle] == nil
        && now.status(of: $0, under: history) == .acked
    }
    var hasWritten = false
    for proposal in due.sorted(by: { $0.seq < $1.seq }) {
      let owners = now.owners(of: proposal, under: history) ?? []
      let answers = now.ownAnswers(to: proposal, by: owners, under: history)
      let unverified = answers.filter { !isTrusted($0.key, $0.value.pk, seq: $0.value.seq) }
      if let first = unverified.keys.sorted().first {
        report.notes.append(
          "\(proposal.eventID.hex.prefix(12)) is acked, but the key of \(first) is not verified")
        continue
      }
      guard answers.values.allSatisfy({ self.now() <= $0.until }) else {
        report.notes.append(
          "an ack of \(proposal.eventID.hex.prefix(12)) has run out before it was decided")
        continue
      }
      let acks = answers.values.map(\.eventID).sorted().map(\.hex)
      _ = try append(
        Draft(
          .decision, subject: proposal.subject, body: .object(["acks": .strings(acks)]),
          re: proposal.eventID, correlationID: proposal.correlationID))
      report.notes.append("ratified \(proposal.eventID.hex.prefix(12))")
      hasWritten = true
    }
    return hasWritten
  }
}
