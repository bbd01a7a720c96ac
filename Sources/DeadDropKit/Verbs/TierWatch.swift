import Host
import Protocol
import Wire
import WireFormat

/// How an agent's heartbeat tier moves on from one of its beats to the next.
extension Session {
  /// Lets the machine take what happened since the last beat, and counts this one.
  ///
  /// A cycle is a cadence of the tier, by the clock since boot; after another start of the machine
  /// it begins anew.
  mutating func advanceTier(
    _ memory: inout TierMemory, _ proposals: [ProposalStanding], isInboxEmpty: Bool,
    headsDown: Bool?
  ) throws(KitError) {
    let moment = bootClock()
    var machine = memory.machine(genesis.idleCycles)
    let heads = reader.store.records.mapValues(\.head.seq)
    let isFirst = memory.heads.isEmpty || memory.boot != moment.boot
    if isFirst || memory.cycleStart > moment.milliseconds {
      (memory.boot, memory.cycleStart) = (moment.boot, moment.milliseconds)
      memory.beatAt = nil
    }
    let hasTraffic = !memory.heads.isEmpty && heads.contains { $1 > memory.heads[$0] ?? 0 }
    if hasTraffic {
      let ownHead = memory.heads[handle] ?? 0
      var isStateChange = false
      if machine.isMultiEdit { isStateChange = try changesState(after: ownHead) }
      machine.take(isStateChange ? .stateChange : .traffic)
      memory.cycleStart = moment.milliseconds
    }
    let (isOpen, declineCount) = try conflicts(among: proposals)
    machine.take(.conflict(isOpen: isOpen || declineCount > memory.declineCount))
    if let headsDown { machine.take(.multiEdit(isDeclared: headsDown)) }
    let tables = try wireState().history.current
    while true {
      let before = machine
      let cadence = 1_000 * tables.cadenceSeconds(of: machine.tier.text)
      guard moment.milliseconds - memory.cycleStart >= cadence else { break }
      machine.take(.cycle(isInboxEmpty: isInboxEmpty))
      memory.cycleStart += cadence
      // Whatever passes besides moves it no further.
      if machine == before {
        memory.cycleStart = moment.milliseconds
        break
      }
    }
    memory.keep(machine)
    (memory.heads, memory.declineCount) = (heads, declineCount)
    memory.wakeupCount += 1
    memory.beatAt = moment.milliseconds
  }

  /// Whether a counter or an incident waits for somebody and concerns this agent, and how many
  /// proposals that do were declined.
  private mutating func conflicts(
    among proposals: [ProposalStanding]
  ) throws(KitError) -> (isOpen: Bool, declineCount: Int) {
    let own = proposals.filter {
      $0.proposal.proposer == handle || $0.owners.contains(handle)
    }
    let hasIncident = try waitingIncidents().contains {
      $0.status == .unacked
        || $0.status == .open && ($0.incident.writer == handle || $0.missing.contains(handle))
    }
    let hasCounter = own.contains { $0.proposal.re != nil && !$0.status.isSettled }
    return (hasIncident || hasCounter, own.count { $0.status == .declined })
  }

  /// Whether the own chain goes on after a seq with a line that changes state.
  private mutating func changesState(after seq: Int) throws(KitError) -> Bool {
    let kinds = Set(
      (Self.stateChangingTypes + [.decision, .release, .correction]).map(\.kind))
    return try lines { envelope in
      guard case .chain(let place, _) = envelope.place else { return false }
      return place > seq && kinds.contains(envelope.kind)
    }.contains { $0.handle == handle }
  }
}
