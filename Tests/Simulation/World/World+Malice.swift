#if FAULTS
  import DeadDropKit
  import Host
  import Identity
  import Protocol
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

    /// Two lines at one place of its chain: it is convicted, and others are not harmed.
    func fork(_ villain: Member) {
      guard let last = lastPlace(of: villain) else { return }
      write(Draft(.request, subject: "one", body: .string("")), by: villain, at: last)
      write(Draft(.request, subject: "other", body: .string("")), by: villain, at: last)
      forkers.insert(villain.handle)
      ledger.count("fork")
    }

    private func append(_ draft: Draft, by villain: Member) {
      guard !forkers.contains(villain.handle), let place = lastPlace(of: villain) else { return }
      write(draft, by: villain, at: place)
    }

    private func write(_ draft: Draft, by villain: Member, at place: Head) {
      do {
        let line = try process(on: villain.host) {
          let key = try KeyStore(villain.places).signingKey(villain.handle)
          let stamp = Timestamp(
            microseconds: villain.host.nanoseconds(.wall) / 1_000 + Int64(random.below(1_000)))
          let object = draft.object(
            from: villain.handle, pk: key.publicKey.bytes, wire: wire,
            place: .chain(seq: place.seq + 1, prev: place.eventID), at: stamp)
          return LineSignature.sign(object, as: villain.handle, with: key)
        }
        let name = path(logName(villain.handle))
        let held = villain.host.disk.bytes(at: name) ?? []
        villain.host.disk.write(held + line + [UInt8(ascii: "\n")], to: name)
      } catch { note("\(villain.handle) cannot sign: \(error)") }
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
      let name = path(logName(member.handle))
      guard attacked[replica] == nil, let bytes = host.disk.bytes(at: name), !bytes.isEmpty else {
        return
      }
      let changed = spoil(lines(bytes), bytes)
      guard changed != bytes else { return }
      attacked[replica] = bytes
      attackedCounts[replica] = changed.count
      note("host \(host.number) changes its copy of the log of \(member.handle)")
      ledger.count("attack")
      host.disk.write(changed, to: name, isSafe: true)
    }

    private func spoil(_ lines: [[UInt8]], _ bytes: [UInt8]) -> [UInt8] {
      var lines = lines
      guard !lines.isEmpty else { return bytes }
      let index = random.below(lines.count)
      switch random.below(7) {
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
      default: return Array(bytes.prefix(random.below(bytes.count)))
      }
      return lines.flatMap { $0 + [UInt8(ascii: "\n")] }
    }

    /// What was changed is put back, and what was written since stays behind it.
    func heal() {
      for (replica, original) in attacked.sorted(by: { $0.key.log < $1.key.log }) {
        let host = hosts[replica.host]
        let name = path(logName(replica.log))
        let now = host.disk.bytes(at: name) ?? []
        let added = now.dropFirst(attackedCounts[replica] ?? now.count)
        host.disk.write(original + added, to: name, isSafe: true)
      }
      attacked = [:]
      attackedCounts = [:]
      for member in honest { noteLog(of: member, mayShrink: true) }
    }
  }
#endif
