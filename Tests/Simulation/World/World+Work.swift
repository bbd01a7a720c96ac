#if FAULTS
  import DeadDropKit
  import Host
  import Protocol
  import Wire
  import WireFormat

  /// What members do besides agreeing.
  extension World {
    func work(
      _ kind: StepKind, by member: Member, _ session: inout Session,
      _ chance: inout SimulationRandom
    ) throws {
      switch kind {
      case .incident:
        var alarm = Session.Alarm(subject: "trouble", body: .string(""))
        alarm.ackRequired = !chance.once(in: 4)
        acknowledge(try session.raise(alarm), "incident", by: member)
      case .ackAll:
        for debt in try session.owed() where debt.kind != .proposal {
          try answer(debt.eventID, .ack, by: member, &session)
        }
      case .resume: try resume(by: member, &session)
      case .shutdown:
        let receipt = try session.shutdown(
          to: [chance.pick(members).handle], subject: "stop", body: .string(""), asOperator: true)
        acknowledge(receipt, "shutdown", by: member)
      case .claim: try claim(by: member, &session, &chance)
      case .release:
        let open = try session.openClaims().filter { $0.claim.holder == member.handle }
        guard let entry = chance.maybePick(open) else { return }
        for receipt in try session.releaseClaim(entry.claim.eventID.hex) {
          acknowledge(receipt, "release", by: member)
        }
      case .archive:
        if case .moved = try session.archive(.now) { ledger.count("archive") }
      case .leave:
        // Somebody has to stay.
        guard member.handle != members[0].handle else { return }
        acknowledge(try session.leave(because: "done").receipt, "leave", by: member)
      case .remove: try remove(by: member, &session, &chance)
      case .rotate:
        // Who signs whatever it likes does so with the key that it began with.
        guard member.isHonest else { return }
        let rotation = try session.rotateKey()
        note("\(member.handle) signs with \(rotation.new.hex.prefix(8))")
        ledger.count("rotation")
      default: break
      }
    }

    private func resume(by member: Member, _ session: inout Session) throws {
      for standstill in try session.standstills() {
        let receipt = try session.resume(
          standstill.cause.hex, text: "go on", asOperator: true, keyFile: nil)
        acknowledge(receipt, "wakeup", by: member)
      }
    }

    private func remove(
      by member: Member, _ session: inout Session, _ chance: inout SimulationRandom
    ) throws {
      let others = members.dropFirst().filter { $0.handle != member.handle }
      guard let target = chance.maybePick(Array(others)) else { return }
      let receipt = try session.propose(removing: target.handle, because: "gone")
      acknowledge(receipt, "removal", by: member)
      ledger.storedAt[receipt.eventID] = time.nanoseconds
    }

    /// Removes a member on another host that does not hear of it in time, and goes on answering.
    func expel() {
      let remover = honest[0]
      let others = honest.filter { $0.host !== remover.host }
      guard members.count > 2, let target = random.maybePick(others) else { return }
      perform(.propose, by: remover)
      syncAll()
      var removal: Bytes32?
      command(remover) { [self] session, _ in
        let receipt = try session.propose(removing: target.handle, because: "gone")
        acknowledge(receipt, "removal", by: remover)
        ledger.storedAt[receipt.eventID] = time.nanoseconds
        removal = receipt.eventID
      }
      guard let removal else { return }
      syncAll()
      for member in members where ![target.handle, remover.handle].contains(member.handle) {
        if member.isHonest { perform(.answer, by: member) } else { agree(to: removal, by: member) }
        sync(member.handle, to: remover.host)
      }
      perform(.settle, by: remover)
      for _ in 0..<3 { perform(.answer, by: target) }
      syncAll()
      perform(.settle, by: remover)
    }

    func claim(
      by member: Member, _ session: inout Session, _ chance: inout SimulationRandom
    ) throws {
      let pattern = chance.pick(["a/**", "a/b", "*/b", "c", "**"])
      guard let resource = ClaimResource(.strings([pattern])) else { return }
      let isStopped = try !session.standstills().isEmpty
      let request = Session.ClaimRequest(
        resource: resource, seconds: 60 + chance.below(600), reason: nil)
      let held = try session.claim(request)
      acknowledge(held.receipt, "claim", by: member)
      if isStopped { find(member, began: .claim) }
      if let rival = holder(besides: member, of: resource, &session) {
        ledger.finding = Violation(
          promise: "on one host at most one holds a claim",
          words: "\(member.handle) is told that it holds what \(rival) holds")
      }
      let claim = Ledger.Claim(
        id: held.receipt.eventID, holder: member.handle, host: member.host.number,
        resource: resource, until: time.nanoseconds + Int64(request.seconds) * 1_000_000_000)
      ledger.claims.append(claim)
    }

    /// Another on the same host who was told that it holds such a thing, and has it still.
    private func holder(
      besides member: Member, of resource: ClaimResource, _ session: inout Session
    ) -> Handle? {
      guard !attacks.keys.contains(where: { $0.host == member.host.number }),
        let open = try? session.openClaims()
      else { return nil }
      return ledger.claims.first { claim in
        guard claim.host == member.host.number, claim.holder != member.handle,
          claim.until > time.nanoseconds, claim.resource.overlaps(resource)
        else { return false }
        // One that came from another host later can have come before it.
        return open.contains { $0.claim.eventID == claim.id && $0.status == .holds }
      }?.holder
    }

    /// Two agents of one host go for the same thing at the same time.
    func contend(with member: Member) {
      guard
        let rival = members.first(where: { $0.host === member.host && $0.handle != member.handle })
      else { return claimAlone(member) }
      turns.run([
        { [self] in perform(.claim, by: member) }, { [self] in perform(.claim, by: rival) },
      ])
    }

    private func claimAlone(_ member: Member) { perform(.claim, by: member) }
  }
#endif
