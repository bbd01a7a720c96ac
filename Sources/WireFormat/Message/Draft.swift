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
  /// Who alone can read the body, each with a key to seal to; empty leaves it open.
  package var readers: [Handle: Bytes32] = [:]

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
  ///
  /// Where it has readers the body is left out: `enc` is still to be added too.
  package func object(
    from handle: Handle, pk: Bytes32, wire: Bytes32, place: Envelope.Place, at time: Timestamp
  ) -> JSONObject {
    let stamp = Text(time.string)
    let link: (seq: Int, prev: Bytes32)? =
      if case .chain(let seq, let prev) = place { (seq, prev) } else { nil }
    let n: Int? = if case .beat(let n) = place { n } else { nil }
    let isOpen = readers.isEmpty
    return [
      Field.ackRequired.key: .bool(ackRequired),
      Field.after.key: after.isEmpty ? nil : .array(after.sorted().map { .hex($0) }),
      Field.body.key: isOpen ? body : nil,
      Field.correlationID.key: .string(correlationID ?? stamp),
      Field.crit.key: isOpen ? nil : .strings([Field.enc.name]),
      Field.from.key: .string(handle.name), Field.kind.key: .integer(type.kind),
      Field.n.key: n.map { .integer($0) }, Field.pk.key: .hex(pk),
      Field.prev.key: link.map { .hex($0.prev) },
      Field.priority.key: .string(priority.rawValue), Field.re.key: re.map { .hex($0) },
      Field.refs.key: .array(refs.map { .string($0) }),
      Field.seq.key: link.map { .integer($0.seq) }, Field.subject.key: .string(subject),
      Field.timestamp.key: .string(stamp), Field.to.key: to.value,
      Field.type.key: .string(type.word), Field.v.key: .integer(1), Field.wire.key: .hex(wire),
    ]
  }
}
