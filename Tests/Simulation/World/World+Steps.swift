#if FAULTS
  import DeadDropKit
  import Host
  import Protocol
  import Wire
  import WireFormat

  extension World {
    /// Does one step of the plan.
    func take(_ step: Plan.Step) throws {
      random = SimulationRandom(seed: step.seed)
      time.nanoseconds += Int64(random.below(20_000_000_000))
      let member = random.pick(members)
      switch step.kind {
      case .send, .propose, .answer, .counter, .withdraw, .settle, .inbox, .heartbeat, .verify,
        .proposeEffects, .incident, .ackAll, .resume, .shutdown, .claim, .release, .archive, .leave,
        .remove, .rotate:
        perform(step.kind, by: member, fault: drawFault())
      case .contend: contend(with: member)
      case .copyArchive: syncArchive(member.handle, to: random.pick(hosts))
      case .together: together(member)
      case .decideTogether: decideTogether(member)
      case .expel: expel()
      case .time: time.nanoseconds += Int64(random.below(400)) * 1_000_000_000
      case .jump: jump(member.host)
      case .powerCut: cutPower(of: member.host)
      case .loss: losePrivateState(of: member)
      case .sync: syncSome()
      case .jumble: if let host = random.maybePick(hosts) { jumble(member.handle, to: host) }
      case .nonsense:
        if let villain = members.first(where: { !$0.isHonest }) { sayNonsense(villain) }
      case .hostileFork: if let villain = members.first(where: { !$0.isHonest }) { fork(villain) }
      case .trap:
        if let villain = members.first(where: { !$0.isHonest }) { layTrap(villain) }
      case .meddle:
        if let villain = members.first(where: { !$0.isHonest }) { meddle(villain) }
      case .crooked:
        if let villain = members.first(where: { !$0.isHonest }) { decideCrookedly(villain) }
      case .attack: if plan.hasHostileHost { attack(hosts[hosts.count - 1]) }
      case .heal: heal()
      }
    }

    /// Mostly nothing goes wrong; then it does at any of the calls.
    private func drawFault() -> ProcessFault? {
      guard random.once(in: 5) else { return nil }
      let call = random.once(in: 2) ? random.below(40) : random.below(220)
      let verdict: MachineVerdict =
        switch random.below(5) {
        case 0: .fail(5)  // EIO
        case 1: .fail(28)  // ENOSPC
        case 2: .short(random.below(300))
        default: .die(after: random.below(400))
        }
      return ProcessFault(
        place: random.once(in: 4) ? .append : .call(call), verdict: verdict)
    }

    // MARK: commands

    func perform(_ kind: StepKind, by member: Member, fault: ProcessFault? = nil) {
      var chance = random.fork()
      note("\(kind.rawValue) by \(member.handle)\(fault.map { ", \($0)" } ?? "")")
      command(member, fault: fault) { session, report in
        note("\(member.handle) \(report.notes)")
        switch kind {
        case .send:
          try store(
            Session.Outgoing(
              chance.pick([.request, .feedback, .warning]), subject: "note",
              body: .string(Text(String(chance.next(), radix: 16)))), by: member, &session)
        case .propose: try propose(effects: nil, by: member, &session, &chance)
        case .proposeEffects:
          try propose(effects: effects(&chance), by: member, &session, &chance)
        case .answer: try answer(by: member, &session, &chance)
        case .counter: try counter(by: member, &session, &chance)
        case .withdraw: try withdraw(by: member, &session, &chance)
        case .inbox: try readInbox(of: member, &session, &chance)
        case .heartbeat: _ = try session.heartbeat(Heartbeat())
        case .verify: _ = try session.verify(everySignature: chance.once(in: 4))
        case .settle: break
        default: try work(kind, by: member, &session, &chance)
        }
      }
    }

    private func store(
      _ outgoing: Session.Outgoing, by member: Member, _ session: inout Session
    ) throws {
      let isStopped = try !session.standstills().isEmpty
      let receipt = try session.send(outgoing)
      if isStopped, Session.stateChangingTypes.contains(outgoing.type) {
        find(member, began: outgoing.type)
      }
      acknowledge(receipt, outgoing.type.word, by: member)
      if outgoing.type == .proposal { ledger.storedAt[receipt.eventID] = time.nanoseconds }
    }

    /// Notes that a member was told that its line is stored.
    func acknowledge(_ receipt: Receipt, _ what: String, by member: Member) {
      ledger.acknowledged[member.handle, default: []].append(receipt.eventID)
      ledger.safeCount[member.handle] = writtenLog(of: member).count
      ledger.count(what)
      note("\(member.handle) stored \(receipt.seq) \(receipt.eventID.hex.prefix(8)) \(what)")
    }

    func find(_ member: Member, began type: MessageType) {
      ledger.finding = Violation(
        promise: "safe mode refuses new work", words: "\(member.handle) stored a \(type.word)")
    }

    private func propose(
      effects: JSONValue?, by member: Member, _ session: inout Session,
      _ chance: inout SimulationRandom
    ) throws {
      let names = (genesis?.domains.keys.sorted() ?? []).filter { _ in chance.once(in: 2) }
      let body: JSONObject = [
        "text": .string("let us"),
        "domains": names.isEmpty ? nil : .array(names.map { .string($0) }),
        "effects": effects,
      ]
      try store(
        Session.Outgoing(.proposal, subject: "plan", body: .object(body)), by: member, &session)
    }

    private func effects(_ chance: inout SimulationRandom) -> JSONValue {
      if chance.once(in: 2) {
        return .object([
          "tiers": .object([
            "T1_active": .object(["cadence_seconds": .integer(30 + chance.below(200))])
          ])
        ])
      }
      let owner = chance.pick(members).handle
      return .object([
        "domains": .object([
          Text("land-\(chance.below(3))"): .object([
            "owner": .string(owner.name), "paths": .strings(["x/**"]),
          ])
        ])
      ])
    }

    private func answer(
      by member: Member, _ session: inout Session, _ chance: inout SimulationRandom
    ) throws {
      let owed = try session.owed().filter { $0.kind == .proposal }
      guard let debt = chance.maybePick(owed) else { return }
      let type: MessageType = chance.once(in: 8) ? .decline : .ack
      try answer(debt.eventID, type, by: member, &session)
    }

    func answer(
      _ id: Bytes32, _ type: MessageType, by member: Member, _ session: inout Session
    ) throws {
      var outgoing = Session.Outgoing(type, subject: "answer", body: .string(""))
      outgoing.re = id.hex
      try store(outgoing, by: member, &session)
    }

    private func counter(
      by member: Member, _ session: inout Session, _ chance: inout SimulationRandom
    ) throws {
      let owed = try session.owed().filter { $0.kind == .proposal }
      guard let debt = chance.maybePick(owed) else { return }
      var outgoing = Session.Outgoing(.proposal, subject: "rather", body: .string("this"))
      outgoing.re = debt.eventID.hex
      try store(outgoing, by: member, &session)
    }

    private func withdraw(
      by member: Member, _ session: inout Session, _ chance: inout SimulationRandom
    ) throws {
      let open = try session.proposals().filter {
        $0.proposal.proposer == member.handle && !$0.status.isSettled
      }
      guard let standing = chance.maybePick(open) else { return }
      var outgoing = Session.Outgoing(
        .correction, subject: "no", body: .object(Session.Outgoing.withdrawal))
      outgoing.re = standing.proposal.eventID.hex
      try store(outgoing, by: member, &session)
    }

    func readInbox(
      of member: Member, _ session: inout Session, _ chance: inout SimulationRandom
    ) throws {
      let limit = chance.once(in: 3) ? 1 + chance.below(4) : nil
      let inbox = try session.inbox(
        session: Session.defaultSession, limit: limit, isPeek: false)
      // From here on they were shown, whatever becomes of the process.
      for line in inbox.lines {
        ledger.given[member.handle, default: []].insert(line.eventID)
        checkContent(of: line, shownTo: member)
      }
      _ = try session.commitRead()
      ledger.count("inbox")
    }

    /// Two runs of the program as one agent at the same time, while another on its host writes.
    private func together(_ member: Member) {
      let kinds: [StepKind] = [.send, .answer, .settle, .inbox, .propose, .heartbeat]
      var runs = (0..<2).map { _ in (random.pick(kinds), member) }
      for rival in honest where rival.host === member.host && rival.handle != member.handle {
        runs.append((random.pick([.propose, .answer, .claim]), rival))
      }
      turns.run(runs.map { kind, runner in { [self] in perform(kind, by: runner) } })
    }

    /// What all have acked is found due by two runs of the program as its proposer at the same time,
    /// while others on its host write.
    private func decideTogether(_ member: Member) {
      perform(.propose, by: member)
      syncAll()
      for owner in members where owner.handle != member.handle {
        perform(.answer, by: owner)
        sync(owner.handle, to: member.host)
      }
      var runs: [(StepKind, Member)] = [(.settle, member), (.inbox, member)]
      for rival in members where rival.host === member.host && rival.handle != member.handle {
        runs.append((.send, rival))
      }
      turns.run(runs.map { kind, runner in { [self] in perform(kind, by: runner) } })
    }

    // MARK: what befalls hosts

    private func jump(_ host: SimulatedHost) {
      let hour: Int64 = 3_600_000_000_000
      host.skewNanoseconds = random.pick([-hour, hour, -8_760 * hour, 8_760 * hour, 0])
      note("the clock of host \(host.number) jumps")
    }

    private func cutPower(of host: SimulatedHost) {
      heal()
      note("power cut on host \(host.number)")
      ledger.count("power cut")
      host.disk.cutPower(using: &random)
      host.boot()
      for member in honest where member.host === host {
        noteLog(of: member, mayShrink: true)
        // Heads that were not flushed yet may be lost: of what they held nothing was claimed.
        ledger.savedHeads[member.handle] = nil
      }
    }

    /// Some or all of what an agent remembers is gone; its keys are not.
    private func losePrivateState(of member: Member) {
      guard member.isHonest else { return }
      // A host that hides the last lines just then makes whoever takes up the rest sign them anew.
      heal()
      let folder = "\(member.places.states)/\(wire.hex)/\(member.handle)"
      let names = member.host.disk.names(at: folder).filter {
        member.host.disk.bytes(at: "\(folder)/\($0)") != nil
      }
      let lost = random.once(in: 3) ? names : names.filter { _ in random.once(in: 3) }
      for name in lost { member.host.disk.remove("\(folder)/\(name)") }
      ledger.heads[member.handle] = nil
      ledger.savedHeads[member.handle] = nil
      note("\(member.handle) loses \(lost)")
      ledger.count("loss")
      if lost.contains(WriterFile.name) { repair(member) }
    }

    /// The way out that the errors name: everybody's newest word is fetched, then the log taken up.
    func repair(_ member: Member) {
      syncAll()
      do {
        try process(on: member.host) {
          _ = try Repair.adopt(
            directory: Self.wirePath, as: member.handle.name, in: member.places)
        }
      } catch { note("\(member.handle) cannot adopt: \(error)") }
    }

    /// The operator vouches again for the keys of all peers.
    func pinAgain(_ member: Member) {
      for peer in members where peer.handle != member.handle {
        let keys = keys(of: peer)
        command(member) { session, _ in
          guard let pk = try session.peers().first(where: { $0.handle == peer.handle })?.key,
            keys.contains(pk)
          else { return }
          _ = try session.pin(peer.handle, .key(pk))
        }
      }
    }

    private func syncSome() {
      for member in members where random.once(in: 2) {
        let host = random.pick(hosts)
        sync(member.handle, to: host, isPartial: random.once(in: 3))
        if random.once(in: 2) { syncBeats(member.handle, to: host) }
      }
    }
  }
#endif
