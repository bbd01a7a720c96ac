package import Protocol
package import WireFormat

/// What an agent has to know that comes online, but for its messages.
package struct Briefing: Sendable {
  package let domains: [(name: Text, domain: Domain)]
  /// The newest ones, newest first, of verified proposers.
  package let decisions: [(proposal: Proposal, decision: Decision)]
  /// How many there are besides.
  package let olderDecisionCount: Int
  /// What keeps new work from starting now.
  package let standstills: [Standstill]
  /// Those of verified members that wait for an ack, or for the operator.
  package let incidents: [IncidentStanding]
  /// What waits for this agent's answer.
  package let owed: [Debt]
  /// Two heartbeats: so long is watched before anything is changed.
  package let watchSeconds: Int
}

extension Session {
  package mutating func briefing(decisionLimit: Int) throws(KitError) -> Briefing {
    let now = try wireState()
    let history = now.history
    let tables = history.current
    let decisions = now.ratified(under: history).filter { isShown($0.proposal) }
    return Briefing(
      domains: tables.domains.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      decisions: decisions.suffix(decisionLimit).reversed(),
      olderDecisionCount: max(0, decisions.count - decisionLimit), standstills: try standstills(),
      incidents: try incidents().filter {
        ($0.status == .open || $0.status == .unacked) && isShown($0.incident)
      }, owed: try owed(),
      watchSeconds: tables.patienceSeconds)
  }

  /// Marks as read what the last look gave, and writes one beat whether or not there was anything.
  package mutating func beginWork(_ beat: Heartbeat) throws(KitError) -> (n: Int, note: String?) {
    let note = try moveCursor()
    return (try heartbeat(beat), note)
  }
}
