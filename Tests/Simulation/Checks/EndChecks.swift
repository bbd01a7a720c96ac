#if FAULTS
  import DeadDropKit
  import Host
  import Protocol
  import TestSupport
  import Wire
  import WireFormat

  /// What holds when all is well again and everybody has heard everything.
  extension World {
    /// Ends all that goes wrong, lets everybody hear everything, and asks whether all is as it was
    /// promised.
    func checkEnd() throws {
      heal()
      syncAll()
      for member in honest {
        repairIfNeeded(member)
        pinAgain(member)
      }
      hearEverything()
      letTimePass()
      hearEverything()
      try checkStep()
      try checkMembers()
      try checkAcknowledged()
      try checkGiven()
      try checkAgreement()
      try checkIncidents()
      try checkClaims()
      try checkProofs()
      try checkCuts()
    }

    /// Everybody reads all there is, and what that makes others write.
    private func hearEverything() {
      for _ in 0..<4 {
        syncAll()
        for member in honest {
          var chance = random.fork()
          command(member) { session, _ in
            var before: Int?
            while before != ledger.given[member.handle]?.count ?? 0 {
              before = ledger.given[member.handle]?.count ?? 0
              try readInbox(of: member, &session, &chance)
            }
          }
        }
      }
    }

    /// Long enough for every deadline, with everybody beating and hearing the others.
    private func letTimePass() {
      for _ in 0..<4 {
        for member in honest {
          command(member) { session, _ in _ = try session.heartbeat(Heartbeat()) }
        }
        syncAll()
        time.nanoseconds += 2_000_000_000_000
      }
      for member in honest { command(member) { _, _ in } }
      syncAll()
    }

    /// Every incident is acked, or was lifted, or the wire is in safe mode.
    private func checkIncidents() throws {
      for member in honest {
        var open: [IncidentStanding] = []
        var active: Set<Handle> = []
        var forked: Set<Handle> = []
        command(member) { session, _ in
          // Of a forked chain no ack could count: nobody is asked for one.
          forked = Set(session.reader.store.records.filter { $0.value.forkSeq != nil }.keys)
          let now = try session.wireState()
          let history = now.history
          open = now.incidentStandings(under: history).filter { $0.status == .open }
          active = Set(honest.map(\.handle)).filter { now.ending(of: $0, under: history) == nil }
        }
        for standing in open where isHonest(standing.incident.writer) {
          // Nobody records its own miss.
          guard
            standing.missing.contains(where: {
              !forked.contains($0) && !active.subtracting([$0]).isEmpty
            })
          else {
            continue
          }
          throw Violation(
            promise: "every incident is acked, or the wire is in safe mode",
            words:
              "\(standing.incident.eventID.hex.prefix(8)) of \(standing.incident.writer) still "
              + "waits for \(standing.missing), says \(member.handle)")
        }
      }
    }

    /// Of claims that overlap one holds.
    private func checkClaims() throws {
      for member in honest {
        var holding: [Claim] = []
        command(member) { session, _ in
          holding = try session.openClaims().filter { $0.status == .holds }.map(\.claim)
        }
        for (index, one) in holding.enumerated() {
          for other in holding.dropFirst(index + 1)
          where one.holder != other.holder && one.resource.overlaps(other.resource) {
            throw Violation(
              promise: "of claims that overlap one holds",
              words: "\(one.holder) and \(other.holder), says \(member.handle)")
          }
        }
      }
    }

    /// Whoever cannot sign does what the error says.
    private func repairIfNeeded(_ member: Member) {
      let end = command(member) { session, _ in
        _ = try session.send(.init(.request, subject: "probe", body: .string("")))
      }
      guard case .refused = end else { return }
      repair(member)
    }

    /// Nothing acknowledged is lost.
    private func checkAcknowledged() throws {
      for member in honest {
        let held = Set(ids(of: member))
        for id in ledger.acknowledged[member.handle] ?? [] where !held.contains(id) {
          throw Violation(
            promise: "nothing acknowledged is lost",
            words: "\(id.hex.prefix(8)) of \(member.handle) is not in its log")
        }
      }
    }

    /// Cursors never skip a message, late ones included.
    private func checkGiven() throws {
      let cuts = removals()
      for member in honest {
        let given = ledger.given[member.handle] ?? []
        for writer in honest where writer.handle != member.handle {
          for id in ids(of: writer).prefix(cuts[writer.handle] ?? .max) where !given.contains(id) {
            throw Violation(
              promise: "cursors never skip a message",
              words: "\(member.handle) was never given \(id.hex.prefix(8)) of \(writer.handle)")
          }
        }
      }
    }

    /// Where the chains of removed members end: what they wrote behind it is not shown.
    private func removals() -> [Handle: Int] {
      var cuts: [Handle: Int] = [:]
      for member in honest {
        _ = command(member) { session, _ in
          for (handle, cut) in try session.wireState().history.cuts { cuts[handle] = cut.seq }
        }
      }
      return cuts
    }

    /// What one member holds of a chain.
    private struct Held: Equatable {
      let head: Head
      let fork: Int?
    }

    /// Those who hold the same lines are in the same state, whatever order they came in, and so is
    /// somebody who reads them for the first time.
    func checkAgreement() throws {
      var first: (Handle, [String], [Handle: Held])?
      // Of its own log a writer knows the head although a host hides the lines.
      for member in honest where !attacks.keys.contains(where: { $0.host == member.host.number }) {
        var view: ([String], [Handle: Held])?
        _ = command(member) { session, _ in
          let held = session.reader.store.records.mapValues {
            Held(head: $0.head, fork: $0.forkSeq)
          }
          view = (try session.wireState().rendering, held)
        }
        guard let (state, heads) = view else { continue }
        try compareWithFresh(state, heads, member)
        if let (other, otherState, otherHeads) = first, otherHeads == heads, otherState != state {
          throw Violation(
            promise: "those who hold the same lines agree",
            words: "\(member.handle) and \(other): \(difference(state, otherState))")
        }
        if first == nil { first = (member.handle, state, heads) }
      }
    }

    private func compareWithFresh(
      _ state: [String], _ heads: [Handle: Held], _ member: Member
    ) throws {
      guard let genesis else { return }
      let fresh = try process(on: member.host) {
        try WireReading(try SharedDirectory.open(Self.wirePath), genesis)
      }
      let held = fresh.chains.mapValues { Held(head: $0.head, fork: $0.forkSeq) }
      guard held == heads else { return }
      let rendered = fresh.state.rendering
      guard rendered != state else { return }
      throw Violation(
        promise: "what is kept from run to run is what a fresh read gives",
        words: "\(member.handle): \(difference(state, rendered))")
    }

    private func difference(_ one: [String], _ other: [String]) -> String {
      let left = Set(one).subtracting(other).sorted().first ?? "nothing"
      let right = Set(other).subtracting(one).sorted().first ?? "nothing"
      return "\(left.prefix(160)) | \(right.prefix(160))"
    }
  }
#endif
