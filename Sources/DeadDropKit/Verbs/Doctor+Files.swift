import Host
import Identity
import Protocol
import Wire
import WireFormat

extension Doctor {
  /// Files that belong to nobody, and those that somebody else could change.
  mutating func examineNames(
    _ shared: borrowing SharedDirectory, _ audit: Audit, _ agent: Handle?
  ) {
    let logs = audit.reading.directory.entries.mapValues(\.log)
    let known = Set(Self.ownNames + logs.values + audit.reading.genesis.legacy.keys)
    do {
      let listing = try shared.directory.listing()
      let others = listing.names.filter { !known.contains($0) }
      if listing.undecodableCount > 0 {
        note(.warning, path, "\(listing.undecodableCount) names in it are not UTF-8")
      }
      for name in others.prefix(20) {
        let isLeftover = name.hasPrefix(".") && name.hasSuffix(".tmp")
        note(
          .warning, name,
          isLeftover ? "left behind by a command that was killed" : "belongs to no member",
          // A name that is not ours is whoever's who put it there, and stands in no command.
          remedy: isLeftover ? ["rm", "\(path)/\(name)"] : ["ls", "-lb", path])
      }
      if others.count > 20 { note(.warning, path, "\(others.count - 20) more such files") }
      for (handle, log) in logs.sorted(by: { $0.key < $1.key }) {
        // Its writer refuses a log that a group can write, or that is not its own.
        let policy = handle == agent ? FilePolicy.own : Self.readable
        try examineFile(log, "where \(handle) writes", policy, shared)
      }
      try examineFile(
        SharedDirectory.decisionsName, "where decisions are copied", Self.readable, shared)
      try examineFile(
        SharedDirectory.incidentLogName, "where incidents are copied", Self.readable, shared)
      if let beats = try shared.directory.status(of: SharedDirectory.beatsName),
        beats.kind != .directory
      {
        note(
          .bad, SharedDirectory.beatsName, "not a directory",
          remedy: ["ls", "-ld", "\(path)/\(SharedDirectory.beatsName)"])
      }
    } catch { note(path, .host(error)) }
    examineArchive(shared, audit)
    examineTiers(shared, audit)
  }

  /// Files of the archive that are read as no part of a log.
  private mutating func examineArchive(_ shared: borrowing SharedDirectory, _ audit: Audit) {
    let read = Set(audit.reading.layouts.values.flatMap { $0.archived.map(\.name) })
    do {
      var others: [String] = []
      for year in try shared.archivedYears() {
        others += try shared.archivedNames(in: year)
          .map { "\(ArchiveName.directoryName)/\(year)/\($0)" }.filter { !read.contains($0) }
      }
      for name in others.prefix(20) {
        note(.warning, name, "not read as part of a log", remedy: ["ls", "-l", "\(path)/\(name)"])
      }
      if others.count > 20 { note(.warning, path, "\(others.count - 20) more such files") }
    } catch { note("\(path)/\(ArchiveName.directoryName)", .host(error)) }
  }

  private static let readable = FilePolicy(owner: .any, forbiddenMode: 0o002)

  private mutating func examineFile(
    _ name: String, _ what: String, _ policy: FilePolicy, _ shared: borrowing SharedDirectory
  ) throws(HostError) {
    guard let status = try shared.directory.status(of: name) else { return }
    let refusal = policy.refusal(of: status, user: Environment.effectiveUser)?.words
    guard let words = refusal else {
      return try noteClosed(name, what, shared)
    }
    note(.bad, name, "\(words), \(what)", remedy: ["ls", "-ld", "\(path)/\(name)"])
  }

  /// Tells of a file that its owner keeps to itself.
  private mutating func noteClosed(
    _ name: String, _ what: String, _ shared: borrowing SharedDirectory
  ) throws(HostError) {
    do {
      _ = try OpenFile.find(name, in: shared.directory)
    } catch {
      guard error.isForbidden else { throw error }
      note(
        .bad, name, "not readable by this account, \(what)",
        remedy: ["ls", "-ld", "\(path)/\(name)"])
    }
  }

  /// What the design puts into the directory beside the members' logs.
  private static let ownNames = [
    SharedDirectory.genesisName, SharedDirectory.beatsName, SharedDirectory.decisionsName,
    "PROTOCOL.md", "tiers.json", SharedDirectory.incidentLogName, "archive", "tasks", "dropoffs",
  ]

  /// The copy for people is obeyed by nobody; an edited or an old one may still mislead them.
  private mutating func examineTiers(_ shared: borrowing SharedDirectory, _ audit: Audit) {
    let genesis = audit.reading.genesis
    guard
      let bytes = try? shared.directory.readFile("tiers.json", limit: 1 << 20, policy: .anyOwner)
    else { return }
    let tables = audit.reading.state.history.current
    if bytes == TiersFile.bytes(of: tables.tiers, genesis.idleCycles) { return }
    let words =
      bytes == TiersFile.bytes(of: genesis.tiers, genesis.idleCycles)
      ? "the tiers of the genesis, which a decision has changed since"
      : "not the tiers in force"
    let cadences = TierName.allCases.map { tier in
      "\(tier.rawValue) \(tables.cadenceSeconds(of: tier.text)) s"
    }
    note(
      .warning, "tiers.json",
      "\(words), and ignored; in force: \(cadences.joined(separator: ", "))")
  }

  /// What peers say they have seen and this directory does not show: testimony, no proof.
  mutating func examineWitnesses(_ shared: borrowing SharedDirectory, _ audit: Audit) {
    for peer in audit.reading.handles {
      let keys = audit.reading.chains[peer]?.spans.suffix(1).map(\.pk) ?? []
      guard
        let beat = try? Beats.newest(
          of: peer, keys: keys, wire: audit.reading.genesis.id, shared)
      else { continue }
      let skew = beat.message.timestamp.microseconds - WallClock.now()
      if skew > 300_000_000 {
        note(
          .warning, "clock", "the last beat of \(peer) is \(skew / 1_000_000) s in the future",
          remedy: ["date", "-u"])
      }
      for (writer, seen) in beat.seen.sorted(by: { $0.key < $1.key }) {
        compare(seen, by: peer, of: writer, .warning, shared, audit)
      }
      // The writer's own word is no mere testimony: it signed both.
      if let head = beat.head { compare(head.seq, by: peer, of: peer, .bad, shared, audit) }
    }
  }

  /// Tells where a log ends before a line that a beat names; one that is just growing does not.
  private mutating func compare(
    _ seen: Int, by witness: Handle, of writer: Handle, _ grade: Checkup.Grade,
    _ shared: borrowing SharedDirectory, _ audit: Audit
  ) {
    let shown = audit.reading.chains[writer]?.head.seq ?? 0
    guard seen > shown, let log = audit.reading.directory.entries[writer]?.log else { return }
    let size = (try? shared.directory.status(of: log))?.byteCount
    guard size == audit.reading.files[writer]?.byteCount else { return }
    note(
      grade, log, "a beat of \(witness) names its line \(seen), and here it ends with \(shown)",
      remedy: ["deaddrop", "verify"])
  }

  /// Keys, state and memory of the agent itself.
  mutating func examine(
    _ agent: Handle, _ stored: Head?, _ genesis: Genesis, _ shared: borrowing SharedDirectory,
    _ audit: Audit
  ) {
    let statePath = places.state(wire: genesis.id, handle: agent)
    do throws(KitError) {
      let state = try KitError.liftingWire { () throws(WireError) in
        try PrivateState.open(statePath)
      }
      try KitError.liftingWire { () throws(WireError) in try state.requireInForce() }
      let store = KeyStore(places)
      let key = try store.signingKey(agent, audit.reading.chains[agent]?.key).publicKey.bytes
      note(.ok, try store.file(of: key, agent), "the key of \(agent)")
      // Once it was read before the log, and now that it can be read at all.
      _ = try KitError.liftingWire { () throws(WireError) in try WriterFile.peek(state) }
      try examineKeyChange(state, audit.reading.chains[agent])
      examineCards(agent, audit)
      try examineWriter(agent, key, stored, shared, state, audit)
      try examineMemory(agent, shared, state)
      examineEvidence(state, audit)
      try examineTrust(agent, state, audit)
    } catch {
      note(statePath, error)
    }
  }

  /// Whether the next line would be signed on from the right place.
  private mutating func examineWriter(
    _ agent: Handle, _ key: Bytes32, _ stored: Head?, _ shared: borrowing SharedDirectory,
    _ state: borrowing PrivateState, _ audit: Audit
  ) throws(KitError) {
    guard let chain = audit.reading.chains[agent],
      let log = audit.reading.directory.entries[agent]?.log
    else {
      note(agent.name, .wire(.notAMember(agent)))
      return
    }
    let file = "\(state.path)/\(WriterFile.name)"
    let known = stored ?? .none
    let ahead = chain.head.seq - known.seq
    let isHeld = try Repair.holds(known, chain, log, shared)
    if chain.head.seq == 0, known.seq == 0 {
      note(log, .wire(.notJoined(agent)))
    } else if ahead < 0 {
      note(log, .wire(.ownLogBehind(log: log, seq: known.seq)))
    } else if stored == nil || ahead > LogWriter.adoptableLines {
      note(file, .wire(.ownLogAhead(log: log, seq: chain.head.seq, known: known.seq)))
    } else if !isHeld {
      note(log, .wire(.ownLogDiffers(log: log, seq: known.seq)))
    } else if ahead > 0 {
      note(.warning, log, "\(ahead) lines of an interrupted append: the next one adopts them")
    } else {
      note(.ok, file, "goes on after line \(chain.head.seq)")
    }
    if let written = chain.key, written != key {
      note(
        .bad, log, "written with another key than the one here",
        remedy: ["deaddrop", "key", "show"])
    }
    let base = audit.reading.layouts[agent]?.live.start.offset ?? 0
    let end = (audit.reading.scans[agent]?.end.offset ?? 0) - base
    if let size = audit.reading.files[agent]?.byteCount, size > end {
      note(.warning, log, "\(size - end) bytes of an unfinished line: the next append cuts them")
    }
  }

  /// The other private files, and the beats, as the verbs that use them would find them.
  private mutating func examineMemory(
    _ agent: Handle, _ shared: borrowing SharedDirectory, _ state: borrowing PrivateState
  ) throws(KitError) {
    do { _ = try InviteBook.load(state) } catch { note("\(state.path)/\(InviteBook.name)", error) }
    if let cursors = try? state.subdirectoryIfThere(CursorSet.directoryName) {
      for name in (try? cursors.names()) ?? [] where name.hasSuffix(".json") {
        do throws(HostError) {
          _ = try cursors.readFile(name, limit: 1 << 28, policy: .secret)
        } catch { note("\(cursors.path)/\(name)", .host(error)) }
      }
    }
    let beats = "\(SharedDirectory.beatsName)/\(Beats.fileName(agent))"
    do throws(HostError) {
      guard let status = try shared.beats()?.status(of: Beats.fileName(agent)),
        let refusal = FilePolicy.own.refusal(of: status, user: Environment.effectiveUser)
      else { return }
      note(.bad, beats, refusal.words, remedy: ["ls", "-ld", "\(path)/\(beats)"])
    } catch { note(beats, .host(error)) }
  }

  private mutating func examineEvidence(_ state: borrowing PrivateState, _ audit: Audit) {
    guard let directory = try? state.subdirectoryIfThere(Evidence.directoryName),
      let names = try? directory.names(), let first = names.first
    else { return }
    let pieces = names.count == 1 ? "1 piece" : "\(names.count) pieces"
    note(
      .warning, directory.path, "\(pieces) of evidence",
      remedy: ["deaddrop", "verify", "--evidence", "\(directory.path)/\(first)"])
    // Who takes one of the two lines away undoes no fork: only the others' decision does.
    for name in names where name.hasPrefix(ChainVerdict.fork.rawValue) {
      guard
        let bytes = try? directory.readFile(name, limit: 1 << 22, policy: .secret),
        let evidence = Evidence(bytes), case .fork(_, let seq) = EvidenceFinding(evidence),
        let entry = audit.reading.directory.entries[evidence.handle], entry.recoveries.isEmpty,
        audit.reading.chains[evidence.handle]?.verdict != .fork
      else { continue }
      note(
        .warning, entry.log,
        "\(evidence.handle) has signed two histories at line \(seq), "
          + "whatever the log shows now",
        remedy: ["deaddrop", "verify", "--evidence", "\(directory.path)/\(name)"])
    }
  }

  private mutating func examineTrust(
    _ agent: Handle, _ state: borrowing PrivateState, _ audit: Audit
  ) throws(KitError) {
    let trust = try TrustStore.load(state)
    for (peer, chain) in audit.reading.chains.sorted(by: { $0.key < $1.key }) where peer != agent {
      guard let span = chain.spans.last, chain.head.seq > 0,
        !trust.isPinned(peer, span.pk, seq: chain.head.seq + 1)
      else { continue }
      if let cut = trust.cut(of: peer) {
        note(
          .warning, peer.name, "revoked by you: nothing behind its line \(cut.seq) is shown",
          remedy: ["deaddrop", "trust", "show", peer.name])
        continue
      }
      note(
        .warning, peer.name, "its key is not verified, its messages are held back",
        remedy: ["deaddrop", "trust", "sas", peer.name])
    }
  }
}
