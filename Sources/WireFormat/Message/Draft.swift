/// A message before it has a place and a signature.
package struct Draft: Sendable {
  package var type: MessageType
  package var subject: Text
  package var body: JSONValue
  package var to: Recipients
  package var priority: Priority
  package var refs: [Text]
  package var re: Bytes32?
  /// The root's, for a reply; nil makes the message a root, whose own timestamp it is.
  package var correlationID: Text?
  package var ackRequired: Bool
  package var after: [Bytes32]

  package init(
    _ type: MessageType, subject: Text, body: JSONValue, to: Recipients = .everyone,
    priority: Priority = .medium, refs: [Text] = [], re: Bytes32? = nil,
    correlationID: Text? = nil, ackRequired: Bool? = nil, after: [Bytes32] = []
  ) {
    self.type = type
    self.subject = subject
    self.body = body
    self.to = to
    self.priority = priority
    self.refs = refs
    self.re = re
    self.correlationID = correlationID
    self.ackRequired = ackRequired ?? (type == .proposal)
    self.after = after
  }

  /// The signed fields of the message at its place; id, key id and signature are still to be added.
  package func object(
    from handle: Handle, pk: Bytes32, wire: Bytes32, place: Envelope.Place, at time: Timestamp
  ) -> JSONObject {
    var object: JSONObject = [
      "ack_required": .bool(ackRequired), "body": body,
      "correlation_id": .string(correlationID ?? Text(time.string)), "from": .string(handle.name),
      "kind": .integer(type.kind), "pk": .string(pk.hex), "priority": .string(priority.rawValue),
      "re": re.map { .string($0.hex) }, "refs": .array(refs.map { .string($0) }),
      "subject": .string(subject), "timestamp": .string(time.string), "to": to.value,
      "type": .string(type.word), "v": .integer(1), "wire": .string(wire.hex),
    ]
    if !after.isEmpty { object["after"] = .strings(after.sorted().map(\.hex)) }
    switch place {
    case .chain(let seq, let prev):
      object["seq"] = .integer(seq)
      object["prev"] = .string(prev.hex)
    case .beat(let n): object["n"] = .integer(n)
    }
    return object
  }
}
