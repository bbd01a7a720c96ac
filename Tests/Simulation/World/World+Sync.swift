#if FAULTS
  import WireFormat

  /// How the bytes of a log come from its writer's host to the others.
  extension World {
    /// The log as its writer's host has it, archived parts first, as far as its last LF.
    func writtenLog(of member: Member) -> [UInt8] {
      let bytes = wholeLog(of: member.handle, on: member.host)
      guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
      return Array(bytes[...last])
    }

    func wholeLog(of handle: Handle, on host: SimulatedHost) -> [UInt8] {
      segments(of: handle, on: host).reduce(into: []) { $0 += host.disk.bytes(at: $1) ?? [] }
    }

    /// The files of a log, oldest first.
    func segments(of handle: Handle, on host: SimulatedHost) -> [String] {
      let name = logName(handle)
      return [path(name)].filter { host.disk.bytes(at: $0) != nil }
    }

    /// Brings a replica up to its writer's log, or only to a line of it.
    func sync(_ handle: Handle, to host: SimulatedHost, isPartial: Bool = false) {
      let member = members[index(of: handle)]
      let replica = Replica(host: host.number, log: handle)
      guard member.host !== host, attacked[replica] == nil, !isAttacked(member) else { return }
      let source = writtenLog(of: member)
      let held = host.disk.bytes(at: path(logName(handle))) ?? []
      if jumbled.contains(replica) || !source.starts(with: held) {
        return mend(replica, from: source, held: held, on: host)
      }
      var end = source.count
      if isPartial, end > held.count {
        let feeds = source[held.count...].indices.filter { source[$0] == UInt8(ascii: "\n") }
        end = (random.maybePick(feeds) ?? end - 1) + 1
      }
      guard end > held.count else { return }
      host.disk.write(Array(source[..<end]), to: path(logName(handle)))
    }

    /// Adds the lines that are not there, where a replica is not a beginning of its log.
    ///
    /// What a power cut spoiled goes; what stands there in another order stays.
    private func mend(
      _ replica: Replica, from source: [UInt8], held: [UInt8], on host: SimulatedHost
    ) {
      let wanted = lines(source)
      var kept = jumbled.contains(replica) ? lines(held).filter(Set(wanted).contains) : []
      let have = Set(kept)
      kept += wanted.filter { !have.contains($0) }
      host.disk.write(kept.flatMap { $0 + [UInt8(ascii: "\n")] }, to: path(logName(replica.log)))
    }

    func lines(_ bytes: [UInt8]) -> [[UInt8]] {
      var parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      _ = parts.popLast()
      return parts.map { Array($0) }
    }

    /// Brings new lines in another order, some of them twice, some not yet.
    func jumble(_ handle: Handle, to host: SimulatedHost) {
      let member = members[index(of: handle)]
      let replica = Replica(host: host.number, log: handle)
      guard member.host !== host, attacked[replica] == nil, !isAttacked(member) else { return }
      let source = lines(writtenLog(of: member))
      var held = lines(host.disk.bytes(at: path(logName(handle))) ?? [])
      let have = Set(held)
      var news = source.filter { !have.contains($0) }
      guard news.count > 1 || !held.isEmpty else { return }
      news.shuffle(using: &random)
      if news.count > 1 { news.removeLast(random.below(news.count)) }
      if let twice = random.maybePick(held), random.once(in: 2) { news.append(twice) }
      held += news
      jumbled.insert(replica)
      host.disk.write(held.flatMap { $0 + [UInt8(ascii: "\n")] }, to: path(logName(handle)))
    }

    /// Brings the newest beats.
    func syncBeats(_ handle: Handle, to host: SimulatedHost) {
      let member = members[index(of: handle)]
      guard member.host !== host,
        let bytes = member.host.disk.bytes(at: path("beats/\(handle).jsonl"))
      else { return }
      host.disk.write(bytes, to: path("beats/\(handle).jsonl"))
    }

    func syncAll() {
      for member in members {
        for host in hosts {
          sync(member.handle, to: host)
          syncBeats(member.handle, to: host)
        }
      }
    }
  }
#endif
