#if FAULTS
  import Wire
  import WireFormat

  /// How the bytes of a log come from its writer's host to the others.
  extension World {
    /// The log as its writer's host has it, archived parts first, as far as its last LF.
    func writtenLog(of member: Member) -> [UInt8] {
      throughLastFeed(wholeLog(of: member.handle, on: member.host))
    }

    func throughLastFeed(_ bytes: [UInt8]) -> [UInt8] {
      guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
      return Array(bytes[...last])
    }

    func wholeLog(of handle: Handle, on host: SimulatedHost) -> [UInt8] {
      files(of: handle, on: host).reduce(into: []) { $0 += $1.bytes }
    }

    /// The files of a log, oldest first, the one that grows last.
    func files(of handle: Handle, on host: SimulatedHost) -> [SimulatedDisk.File] {
      (archived(handle, on: host) + [path(logName(handle))]).compactMap { path in
        if case .file(let file)? = host.disk.node(at: path) { file } else { nil }
      }
    }

    /// The paths of the files of a log that were put into the archive, oldest first.
    func archived(_ handle: Handle, on host: SimulatedHost) -> [String] {
      var found: [(first: Int, path: String)] = []
      for year in host.disk.names(at: path("archive")) {
        for name in host.disk.names(at: path("archive/\(year)")) {
          guard let parts = ArchiveName(name, of: logName(handle)) else { continue }
          found.append((parts.first, path("archive/\(year)/\(name)")))
        }
      }
      return found.sorted { $0.first < $1.first }.map(\.path)
    }

    /// Brings a replica up to its writer's log, or only to a line of it.
    func sync(_ handle: Handle, to host: SimulatedHost, isPartial: Bool = false) {
      let member = members[index(of: handle)]
      let replica = Replica(host: host.number, log: handle)
      guard member.host !== host, attacks[replica] == nil, !isAttacked(member) else { return }
      let source = writtenLog(of: member)
      let held = wholeLog(of: handle, on: host)
      if jumbled.contains(replica) || !source.starts(with: held) {
        return mend(replica, from: source, held: held, on: host)
      }
      var end = source.count
      if isPartial, end > held.count {
        let feeds = source[held.count...].indices.filter { source[$0] == UInt8(ascii: "\n") }
        end = (random.maybePick(feeds) ?? end - 1) + 1
      }
      guard end > held.count else { return }
      let name = path(logName(handle))
      host.disk.write((host.disk.bytes(at: name) ?? []) + source[held.count..<end], to: name)
      note("host \(host.number) has \(handle) \(seqs(wholeLog(of: handle, on: host)))")
    }

    /// The places that the lines of a log claim, for traces.
    func seqs(_ bytes: [UInt8]) -> [Int] {
      guard isTracing else { return [] }
      return lines(bytes).map { line in
        guard let envelope = try? Envelope.read(line.span), case .chain(let seq, _) = envelope.place
        else { return 0 }
        return seq
      }
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
      for path in archived(replica.log, on: host) { host.disk.remove(path) }
      host.disk.write(kept.flatMap { $0 + [UInt8(ascii: "\n")] }, to: path(logName(replica.log)))
      note(
        "host \(host.number) has \(replica.log) anew \(seqs(wholeLog(of: replica.log, on: host)))")
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
      guard member.host !== host, attacks[replica] == nil, !isAttacked(member) else { return }
      let source = lines(writtenLog(of: member))
      guard archived(handle, on: host).isEmpty else { return }
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

    /// Brings what the writer archived into the archive here, as a copy of the directory would.
    func syncArchive(_ handle: Handle, to host: SimulatedHost) {
      let member = members[index(of: handle)]
      let replica = Replica(host: host.number, log: handle)
      let source = archived(handle, on: member.host)
      let held = wholeLog(of: handle, on: host)
      let segments = source.compactMap { member.host.disk.bytes(at: $0) }
      guard member.host !== host, !source.isEmpty, attacks[replica] == nil, !isAttacked(member),
        !jumbled.contains(replica), held.starts(with: segments.joined())
      else { return }
      for (path, bytes) in zip(source, segments) { host.disk.write(bytes, to: path) }
      // Another file under the old name: a copy keeps no inode.
      let rest = held.dropFirst(segments.reduce(0) { $0 + $1.count })
      host.disk.remove(path(logName(handle)))
      host.disk.write(Array(rest), to: path(logName(handle)))
      host.disk.settleAll()
      ledger.count("archive copied")
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
