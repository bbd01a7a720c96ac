package import Protocol
package import WireFormat

/// What `incident_log.jsonl` must hold: the incident messages of a wire, byte for byte.
///
/// A mirror for people and scripts, never read as truth. Source: PROTOCOL.md, "incident_log.jsonl".
package struct IncidentLog: Sendable {
  /// The lines that stand, in the order in which they were found, each once.
  package private(set) var lines: [(id: Bytes32, line: [UInt8])] = []
  /// Lines that verify and count for nothing: no fault where they are, and not missed either.
  package private(set) var idle: Set<[UInt8]> = []

  /// Takes the incidents out of verified lines that are folded.
  package init(_ facts: [KeptLine], of state: WireState, under history: EffectHistory) {
    var held: Set<Bytes32> = []
    for fact in facts where fact.envelope.kind == MessageType.incident.kind {
      guard let message = try? Message(fact.bytes.span, fact.envelope) else { continue }
      if !state.canCount(message.from, fact.seq, under: history) {
        idle.insert(fact.bytes)
      } else if held.insert(message.eventID).inserted {
        lines.append((message.eventID, fact.bytes))
      }
    }
  }
}
