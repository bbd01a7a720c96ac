import Host
import Protocol
import Wire
package import WireFormat

/// Counting what a peer has done together with this agent since its key was verified.
///
/// Each thing that counts has a line of this agent's own behind that place of its own chain: no peer
/// can raise itself, alone or with others.
extension Session {
  /// How many make a verified peer an attested one.
  package static let attestingCount = 10

  /// The decisions of both, and the peer's ships that this agent has acked.
  package mutating func countTogether(_ peer: Handle) throws(KitError) -> Int {
    guard let pin = openPin(of: peer) else { return 0 }
    let now = try wireState()
    let count = decisionCount(peer, pin, now, now.ratified(under: now.history))
    let acks = now.answers.filter { answer in
      now.proposals[answer.key] == nil
        && answer.value[handle].map { $0.verdict == .ack && $0.seq > pin.ownSeq } ?? false
    }
    let candidates = Set(acks.keys)
    guard !candidates.isEmpty else { return count }
    let kind = MessageType.ship.kind
    let ships = try lines(of: peer) { $0.kind == kind && candidates.contains($0.eventID) }
    let held = ships.filter { $0.message != nil && isByPin($0.handle, $0.seq, pin) }
    return count + Set(held.map(\.eventID)).count
  }

  /// Raises those who have earned it by decisions alone; whether there were any.
  mutating func attestByDecisions(_ now: WireState, _ report: inout CatchUp) -> Bool {
    var hasNew = false
    let peers = reader.store.records.keys.filter { openPin(of: $0)?.tier == .verified }.sorted()
    guard !peers.isEmpty, now.decisions.count >= Self.attestingCount else { return false }
    let ratified = now.ratified(under: now.history)
    for peer in peers {
      guard let pin = openPin(of: peer),
        decisionCount(peer, pin, now, ratified) >= Self.attestingCount
      else { continue }
      trust.change(peer, pin.pk) { $0.tier = .attested }
      report.notes.append("\(peer) is ATTESTED by what you have decided together")
      hasNew = true
    }
    return hasNew
  }

  /// Counts everything, also what only a look through the logs can find, and keeps what was earned.
  mutating func attest(_ peer: Handle) throws(KitError) {
    guard openPin(of: peer)?.tier == .verified,
      try countTogether(peer) >= Self.attestingCount
    else { return }
    try raise(peer, to: .attested)
  }

  /// Grants the highest tier to a peer that has earned the one before.
  package mutating func promote(_ peer: Handle) throws(KitError) {
    try checkIsPeer(peer)
    try attest(peer)
    guard tier(of: peer) >= .attested else {
      let count = try countTogether(peer)
      throw .notAttested(peer, tier(of: peer), count: count)
    }
    try raise(peer, to: .trusted)
  }

  private mutating func raise(_ peer: Handle, to tier: TrustStore.Tier) throws(KitError) {
    guard let pk = openPin(of: peer)?.pk else { return }
    let lock = try settlingLock()
    defer { try? lock.unlock() }
    trust = try TrustStore.load(state)
    trust.change(peer, pk) { $0.tier = max($0.tier, tier) }
    try trust.save(state)
  }

  /// The pin by which the peer's next line is believed.
  private func openPin(of peer: Handle) -> TrustStore.Pin? {
    guard peer != handle, let record = reader.store.records[peer], let pk = record.spans.last?.pk
    else { return nil }
    return trust.pin(of: peer, pk, seq: record.head.seq + 1)
  }

  private func decisionCount(
    _ peer: Handle, _ pin: TrustStore.Pin, _ now: WireState,
    _ ratified: [(proposal: Proposal, decision: Decision)]
  ) -> Int {
    ratified.count { proposal, decision in
      let answers = now.answers[proposal.eventID] ?? [:]
      let cited = Set(decision.acks ?? [])
      if proposal.proposer == handle, decision.seq > pin.ownSeq,
        let answer = answers[peer], cited.contains(answer.eventID)
      {
        return isByPin(peer, answer.seq, pin)
      }
      guard proposal.proposer == peer, let own = answers[handle], own.seq > pin.ownSeq,
        cited.contains(own.eventID)
      else { return false }
      return isByPin(peer, decision.seq, pin)
    }
  }

  /// Whether a line is by this key, or by one that led to it: verified in the same act.
  private func isByPin(_ peer: Handle, _ seq: Int, _ pin: TrustStore.Pin) -> Bool {
    guard let pk = key(of: peer, at: seq) else { return false }
    return trust.pin(of: peer, pk, seq: seq)?.ownSeq == pin.ownSeq
  }
}
