package import WireFormat

/// A proposal as its proposer wrote it.
package struct Proposal: Sendable {
  package let eventID: Bytes32
  package let proposer: Handle
  package let seq: Int
  package let timestamp: Timestamp
  package let subject: Text
  /// Nil for a sealed one.
  package let body: JSONValue?
  package let correlationID: Text
  /// The proposal that it counters.
  package let re: Bytes32?
  /// The effect-bearing decisions that its writer knew.
  package let after: [Bytes32]
  /// Sorted, distinct.
  package let domains: [Text]
  package let effects: Effects?

  /// Nil with the reason when the message breaks a rule of proposals.
  static func read(_ message: Message) -> (Proposal?, RefusedReason?) {
    guard let seq = message.seq else { return (nil, .outsideChain) }
    guard message.ackRequired else { return (nil, .proposalWithoutAckRequired) }
    if let flaw = message.body.flatMap(flaw) { return (nil, flaw) }
    let object = message.body?.members
    let domains = Set(object?["domains"]?.texts ?? []).sorted()
    let effects = object?["effects"].flatMap { Effects($0) }
    let proposal = Proposal(
      eventID: message.eventID, proposer: message.from, seq: seq, timestamp: message.timestamp,
      subject: message.subject, body: message.body, correlationID: message.correlationID,
      re: message.re, after: message.after ?? [], domains: domains, effects: effects)
    return (proposal, nil)
  }
}

extension Proposal {
  /// What keeps a body from being a proposal's; nil for any that can be agreed to.
  package static func flaw(in body: JSONValue) -> RefusedReason? {
    if let domains = body.members?["domains"], domains.texts == nil { return .domainsMalformed }
    if let effects = body.members?["effects"], Effects(effects) == nil { return .effectsMalformed }
    return nil
  }

  /// Whether a body asks for nothing but that members be removed.
  package static func onlyRemoves(_ body: JSONValue) -> Bool {
    guard let effects = body.members?["effects"].flatMap({ Effects($0) }) else { return false }
    return effects.domains.isEmpty && effects.tiers.isEmpty && !effects.members.isEmpty
      && effects.members.values.allSatisfy { if case .remove = $0 { true } else { false } }
  }
}

/// What one agent answered to a proposal; its first answer is its only one.
package struct Answer: Equatable, Sendable {
  package enum Verdict: String, Sendable {
    case ack
    case decline
    case counter
  }

  package let eventID: Bytes32
  package let seq: Int
  package let verdict: Verdict
  /// The key that signed it.
  package let pk: Bytes32
  /// How long an ack holds; a decision dated later cannot rest on it.
  package let until: Timestamp

  /// An ack without `until` holds this long.
  static let defaultSeconds: Int64 = 7 * 86_400

  init?(_ message: Message, _ verdict: Verdict) {
    guard let seq = message.seq else { return nil }
    let said = message.body?.members?["until"]?.text.flatMap(Timestamp.init)
    (eventID, self.seq, self.verdict, pk) = (message.eventID, seq, verdict, message.pk)
    until = said ?? message.timestamp.adding(seconds: Self.defaultSeconds)
  }
}

/// A proposer's commit: which acks it rests on.
package struct Decision: Equatable, Sendable {
  package let eventID: Bytes32
  package let seq: Int
  package let timestamp: Timestamp
  /// Nil where the message has no list of ids: it is still the first, and never counts.
  package let acks: [Bytes32]?
  /// The operator's key and signature over the proposal's id, where no agent could ratify.
  package let operatorPK: Bytes32?
  package let operatorSignature: Text?

  init?(_ message: Message) {
    guard let seq = message.seq else { return nil }
    (eventID, self.seq, timestamp) = (message.eventID, seq, message.timestamp)
    let body = message.body?.members
    let texts = body?["acks"]?.texts
    let ids = texts?.compactMap(Bytes32.init(hex:))
    acks = ids?.count == texts?.count ? ids : nil
    let said = body?["operator"]?.members
    operatorPK = said?["pk"]?.text.flatMap(Bytes32.init(hex:))
    operatorSignature = said?["sig"]?.text
  }
}

/// How a proposer took a proposal back before deciding it.
package struct Closing: Equatable, Sendable {
  package enum Reason: Sendable {
    /// An `incident` with code `silence`.
    case reverted
    /// A `correction` with `withdraw`.
    case withdrawn
  }

  package let seq: Int
  package let eventID: Bytes32
  package let reason: Reason
}

/// Where a proposal stands; the first that applies, in the order of PROTOCOL.md, "Status".
package enum ProposalStatus: String, Sendable {
  case ratified
  case reverted
  case withdrawn
  case declined
  case countered
  case escalated
  case acked
  case open
  /// It names a decision or a countered proposal that is not held yet.
  case pending

  /// Whether anybody still has to do something.
  package var isSettled: Bool {
    switch self {
    case .open, .acked, .pending, .escalated: false
    case .ratified, .reverted, .withdrawn, .declined, .countered: true
    }
  }
}
