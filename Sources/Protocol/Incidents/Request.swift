package import WireFormat

/// A `request` that asks for an answer.
package struct Request: Sendable {
  package let eventID: Bytes32
  package let writer: Handle
  package let seq: Int
  package let to: Recipients
  package let timestamp: Timestamp
  package let subject: Text

  init?(_ message: Message) {
    guard let seq = message.seq else { return nil }
    (eventID, writer, self.seq, to) = (message.eventID, message.from, seq, message.to)
    (timestamp, subject) = (message.timestamp, message.subject)
  }
}

extension WireState {
  /// The requests that somebody has neither acked, declined nor countered, with who has not.
  package func unanswered(
    under history: EffectHistory
  ) -> [(request: Request, missing: [Handle])] {
    let members = answerers(under: history)
    return requests.values.compactMap { request -> (request: Request, missing: [Handle])? in
      guard history.stands(request.writer, request.seq) else { return nil }
      let missing = members.filter { member in
        guard member != request.writer, request.to.include(member) else { return false }
        let answer = answers[request.eventID]?[member]
        return answer.map { !history.stands(member, $0.seq) } ?? true
      }
      return missing.isEmpty ? nil : (request, missing.sorted())
    }.sorted {
      ($0.request.timestamp, $0.request.eventID) < ($1.request.timestamp, $1.request.eventID)
    }
  }
}
