import Identity
package import WireFormat

/// The state that the verified lines of a wire add up to.
///
/// A fold: total, deterministic, and the same for every interleaving that keeps each chain's own
/// order, because each fact is stored under the ids that it cites, held or not, and of one writer's
/// facts on one thing the first in its chain counts. No clock and no private trust enter.
package struct WireState: Sendable {
  /// A member's newest card, and what its first one carried.
  package struct CardRecord: Sendable {
    package let seq: Int
    package let pk: Bytes32
    package let card: JSONObject
    /// Of seq 1 only; what the inviter checks.
    package let inviteProof: Bytes32?
  }

  package let genesis: Genesis
  package private(set) var proposals: [Bytes32: Proposal] = [:]
  /// By proposal, then by author: each author's first.
  package private(set) var answers: [Bytes32: ByAuthor<Answer>] = [:]
  package private(set) var decisions: [Bytes32: ByAuthor<Decision>] = [:]
  package private(set) var closings: [Bytes32: ByAuthor<Closing>] = [:]
  /// The proposal of each decision message.
  private(set) var decided: [Bytes32: Bytes32] = [:]
  package private(set) var firstCards: [Handle: CardRecord] = [:]
  package private(set) var newestCards: [Handle: CardRecord] = [:]
  /// The founder's word for a member's first key; the first word stands.
  package private(set) var introductions: [Handle: Bytes32] = [:]
  /// Where in the founder's chain that word stands.
  package private(set) var introducedAt: [Handle: Int] = [:]
  /// The members who said that they leave.
  package internal(set) var departures: [Handle: Departure] = [:]
  package private(set) var claims = ClaimBook()
  package private(set) var incidents: IncidentTable
  /// Only those that ask for an answer.
  package private(set) var requests: [Bytes32: Request] = [:]

  package init(_ genesis: Genesis) {
    self.genesis = genesis
    incidents = IncidentTable(operatorKey: genesis.operatorKey)
  }

  /// The types whose lines can change the state; readers need keep no others.
  package static let foldedTypes: [MessageType] = [
    .agentCard, .introduce, .keyAdd, .proposal, .ack, .decline, .decision, .incident, .correction,
    .leave, .claim, .release, .shutdown, .wakeup,
  ]

  /// The types whose lines change the state where they ask for an ack.
  package static let foldedAskingTypes: [MessageType] = [.request]

  /// Takes one line that stands in its chain.
  package mutating func fold(_ message: Message) -> Outcome {
    guard !isBehindLeave(message) else { return .refused(.afterLeave) }
    switch message.type.known {
    case .proposal: return foldProposal(message)
    case .ack: return foldAnswer(message, .ack)
    case .decline: return foldAnswer(message, .decline)
    case .decision: return foldDecision(message)
    case .incident: return foldIncident(message)
    case .shutdown: return incidents.foldShutdown(message)
    case .wakeup: return incidents.foldWakeup(message)
    case .request: return foldRequest(message)
    case .correction:
      guard message.re != nil else { return .refused(.correctionWithoutRe) }
      guard message.body?.members?["withdraw"]?.flag == true else { return .ignored }
      return foldClosing(message, .withdrawn)
    case .agentCard: return foldCard(message)
    case .introduce: return foldIntroduction(message)
    case .leave: return foldLeave(message)
    case .claim: return claims.foldClaim(message)
    case .release: return claims.foldRelease(message)
    default: return .ignored
    }
  }

  private mutating func foldProposal(_ message: Message) -> Outcome {
    let (read, reason) = Proposal.read(message)
    guard let proposal = read else { return .refused(reason ?? .outsideChain) }
    proposals[proposal.eventID] = proposal
    if proposal.re != nil { _ = foldAnswer(message, .counter) }
    return .folded
  }

  private mutating func foldAnswer(_ message: Message, _ verdict: Answer.Verdict) -> Outcome {
    guard let re = message.re else { return .refused(.answerWithoutRe) }
    guard let answer = Answer(message, verdict) else { return .refused(.outsideChain) }
    if Mutant.on(.answerByThread) {
      for id in proposals.keys where proposals[id]?.correlationID == message.correlationID {
        answers[id, default: [:]][message.from] = answer
      }
    }
    let outcome = Self.keepFirst(
      answer, at: answer.seq, of: \.seq, in: &answers[re, default: [:]], by: message,
      not: .lastAnswer)
    if verdict == .ack, answers[re]?[message.from]?.verdict != .ack {
      incidents.foldLaterAck(message)
    }
    return outcome
  }

  private mutating func foldIncident(_ message: Message) -> Outcome {
    let outcome = incidents.foldIncident(message)
    let isRevert = message.body?.members?["code"]?.text == Incident.Code.silence
    return isRevert && message.re != nil ? foldClosing(message, .reverted) : outcome
  }

  private mutating func foldRequest(_ message: Message) -> Outcome {
    guard message.ackRequired else { return .ignored }
    guard let request = Request(message) else { return .refused(.outsideChain) }
    requests[request.eventID] = request
    return .folded
  }

  private mutating func foldDecision(_ message: Message) -> Outcome {
    guard let re = message.re else { return .refused(.decisionWithoutRe) }
    decided[message.eventID] = re
    guard let decision = Decision(message) else { return .refused(.outsideChain) }
    let outcome = Self.keepFirst(
      decision, at: decision.seq, of: \.seq, in: &decisions[re, default: [:]], by: message,
      not: .lastDecision)
    return decision.acks == nil ? .refused(.decisionWithoutAcks) : outcome
  }

  private mutating func foldClosing(_ message: Message, _ reason: Closing.Reason) -> Outcome {
    guard let re = message.re else { return .ignored }
    guard let seq = message.seq else { return .refused(.outsideChain) }
    let closing = Closing(seq: seq, eventID: message.eventID, reason: reason)
    return Self.keepFirst(closing, at: seq, of: \.seq, in: &closings[re, default: [:]], by: message)
  }

  private static func keepFirst<Fact>(
    _ fact: Fact, at seq: Int, of place: (Fact) -> Int, in table: inout ByAuthor<Fact>,
    by message: Message, not mutant: Mutant? = nil
  ) -> Outcome {
    if let held = table[message.from], place(held) <= seq, !(mutant.map(Mutant.on) ?? false) {
      return .repeated
    }
    table[message.from] = fact
    return .folded
  }

  private mutating func foldCard(_ message: Message) -> Outcome {
    guard let seq = message.seq else { return .refused(.outsideChain) }
    guard let body = message.body?.members, let card = body["card"]?.members,
      (try? Card.check(card, handle: message.from, pk: message.pk)) != nil
    else { return .refused(.cardInvalid) }
    let proof = seq == 1 ? body["invite_proof"]?.text.flatMap(Bytes32.init(hex:)) : nil
    let record = CardRecord(seq: seq, pk: message.pk, card: card, inviteProof: proof)
    if seq == 1 { firstCards[message.from] = record }
    if newestCards[message.from].map({ $0.seq < seq }) ?? true {
      newestCards[message.from] = record
    }
    return .folded
  }

  private mutating func foldIntroduction(_ message: Message) -> Outcome {
    guard message.from == genesis.founder || Mutant.on(.anyoneIntroduces) else {
      return .refused(.introduceNotByFounder)
    }
    guard let body = message.body?.members,
      let handle = body["handle"]?.text.flatMap({ Handle($0) }),
      let pk = body["pk"]?.text.flatMap(Bytes32.init(hex:))
    else { return .refused(.introduceMalformed) }
    guard introductions[handle] == nil else { return .repeated }
    (introductions[handle], introducedAt[handle]) = (pk, message.seq)
    return .folded
  }
}
