package import WireFormat

/// One message of a ceremony, as it stands in its writer's chain.
///
/// Source: PROTOCOL.md, "Comparing keys aloud".
package struct SASStep: Equatable, Sendable {
  package enum Content: Equatable, Sendable {
    /// The initiator's promise.
    case start(commitment: Bytes32)
    /// The responder's nonce, in the open.
    case nonce(Bytes32)
    /// The initiator's nonce, which must be what it promised.
    case open(Bytes32)
  }

  /// The id of the message.
  package let id: Bytes32
  package let re: Bytes32?
  /// The key that it is signed with.
  package let pk: Bytes32
  package let ceremony: Text
  package let content: Content

  package init(id: Bytes32, re: Bytes32?, pk: Bytes32, ceremony: Text, content: Content) {
    (self.id, self.re, self.pk) = (id, re, pk)
    (self.ceremony, self.content) = (ceremony, content)
  }

  /// Nil for any message that is no step of the shape that the protocol gives, to just this agent.
  package init?(_ message: Message, to recipient: Handle) {
    guard message.to == .handles([recipient]), let body = message.body?.members,
      let ceremony = body["ceremony"]?.text,
      (1...Self.nameByteLimit).contains(ceremony.utf8.count)
    else { return nil }
    func value(_ key: Text) -> Bytes32? {
      body.members.count == 2 ? body[key]?.text.flatMap(Bytes32.init(hex:)) : nil
    }
    let content: Content? =
      switch message.type.known {
      case .sasStart: value("commitment").map { .start(commitment: $0) }
      case .sasNonce: value("nonce").map { .nonce($0) }
      case .sasOpen: value("nonce").map { .open($0) }
      default: nil
      }
    guard let content else { return nil }
    self.init(
      id: message.eventID, re: message.re, pk: message.pk, ceremony: ceremony, content: content)
  }

  package static let types: [MessageType] = [.sasStart, .sasNonce, .sasOpen]
  private static let nameByteLimit = 64
}

extension SASStep.Content {
  package var type: MessageType {
    switch self {
    case .start: .sasStart
    case .nonce: .sasNonce
    case .open: .sasOpen
    }
  }

  /// The body of the message that carries it.
  package func body(of ceremony: Text) -> JSONObject {
    switch self {
    case .start(let commitment):
      ["ceremony": .string(ceremony), "commitment": .string(commitment.hex)]
    case .nonce(let nonce), .open(let nonce):
      ["ceremony": .string(ceremony), "nonce": .string(nonce.hex)]
    }
  }
}
