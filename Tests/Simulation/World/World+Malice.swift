#if FAULTS
  import DeadDropKit
  import Host
  import Identity
  import Protocol
  import TestSupport
  import Wire
  import WireFormat

  /// What a hostile member signs, and what a lying host does to the files on it.
  extension World {
    // MARK: the member

    /// A well-signed line at the right place of its chain that breaks one rule or another.
    func sayNonsense(_ villain: Member) {
      append(nonsense(), by: villain)
      ledger.count("nonsense")
    }

    private func nonsense() -> Draft {
      let known = members.flatMap { ids(of: $0) }
      let id = random.maybePick(known.suffix(40).map { $0 }) ?? .zero
      let proposals = ledger.ends.keys.sorted() + known.suffix(10)
      let re = random.maybePick(proposals) ?? id
      let other = random.pick(members).handle
      let bodies: [JSONValue] = [
        .string(""), .object(["acks": .strings([id.hex])]), .object(["acks": .strings([])]),
        .object(["code": .string("silence")]), .object(["withdraw": .bool(true)]),
        .object(["domains": .strings(["land-0", "nowhere"]), "text": .string("mine")]),
        .object(["effects": .object(["members": .object(["add": .array([])])])]),
        .object(["handle": .string(other.name), "pk": .string(id.hex)]), .integer(7),
        .object(["code": .string("unacked")]), .object(["resource": .strings(["**"])]),
      ]
      let types: [MessageType] = [
        .ack, .decline, .decision, .proposal, .incident, .correction, .introduce, .claim, .release,
        .agentCard, .keyAdd, .wakeup, .shutdown, .leave, .request,
      ]
      var draft = Draft(random.pick(types), subject: "nonsense", body: random.pick(bodies))
      if random.once(in: 3) {
        let members = random.once(in: 2) ? [other] : self.members.map(\.handle)
        draft.body = .object(["text": .string("remove"), "effects": removal(of: members)])
      }
      draft.re = random.once(in: 5) ? nil : re
      draft.after = random.once(in: 5) ? [id] : []
      return draft
    }

    private func removal(of handles: [Handle]) -> JSONValue {
      let entries = handles.map { handle in
        JSONValue.object([
          "handle": .string(handle.name), "seq": .integer(random.below(5)),
          "event_id": .string(Bytes32.zero.hex),
        ])
      }
      return .object(["members": .object(["remove": .array(entries)])])
    }

    /// Proposes, lets everybody ack, and then decides as it must not be decided.
    func layTrap(_ villain: Member) {
      perform(.propose, by: villain)
      syncAll()
      for member in honest { perform(.answer, by: member) }
      syncAll()
      decideCrookedly(villain)
    }

    /// Decides a proposal of its own as it must not be decided.
    func decideCrookedly(_ villain: Member) {
      let mine = messages(of: villain).filter { $0.type.known == .proposal }
      guard let proposal = random.maybePick(mine.suffix(3).map { $0 }) else { return }
      let answers = members.flatMap { self.messages(of: $0) }.filter {
        $0.re == proposal.eventID && $0.from != villain.handle
      }
      let acks = answers.map(\.eventID).sorted()
      let some = acks.filter { _ in random.once(in: 2) }
      func decide(_ acks: [Bytes32]) -> Draft {
        var draft = Draft(
          .decision, subject: "decided", body: .object(["acks": .strings(acks.map(\.hex))]))
        draft.re = proposal.eventID
        return draft
      }
      var revert = Draft(.incident, subject: "no", body: .object(["code": .string("silence")]))
      revert.re = proposal.eventID
      let drafts = random.pick([
        [revert, decide(acks)], [decide(some)], [decide(some), decide(acks)], [decide(acks)],
        [decide([])],
      ])
      for draft in drafts { append(draft, by: villain) }
      ledger.count("crooked decision")
    }

    /// Answers what others proposed, also where it is not asked, and ends it as only they may.
    func meddle(_ villain: Member) {
      let others = honest.flatMap { messages(of: $0) }.filter { $0.type.known == .proposal }
      for proposal in others.suffix(4) {
        let acks = members.flatMap { messages(of: $0) }.filter {
          $0.re == proposal.eventID && $0.type.known == .ack
        }
        func draft(_ type: MessageType, _ body: JSONValue = .string("")) -> Draft {
          var draft = Draft(type, subject: "meddling", body: body)
          draft.re = proposal.eventID
          return draft
        }
        let decision = draft(
          .decision, .object(["acks": .strings(acks.map(\.eventID.hex).sorted())]))
        let drafts = random.pick([
          [draft(.ack)], [draft(.decline), draft(.ack)], [draft(.ack), draft(.decline)], [decision],
          [draft(.incident, .object(["code": .string("silence")]))],
          [draft(.correction, .object(["withdraw": .bool(true)]))],
        ])
        for draft in drafts { append(draft, by: villain) }
      }
      if random.once(in: 4) {
        let body: JSONValue = .object([
          "handle": .string(random.pick(honest).handle.name), "pk": .string(villain.pk.hex),
        ])
        append(Draft(.introduce, subject: "meddling", body: body), by: villain)
      }
      ledger.count("meddling")
    }

    func agree(to proposal: Bytes32, by villain: Member) {
      var ack = Draft(.ack, subject: "agreed", body: .string(""))
      ack.re = proposal
      append(ack, by: villain)
    }

    private func messages(of member: Member) -> [Message] {
      lines(writtenLog(of: member)).compactMap { line in
        guard let envelope = try? Envelope.read(line.span) else { return nil }
        return try? Message(line.span, envelope)
      }
    }

    /// Two lines at one place of its chain, which others may meet in either order.
    func fork(_ villain: Member) {
      guard let last = lastPlace(of: villain),
        let one = sign(Draft(.request, subject: "one", body: .string("")), by: villain, at: last),
        let other = sign(
          Draft(.request, subject: "other", body: .string("")), by: villain, at: last)
      else { return }
      add(one, to: villain, on: villain.host)
      let distant = random.pick(hosts)
      if distant !== villain.host {
        jumbled.insert(Replica(host: distant.number, log: villain.handle))
        add(other, to: villain, on: distant)
      }
      add(other, to: villain, on: villain.host)
      forkers.insert(villain.handle)
      ledger.count("fork")
    }

    private func append(_ draft: Draft, by villain: Member) {
      // On a log that its host has cut it would fork itself without meaning to.
      guard !forkers.contains(villain.handle), !isAttacked(villain),
        let place = lastPlace(of: villain)
      else { return }
      write(draft, by: villain, at: place)
    }

    private func write(_ draft: Draft, by villain: Member, at place: Head) {
      guard let line = sign(draft, by: villain, at: place) else { return }
      note(
        "\(villain.handle) signs \(place.seq + 1) \(draft.type.word) \(draft.re?.hex.prefix(8) ?? "")"
      )
      add(line, to: villain, on: villain.host)
    }

    private func add(_ line: [UInt8], to member: Member, on host: SimulatedHost) {
      let name = path(logName(member.handle))
      let held = host.disk.bytes(at: name) ?? []
      host.disk.write(held + line + [UInt8(ascii: "\n")], to: name, isSafe: true)
    }

    private func sign(
      _ draft: Draft, by member: Member, at place: Head, wire: Bytes32? = nil
    ) -> [UInt8]? {
      try? process(on: member.host) {
        let key = try KeyStore(member.places).signingKey(member.handle)
        let stamp = Timestamp(
          microseconds: member.host.nanoseconds(.wall) / 1_000 + Int64(random.below(1_000)))
        // Seldom a link to another line than the one before it.
        let prev = !member.isHonest && random.once(in: 12) ? Bytes32.zero : place.eventID
        let object = draft.object(
          from: member.handle, pk: key.publicKey.bytes, wire: wire ?? self.wire,
          place: .chain(seq: place.seq + 1, prev: prev), at: stamp)
        return LineSignature.sign(object, as: member.handle, with: key)
      }
    }

    /// A line that goes on from another by its writer's name and key, signed by somebody else.
    private func forged(_ line: [UInt8]) -> [UInt8]? {
      guard let envelope = try? Envelope.read(line.span), case .chain(let seq, _) = envelope.place,
        var object = try? JSONParser.object(line),
        let handle = object["from"]?.text.flatMap({ Handle($0) }),
        let stranger = try? TestKey("stranger")
      else { return nil }
      object["seq"] = .integer(seq + 1)
      object["prev"] = .hex(envelope.eventID)
      return LineSignature.sign(object, as: handle, with: stranger.signing)
    }

    private func lastPlace(of member: Member) -> Head? {
      lines(writtenLog(of: member)).last.flatMap { line in
        guard let envelope = try? Envelope.read(line.span), case .chain(let seq, _) = envelope.place
        else { return nil }
        return Head(seq: seq, eventID: envelope.eventID)
      }
    }

    /// The ids of a member's lines, by what stands in its log.
    func ids(of member: Member) -> [Bytes32] {
      lines(writtenLog(of: member)).compactMap { try? Envelope.read($0.span).eventID }
    }

    // MARK: the host

    /// Changes what the members on a host see of one log.
    func attack(_ host: SimulatedHost) {
      let member = random.pick(members)
      let replica = Replica(host: host.number, log: member.handle)
      // After a power cut a writer may know less of its log than stands there: what a host spoils of
      // just that is signed anew.
      if member.host === host { perform(.send, by: member) }
      guard attacks[replica] == nil, let file = files(of: member.handle, on: host).last,
        !file.bytes.isEmpty
      else { return }
      let original = file.bytes
      let changed = spoil(lines(original), original, of: member)
      guard changed != original else { return }
      file.change(to: changed)
      file.settle()
      attacks[replica] = Attack(file: file, original: original, changedCount: changed.count)
      note(
        "host \(host.number) changes its copy of the log of \(member.handle):"
          + " \(seqs(original)) becomes \(seqs(changed))")
      ledger.count("attack")
    }

    private func spoil(_ lines: [[UInt8]], _ bytes: [UInt8], of member: Member) -> [UInt8] {
      var lines = lines
      guard !lines.isEmpty else { return bytes }
      let index = random.below(lines.count)
      switch random.below(9) {
      case 0: lines.removeLast(random.below(lines.count) + 1)
      case 1: lines.remove(at: index)
      case 2: lines.swapAt(index, random.below(lines.count))
      case 3: lines.append(lines[index])
      case 4: lines[index][random.below(lines[index].count)] ^= UInt8(1 << random.below(7))
      case 5:
        let other = random.pick(members)
        if let line = random.maybePick(self.lines(writtenLog(of: other))) {
          lines.insert(line, at: index)
        }
      case 6:
        // What the same member wrote on another wire.
        let draft = Draft(.request, subject: "elsewhere", body: .string(""))
        if member.isHonest, let last = lastPlace(of: member),
          let line = sign(draft, by: member, at: last, wire: .zero)
        {
          lines.append(line)
        }
      case 7: if let line = forged(lines[lines.count - 1]) { lines.append(line) }
      default: return Array(bytes.prefix(random.below(bytes.count)))
      }
      return lines.flatMap { $0 + [UInt8(ascii: "\n")] }
    }

    /// What was changed is put back, and what was written since stays behind it.
    func heal() {
      for attack in attacks.values {
        attack.file.change(to: attack.healed)
        attack.file.settle()
      }
      let healed = attacks.keys.sorted { $0.log < $1.log }
      attacks = [:]
      // What was inserted may have been true and early: it must not be missed now.
      for replica in healed { sync(replica.log, to: hosts[replica.host]) }
      for member in honest { noteLog(of: member, mayShrink: true) }
    }
  }
#endif
