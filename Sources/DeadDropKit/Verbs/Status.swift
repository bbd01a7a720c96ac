package import Protocol
package import Wire
package import WireFormat

/// Where a wire stands, for one of its agents.
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
    package let liveness: Liveness?
    /// The heartbeat tier that it announced last, if that is one: any other word is the peer's own.
    package let tier: Text?
    /// Seconds since its last new beat, on this agent's clock.
    package let silentSeconds: Int?
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

  package let wire: Bytes32
  package let path: String
  package let handle: Handle
  package let members: [Member]
  /// What keeps this agent from new work; nothing where empty.
  package let standstills: [Standstill]
  package let isSafeMode: Bool
  /// Proposals that somebody still has to act on.
  package let open: [ProposalStanding]
  /// Incidents that somebody still has to act on, and whether their words may be shown.
  package let incidents: [(standing: IncidentStanding, isShown: Bool)]
  package let debts: [Debt]
  package let testimonies: [Testimony]
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
    let again = testimonies(peers).isEmpty ? CatchUp() : try catchUp()
    let now = try wireState()
    let history = now.history
    let tiers = history.current.tiers
    let members = reader.store.records.sorted { $0.key < $1.key }.map { member, record in
      let isOwn = member == handle
      let tier = isOwn ? ownBeat?.tier : peers[member]?.tier
      let isTier = tier.map { TierName(rawValue: $0.string) != nil || tiers[$0] != nil } ?? true
      let peer = peers[member]
      return Status.Member(
        handle: member, trustTier: tierLabel(of: member), seq: record.head.seq,
        unreadCount: isOwn ? 0 : record.head.seq - (cursors.cursors[member]?.contiguous ?? 0),
        verdict: record.verdict, beat: isOwn ? ownBeat : peer?.beat, liveness: peer?.liveness,
        tier: isTier ? tier : "unknown", silentSeconds: peer?.silence.map { $0 / 1_000 })
    }
    let proposals = try proposals()
    return Status(
      wire: genesis.id, path: shared.path, handle: handle, members: members,
      standstills: now.standstills(of: handle, under: history),
      isSafeMode: now.isSafeMode(under: history),
      open: proposals.filter { !$0.status.isSettled && isShown($0.proposal) },
      incidents: try incidents().filter { $0.status == .open || $0.status == .unacked }
        .map { ($0, isShown($0.incident)) },
      debts: try debts(among: proposals), testimonies: testimonies(peers),
      decisionCount: proposals.count { $0.status == .ratified }, again: again)
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
