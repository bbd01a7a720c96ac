import Host
package import Protocol
package import Wire
package import WireFormat

/// How a peer lives, as far as its beats tell this agent.
package struct PeerLiveness: Sendable {
  package let liveness: Liveness
  /// The tier that it announced; nil without a beat.
  package let tier: Text?
  package let beat: Beat?
  /// Milliseconds without a new beat, on the own clock.
  package let silence: Int?
  /// Whether it has been silent for three cadences, also where it never beat.
  let isGone: Bool
}

extension Session {
  /// How all peers live by their newest beats, on a clock of this agent that stands while the machine sleeps.
  ///
  /// Remembers what it saw, so that only a new beat counts for a peer.
  package func peerLiveness(
    _ beats: [Handle: Beat], _ tables: Tables
  ) throws(KitError) -> [Handle: PeerLiveness] {
    let moment = awakeClock()
    let before = try PeerMemory.load(state)
    var memory = before
    let peers = reader.store.records.keys.filter { $0 != handle }
    for peer in peers {
      let tier = beats[peer]?.tier ?? TierName.active.text
      memory.note(peer, n: beats[peer]?.n ?? 0, tier: tier, at: moment)
    }
    if memory != before { try memory.save(state) }
    return peers.reduce(into: [:]) { found, peer in
      let tier = memory.tier(of: peer)
      let silence = memory.silence(of: peer, at: moment)
      let cadence = tables.cadenceSeconds(of: tier ?? TierName.active.text)
      let judged = Liveness(silentMilliseconds: silence, cadenceSeconds: cadence)
      found[peer] = PeerLiveness(
        liveness: tier == nil ? .unknown : judged, tier: tier, beat: beats[peer],
        silence: tier == nil ? nil : silence, isGone: judged == .gone)
    }
  }
}

extension Beat {
  /// The name of the tier whose cadence it announces.
  package var tier: Text? { message.body?.members?["tier"]?.text }
}
