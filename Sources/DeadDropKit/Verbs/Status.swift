import Host
package import Protocol
package import Wire
package import WireFormat

/// Where a wire stands, for one of its agents, at one moment.
package struct Status: Sendable {
  package struct Member: Sendable {
    package let handle: Handle
    /// How far it is believed.
    package let trustTier: String
    package let seq: Int
    package let unreadCount: Int
    package let verdict: ChainVerdict
    package let beat: Beat?
    /// Nil for this agent itself.
    package internal(set) var liveness: Liveness?
    /// The heartbeat tier that it announced last, if that is one: any other word is the peer's own.
    package let tier: Text?
    /// Of that tier.
    package let cadenceSeconds: Int
    /// Seconds since its last new beat, on this agent's clock.
    package var silentSeconds: Int? { silentMilliseconds.map { $0 / 1_000 } }
    var silentMilliseconds: Int?
  }

  /// A proposal, an incident or a claim, how long it has, and whether its words may be shown.
  package struct Timed<Fact: Sendable>: Sendable {
    package let fact: Fact
    package let isShown: Bool
    /// Nil where its time does not run, or is not this agent's to judge.
    var millisecondsLeft: Int?

    /// The same in seconds that have begun.
    package var secondsLeft: Int? { millisecondsLeft.map { ($0 + 999) / 1_000 } }
  }

  /// A peer's word that it has verified what is not shown here: no proof, and a warning.
  package struct Testimony: Equatable, Sendable {
    package let witness: Handle
    package let writer: Handle
    /// The head that it names.
    package let seen: Head
    /// Where that chain ends here.
    package let shownSeq: Int
  }

  /// Messages that wait until their writer's key is verified.
  package struct HeldBack: Equatable, Sendable {
    package let peer: Handle
    package let count: Int
  }

  /// A comparison of codes that has begun and not ended.
  package struct Comparison: Equatable, Sendable {
    package enum State: Equatable, Sendable {
      /// The peer waits for this agent.
      case asked
      case waiting
      /// Three wrong codes were typed.
      case locked(until: Timestamp)
    }

    package let peer: Handle
    package let state: State
  }

  package let wire: Bytes32
  package let path: String
  package let handle: Handle
  package internal(set) var members: [Member]
  /// What keeps this agent from new work; nothing where empty.
  package let standstills: [Standstill]
  package let isSafeMode: Bool
  /// Proposals that somebody still has to act on.
  package internal(set) var open: [Timed<ProposalStanding>]
  /// Incidents that somebody still has to act on.
  package internal(set) var incidents: [Timed<IncidentStanding>]
  /// Claims that are held, the one that ends first before the others.
  package internal(set) var claims: [Timed<ClaimStandings.Entry>]
  package let debts: [Debt]
  package let testimonies: [Testimony]
  package let heldBack: [HeldBack]
  package let comparisons: [Comparison]
  package let decisionCount: Int
  /// What another look met, where a peer's beat made one needful.
  package let again: CatchUp
}

extension Session {
  /// What reading has found of a member's chain.
  package func verdictLabel(of member: Handle) -> String {
    (reader.store.records[member]?.verdict ?? .sound).rawValue
  }

  package mutating func status(sessionName: String) throws(KitError) -> Status {
    let cursors = try loadCursors(sessionName)
    let beats = try beats()
    let ownBeat = beats[handle]
    let peers = try peerLiveness(beats, try wireState().history.current)
    // Lines that came since the logs were read are not withheld: only what is missing after another
    // look is worth a word.
    var again = testimonies(peers).isEmpty ? CatchUp() : try catchUp()
    let now = try wireState()
    let history = now.history
    let tables = history.current
    let members = reader.store.records.sorted { $0.key < $1.key }.map { member, record in
      let isOwn = member == handle
      let peer = peers[member]
      let tier = isOwn ? ownBeat?.tier : peer?.tier
      let isTier =
        tier.map { TierName(rawValue: $0.string) != nil || tables.tiers[$0] != nil } ?? true
      return Status.Member(
        handle: member, trustTier: tierLabel(of: member), seq: record.head.seq,
        unreadCount: isOwn ? 0 : record.head.seq - (cursors.cursors[member]?.contiguous ?? 0),
        verdict: record.verdict, beat: isOwn ? ownBeat : peer?.beat, liveness: peer?.liveness,
        tier: isTier ? tier : "unknown",
        cadenceSeconds: tables.cadenceSeconds(of: tier ?? TierName.active.text),
        silentMilliseconds: peer?.silence)
    }
    let proposals = try proposals()
    let patience = try patience(under: history)
    return Status(
      wire: genesis.id, path: shared.path, handle: handle, members: members,
      standstills: now.standstills(of: handle, under: history),
      isSafeMode: now.isSafeMode(under: history),
      open: proposals.filter { !$0.status.isSettled && isShown($0.proposal) }
        .map {
          Status.Timed(
            fact: $0, isShown: true,
            millisecondsLeft: $0.status == .open
              ? patience?.millisecondsLeft(for: $0.proposal.eventID) : nil)
        },
      incidents: try openIncidents(patience: tables.heartbeatSeconds),
      claims: try heldClaims(),
      debts: try debts(among: proposals), testimonies: testimonies(peers),
      heldBack: heldBack(cursors), comparisons: try comparisons(&again),
      decisionCount: proposals.count { $0.status == .ratified }, again: again)
  }

  /// With the time until somebody's ack is late, where this agent would record that.
  private mutating func openIncidents(
    patience: Int
  ) throws(KitError) -> [Status.Timed<IncidentStanding>] {
    let memory = reader.store.isWatching ? try IncidentMemory.load(state) : IncidentMemory()
    let moment = awakeClock()
    return try waitingIncidents().map { standing in
      let starts = standing.missing.compactMap {
        memory.start(of: .init(incident: standing.incident.eventID, debtor: $0), at: moment)
      }
      let first = standing.status == .open ? starts.map(\.milliseconds).min() : nil
      return Status.Timed(
        fact: standing, isShown: isShown(standing.incident),
        millisecondsLeft: first.map { max(0, 1_000 * patience - (moment.milliseconds - $0)) })
    }
  }

  private mutating func heldClaims() throws(KitError) -> [Status.Timed<ClaimStandings.Entry>] {
    let time = now()
    return try openClaims().filter { $0.status == .holds && $0.term.until > time }
      .map {
        Status.Timed(
          fact: $0, isShown: isShown($0.claim), millisecondsLeft: $0.term.millisecondsLeft(at: time)
        )
      }
      .sorted {
        ($0.fact.term.until, $0.fact.claim.eventID) < ($1.fact.term.until, $1.fact.claim.eventID)
      }
  }

  /// What an inbox would hold back: all from the first line on whose key is not believed.
  private func heldBack(_ cursors: CursorSet) -> [Status.HeldBack] {
    var found: [Status.HeldBack] = []
    for (writer, record) in reader.store.records.sorted(by: { $0.key < $1.key })
    where writer != handle {
      let cursor = cursors.cursors[writer] ?? Cursor()
      var count = 0
      for seq in (cursor.contiguous + 1)..<max(cursor.contiguous + 1, record.head.seq + 1) {
        guard !cursor.contains(seq), let pk = key(of: writer, at: seq),
          count > 0 || !isTrusted(writer, pk, seq: seq)
        else { continue }
        if !isRevoked(writer, pk, seq: seq) { count += 1 }
      }
      if count > 0 { found.append(Status.HeldBack(peer: writer, count: count)) }
    }
    return found
  }

  /// Comparisons of codes under way.
  ///
  /// Those of this agent's book, and what peers have begun whose keys it does not believe. What
  /// another begins is shown as a message of it.
  private mutating func comparisons(_ again: inout CatchUp) throws(KitError) -> [Status.Comparison]
  {
    let book: CeremonyBook
    do throws(KitError) { book = try CeremonyBook.load(state) } catch {
      // It keeps nobody from seeing the rest.
      again.notes.append("comparisons of codes are not shown: \(error)")
      return []
    }
    var found: [Status.Comparison] = []
    for peer in reader.store.records.keys.sorted() where peer != handle {
      let entry = book[peer]
      if let until = entry.lockedUntil, until > now() {
        found.append(.init(peer: peer, state: .locked(until: until)))
      } else if entry.current != nil || tier(of: peer) == .untrusted {
        if try isAsked(by: peer) {
          found.append(.init(peer: peer, state: .asked))
        } else if entry.current != nil {
          found.append(.init(peer: peer, state: .waiting))
        }
      }
    }
    return found
  }

  /// What the newest beats of peers name and this copy of the wire does not show.
  private func testimonies(_ peers: [Handle: PeerLiveness]) -> [Status.Testimony] {
    var found: [Status.Testimony] = []
    for (witness, peer) in peers.sorted(by: { $0.key < $1.key }) {
      var heads = peer.beat?.seenHeads ?? [:]
      heads[witness] = peer.beat?.head
      for (writer, seen) in heads.sorted(by: { $0.key < $1.key }) {
        guard let shown = reader.store.records[writer]?.head,
          seen.seq > shown.seq || seen.seq == shown.seq && seen.eventID != shown.eventID
        else { continue }
        found.append(
          Status.Testimony(witness: witness, writer: writer, seen: seen, shownSeq: shown.seq))
      }
    }
    return found
  }
}
