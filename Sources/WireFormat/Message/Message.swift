/// The content of a v3.2 line, its strings unescaped and its body as a value.
///
/// A `Message` says nothing about proof: see `VerifiedMessage`.
package struct Message: Sendable {
  package let eventID: Bytes32
  package let place: Envelope.Place
  package let pk: Bytes32
  package let from: Handle
  package let type: LineType
  package let kind: Int
  package let timestamp: Timestamp
  package let subject: Text
  /// Nil for a sealed message, until it is opened to be shown.
  package private(set) var body: JSONValue?
  /// Whether its body is for some only; state never follows from such a body.
  package let isSealed: Bool
  package let refs: [Text]
  package let priority: Priority
  package let correlationID: Text
  package let ackRequired: Bool
  package let to: Recipients
  package let re: Bytes32?
  /// Sorted ids of the effect-bearing decisions that the writer knew; nil when the field is absent.
  package let after: [Bytes32]?

  package var seq: Int? { if case .chain(let seq, _) = place { seq } else { nil } }

  /// Reads the content of a line whose envelope was read from the same bytes.
  ///
  /// Throws what `Envelope.contentFault` finds, and `malformed` for a sender that is no handle.
  package init(_ line: Span<UInt8>, _ envelope: Envelope) throws(LineFault) {
    if let fault = envelope.contentFault(line) { throw fault }
    guard let object = try? JSONParser.object(line),
      let from = object[Field.from.key]?.text.flatMap(Handle.init(sender:)),
      let word = object[Field.type.key]?.text,
      let type = LineType(word: word, kind: envelope.kind),
      let timestamp = object[Field.timestamp.key]?.text.flatMap(Timestamp.init),
      let subject = object[Field.subject.key]?.text, let refs = object[Field.refs.key]?.texts,
      let priority = object[Field.priority.key]?.text.flatMap({ Priority(rawValue: $0.string) }),
      let correlationID = object[Field.correlationID.key]?.text,
      let ackRequired = object[Field.ackRequired.key]?.flag,
      let to = Recipients(object[Field.to.key])
    else { throw .malformed }
    (eventID, place, pk) = (envelope.eventID, envelope.place, envelope.pk)
    (self.from, self.type, kind, self.timestamp) = (from, type, envelope.kind, timestamp)
    (self.subject, body, self.refs, self.priority) = (
      subject, object[Field.body.key], refs, priority
    )
    (self.correlationID, self.ackRequired, self.to) = (correlationID, ackRequired, to)
    isSealed = body == nil
    re = object[Field.re.key]?.text.flatMap(Bytes32.init(hex:))
    after = object[Field.after.key]?.texts?.compactMap(Bytes32.init(hex:))
  }

  /// The same with the body that was sealed, for showing it and for nothing else.
  package func opened(_ body: JSONValue) -> Message {
    var message = self
    message.body = body
    return message
  }
}

extension Envelope {
  /// What keeps the content of a line that has its place from being taken, if anything does.
  ///
  /// Gives, in this order, `kind_mismatch`, `crit_unknown`, `malformed` for recipients: such a line
  /// still holds its place in the chain.
  package func contentFault(_ line: Span<UInt8>) -> LineFault? {
    guard let type = FieldShape.string(.type, fields, line) else { return .malformed }
    if let known = MessageType(rawValue: kind) {
      guard line.equals(known.word.utf8, in: type) else { return .kindMismatch }
    } else if let word = unescaped(type, line), MessageType(word: word) != nil {
      return .kindMismatch
    }
    if let crit = fields[.crit] {
      let names = FieldShape.texts(crit, line) ?? []
      let known = names.allSatisfy { name in Field.allCases.contains { $0.key == name } }
      guard known else { return .critUnknown }
    }
    guard let to = fields[.to] else { return .malformed }
    if line.equals("[\"*\"]".utf8, in: to) { return nil }
    return Recipients(try? JSONParser.value(line.bytes(in: to))) == nil ? .malformed : nil
  }

  private func unescaped(_ string: Range<Int>, _ line: Span<UInt8>) -> Text? {
    var at = string.lowerBound - 1
    return try? JSONString.read(line, &at)
  }
}

extension Span where Element == UInt8 {
  /// Whether the bytes in the range are these.
  package func equals(_ bytes: some Collection<UInt8>, in range: Range<Int>) -> Bool {
    guard bytes.count == range.count else { return false }
    var index = range.lowerBound
    for byte in bytes {
      guard self[index] == byte else { return false }
      index += 1
    }
    return true
  }
}
