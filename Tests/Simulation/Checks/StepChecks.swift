#if FAULTS
  import DeadDropKit
  import Host
  import Protocol
  import Wire
  import WireFormat

  /// What holds after every single step.
  extension World {
    func checkStep() throws {
      if let finding = ledger.finding { throw finding }
      for member in honest { try checkLog(of: member) }
    }

    /// Nobody is shown what its writer did not write.
    func checkContent(of line: ShownLine, shownTo member: Member) {
      guard isHonest(line.handle) else { return }
      let written = lines(trueLog(of: members[index(of: line.handle)]))
      // A host can spoil a stored signature: what a later line proves stands.
      if written.contains(where: { Self.content(of: $0) == Self.content(of: line.bytes) }) {
        return
      }
      ledger.finding = Violation(
        promise: "nobody is believed to have written what they did not",
        words: "\(member.handle) is shown line \(line.seq) of \(line.handle)")
    }

    /// Whether the host of a member shows another log of it than it wrote: nobody takes it from there.
    func isAttacked(_ member: Member) -> Bool {
      attacks[Replica(host: member.host.number, log: member.handle)] != nil
    }

    /// The log as its writer wrote it, also while its host shows another.
    func trueLog(of member: Member) -> [UInt8] {
      let replica = Replica(host: member.host.number, log: member.handle)
      guard let attack = attacks[replica] else { return writtenLog(of: member) }
      return throughLastFeed(
        files(of: member.handle, on: member.host).reduce(into: []) {
          $0 += $1 === attack.file ? attack.healed : $1.bytes
        })
    }

    /// Append-only holds, and nothing acknowledged is lost.
    private func checkLog(of member: Member) throws(Violation) {
      let before = ledger.logs[member.handle] ?? []
      let now = trueLog(of: member)
      guard now.starts(with: before) else {
        throw Violation(
          promise: "append-only holds",
          words: "the log of \(member.handle) had \(before.count) bytes and is another now")
      }
      ledger.logs[member.handle] = now
    }

    /// Takes a log as it is now; after a power cut what nobody was promised may be gone.
    func noteLog(of member: Member, mayShrink: Bool = false) {
      let now = writtenLog(of: member)
      if mayShrink {
        let before = ledger.logs[member.handle] ?? []
        let promised = before.prefix(ledger.safeCount[member.handle] ?? 0)
        ledger.logs[member.handle] = now.starts(with: promised) ? now : before
      } else {
        ledger.logs[member.handle] = now
        ledger.safeCount[member.handle] = now.count
      }
    }

    /// What a writer meant to say: all but what proves it.
    private static func content(of line: [UInt8]) -> [UInt8] {
      guard var object = try? JSONParser.object(line) else { return line }
      object["signature"] = nil
      object["public_key_id"] = nil
      return CanonicalWriter.bytes(of: object)
    }

    // MARK: what an honest member believes

    /// Looks at everything as each honest member does, with the memory that it has.
    func checkMembers() throws {
      for member in honest { try checkView(of: member) }
    }

    private func checkView(of member: Member) throws {
      var problem: Violation?
      command(member) { session, report in
        do throws(Violation) {
          try checkVerdicts(report, of: member)
          try checkHeads(session, of: member)
          try checkTrust(session, of: member)
          try checkIntroductions(&session, of: member)
          try checkEnds(&session, of: member)
        } catch { problem = error }
      }
      if let problem { throw problem }
    }

    /// No honest writer is convicted, and none is missed on a host that hides nothing.
    private func checkVerdicts(_ report: CatchUp, of member: Member) throws(Violation) {
      for (writer, _, verdict) in report.broken where isHonest(writer) {
        let replica = Replica(host: member.host.number, log: writer)
        let isHidden = attacks[replica] != nil || jumbled.contains(replica)
        guard verdict == .fork || verdict == .rollback && !isHidden else { continue }
        throw Violation(
          promise: "no honest writer convicted",
          words: "\(member.handle) says \(verdict) of \(writer)")
      }
    }

    func isHonest(_ handle: Handle) -> Bool { members[index(of: handle)].isHonest }

    /// Whatever a host shows: what is verified of an honest writer is what that writer wrote.
    private func checkHeads(
      _ session: borrowing Session, of member: Member
    ) throws(Violation) {
      for (writer, record) in session.reader.store.records {
        // Of its own chain an agent knows more than its reader has looked at.
        if writer != member.handle, record.head.seq < ledger.heads[member.handle]?[writer] ?? 0 {
          throw Violation(
            promise: "heads never go back",
            words: "that of \(writer) goes back to \(record.head.seq) for \(member.handle)")
        }
        ledger.heads[member.handle, default: [:]][writer] = record.head.seq
        guard record.head.seq > 0 else { continue }
        let author = members[index(of: writer)]
        let ids = author.isHonest ? try trueIDs(of: author) : linkedIDs(of: author)
        if !author.isHonest, forkers.contains(writer) || author.host === member.host { continue }
        guard record.head.seq <= ids.count, ids[record.head.seq - 1] == record.head.eventID else {
          throw Violation(
            promise: "nobody is believed to have written what they did not",
            words: "\(member.handle) holds line \(record.head.seq) of \(writer)")
        }
      }
    }

    /// The ids of an honest writer's lines as it wrote them, also while a host hides them.
    private func trueIDs(of writer: Member) throws(Violation) -> [Bytes32] {
      // The look itself may have made the writer decide something.
      try checkLog(of: writer)
      let log = ledger.logs[writer.handle] ?? []
      if let known = idCache[writer.handle], known.byteCount == log.count { return known.ids }
      let ids = lines(log).compactMap { try? Envelope.read($0.span).eventID }
      idCache[writer.handle] = (log.count, ids)
      return ids
    }

    /// The ids of the lines that link to each other from the first on.
    private func linkedIDs(of writer: Member) -> [Bytes32] {
      var ids: [Bytes32] = []
      for line in lines(trueLog(of: writer)) {
        guard let envelope = try? Envelope.read(line.span),
          case .chain(let seq, let prev) = envelope.place, seq == ids.count + 1,
          prev == ids.last ?? .zero
        else { continue }
        ids.append(envelope.eventID)
      }
      return ids
    }

    /// The keys that a member has signed with: its first, and those that it took itself.
    func keys(of member: Member) -> [Bytes32] {
      guard member.isHonest else { return [member.pk] }
      return [member.pk]
        + lines(trueLog(of: member)).compactMap { line in
          guard let object = try? JSONParser.object(line),
            object["type"]?.text == Text(MessageType.keyAdd.word)
          else { return nil }
          return object["body"]?.members?["pk"]?.text.flatMap(Bytes32.init(hex:))
        }
    }

    /// A hostile member changes nobody's trust, and nobody's key is taken for another's.
    private func checkTrust(
      _ session: borrowing Session, of member: Member
    ) throws(Violation) {
      for (peer, pins) in session.trust.pins {
        let keys = keys(of: members[index(of: peer)])
        for pin in pins where !keys.contains(pin.pk) {
          throw Violation(
            promise: "a hostile member changes no trust",
            words: "\(member.handle) believes another key of \(peer)")
        }
      }
    }

    /// Whose first key is whose, the founder says and nobody else; of the founder nobody does.
    private func checkIntroductions(
      _ session: inout Session, of member: Member
    ) throws(Violation) {
      guard let state = try? session.wireState() else { return }
      for (handle, pk) in state.introductions
      where handle == members[0].handle || pk != members[index(of: handle)].pk {
        throw Violation(
          promise: "only the founder introduces",
          words: "\(member.handle) counts another key as that of \(handle)")
      }
    }

    /// What was settled once stays as it is, for everybody.
    private func checkEnds(
      _ session: inout Session, of member: Member
    ) throws(Violation) {
      // What rests on lines that a removal or a fork cuts off stops counting.
      guard let standings = try? session.proposals(), let state = try? session.wireState(),
        state.history.cuts.isEmpty,
        session.reader.store.records.values.allSatisfy({ $0.forkSeq == nil })
      else { return }
      for standing in standings where !forkers.contains(standing.proposal.proposer) {
        let id = standing.proposal.eventID
        switch standing.status {
        case .ratified, .reverted, .withdrawn:
          if let end = ledger.ends[id], end.status != standing.status {
            throw Violation(
              promise: "nothing both ratified and reverted",
              words: "\(id.hex.prefix(8)) is \(standing.status) for \(member.handle) "
                + "and was \(end.status) for \(end.by)")
          }
          if ledger.ends[id] == nil {
            ledger.count(standing.status.rawValue)
            try checkPatience(standing)
          }
          ledger.ends[id] = (standing.status, member.handle)
        default: break
        }
      }
    }

    /// Silence reverts, and no sooner than after two heartbeats.
    private func checkPatience(_ standing: ProposalStanding) throws(Violation) {
      guard standing.status == .reverted, isHonest(standing.proposal.proposer),
        let start = ledger.storedAt[standing.proposal.eventID]
      else { return }
      // An effect can make the heartbeat as short as thirty seconds.
      let seconds = (time.nanoseconds - start) / 1_000_000_000
      if seconds < 60 {
        throw Violation(
          promise: "silence reverts after two heartbeats", words: "reverted after \(seconds) s")
      }
    }
  }
#endif
