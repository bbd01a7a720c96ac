package import WireFormat

/// A line of `decisions.jsonl`: the same bytes on every replica that holds the same messages.
///
/// Source: PROTOCOL.md, "decisions.jsonl".
package enum DecisionLine {
  /// Canonical bytes, LF not included.
  package static func bytes(
    _ proposal: Proposal, _ decision: Decision, ackedBy owners: [Handle]
  ) -> [UInt8] {
    let object: JSONObject = [
      "acked_by": .strings((owners + [proposal.proposer]).sorted().map(\.name)),
      "canonical": .bool(true), "correlation_id": .string(proposal.correlationID),
      "decision": proposal.body ?? .object(["sealed": .string(proposal.eventID.hex)]),
      "decision_id": .string(proposal.eventID.hex),
      "domains": .array(proposal.domains.map { .string($0) }),
      "proof": .object([
        "acks": .strings((decision.acks ?? []).map(\.hex)),
        "decision": .string(decision.eventID.hex),
        "proposal": .string(proposal.eventID.hex),
      ]),
      "proposer": .string(proposal.proposer.name),
      "ratified_at": .string(decision.timestamp.string), "subject": .string(proposal.subject),
    ]
    return CanonicalWriter.bytes(of: object)
  }
}

extension WireState {
  /// The decisions that the messages derive, each with its line, oldest first.
  package func decisionLines(under history: EffectHistory) -> [(id: Bytes32, line: [UInt8])] {
    ratified(under: history).map { proposal, decision in
      let owners = owners(of: proposal, under: history) ?? []
      let ackers = decision.acks == [] ? [] : owners
      return (proposal.eventID, DecisionLine.bytes(proposal, decision, ackedBy: ackers))
    }
  }
}
