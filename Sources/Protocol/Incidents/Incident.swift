package import WireFormat

/// An `incident` as its writer told it, without its text.
package struct Incident: Equatable, Sendable {
  /// What a body's `code` can say that this version acts on.
  package enum Code {
    /// An addressee has not acked in time; `re` is the incident.
    package static let unacked: Text = "unacked"
    /// A proposer takes its proposal back; `re` is the proposal.
    package static let silence: Text = "silence"
    /// Somebody's log holds a line of a higher version; `body.handle` is the writer.
    package static let schemaDrift: Text = "schema_drift"
  }

  package let eventID: Bytes32
  package let writer: Handle
  package let seq: Int
  package let pk: Bytes32
  package let to: Recipients
  package let ackRequired: Bool
  package let code: Text?
  package let re: Bytes32?
  package let timestamp: Timestamp
  package let priority: Priority
  package let subject: Text
  package let correlationID: Text
  /// Whose lines it is about, where its body names somebody.
  package let about: Handle?

  init?(_ message: Message) {
    guard let seq = message.seq else { return nil }
    (eventID, writer, self.seq, pk) = (message.eventID, message.from, seq, message.pk)
    (to, ackRequired, re) = (message.to, message.ackRequired, message.re)
    (timestamp, priority, subject) = (message.timestamp, message.priority, message.subject)
    correlationID = message.correlationID
    let body = message.body?.members
    code = body?["code"]?.text
    about = body?["handle"]?.text.flatMap { Handle($0) }
  }
}

/// A line that says that an incident was not acked in time.
package struct UnackedRecord: Equatable, Sendable {
  package let eventID: Bytes32
  package let writer: Handle
  package let seq: Int
}

/// A line that lifts what it cites.
package struct Wakeup: Equatable, Sendable {
  package let eventID: Bytes32
  package let writer: Handle
  package let seq: Int
  /// The operator's signature over the cited id; nil where the genesis names no operator.
  let signature: Text?
}

/// A line by which an operator asks agents to stop.
package struct Pause: Equatable, Sendable {
  package let eventID: Bytes32
  package let writer: Handle
  package let seq: Int
  package let to: Recipients
  package let timestamp: Timestamp
  package let correlationID: Text
}
