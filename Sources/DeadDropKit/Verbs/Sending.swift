import Protocol
package import Wire
package import WireFormat

extension Session {
  /// What a person or a model says when it sends.
  package struct Outgoing: Sendable {
    package var type: MessageType
    package var subject: Text
    package var body: JSONValue
    /// Empty means everyone.
    package var to: [Handle] = []
    package var priority: Priority = .medium
    package var refs: [Text] = []
    /// An id or the beginning of one.
    package var re: String?
    /// Whether each recipient owes an answer; of a proposal its owners do in any case.
    package var ackRequired = false
    /// Whether only its recipients can read the body.
    package var isSealed = false

    package init(_ type: MessageType, subject: Text, body: JSONValue) {
      (self.type, self.subject, self.body) = (type, subject, body)
    }

    /// The body of a correction that takes a proposal back.
    package static let withdrawal: JSONObject = ["withdraw": .bool(true)]

    /// A removal is none: else a member who stops the wire again and again could not be removed.
    var isNewWork: Bool {
      let isRemoval = type == .proposal && Proposal.onlyRemoves(body)
      return Session.stateChangingTypes.contains(type) && !isRemoval
    }

    var isWithdrawal: Bool {
      type == .correction && body.members?["withdraw"] == Self.withdrawal["withdraw"]
    }
  }

  /// Types that a person may send by name; the others are written by verbs of their own.
  package static let sendableTypes: [MessageType] = [
    .ack, .correction, .decline, .feedback, .proposal, .request, .ship, .warning,
  ]

  /// Types that begin new work: none is written while something stops this agent.
  package static let stateChangingTypes: [MessageType] = [.ship, .proposal, .claim]

  /// Types that answer something and are nothing without it.
  package static let answeringTypes: [MessageType] = [.ack, .decline, .correction]

  /// Signs and stores one message; the receipt is `stored`.
  package mutating func send(_ outgoing: Outgoing) throws(KitError) -> Receipt {
    let strangers = outgoing.to.filter { log(of: $0) == nil }
    guard strangers.isEmpty else { throw .notRecipients(strangers) }
    if outgoing.type == .proposal, let flaw = Proposal.flaw(in: outgoing.body) {
      throw .proposalFlaw(flaw)
    }
    if outgoing.isNewWork { try requireNormal() }
    var draft = Draft(
      outgoing.type, subject: outgoing.subject, body: outgoing.body,
      to: Recipients(outgoing.to) ?? .everyone, priority: outgoing.priority,
      refs: outgoing.refs,
      ackRequired: outgoing.ackRequired || outgoing.type == .proposal)
    var answersSealed = false
    if let prefix = outgoing.re {
      let target = try find(prefix)
      answersSealed = target.isSealed && outgoing.body != .string("")
      try check(outgoing, on: target)
      draft.re = target.eventID
      draft.correlationID = target.correlationID
    }
    if outgoing.isSealed { try seal(&draft) }
    let history = try needsTables(outgoing) ? wireState().history : nil
    if outgoing.type == .proposal { draft.after = history?.frontier ?? [] }
    var receipt = try append(draft)
    if outgoing.type == .proposal { noteProposal(receipt.eventID) }
    if outgoing.isSealed {
      receipt.notes.append(Self.sealingNote)
    } else if answersSealed {
      receipt.notes.append(Self.unsealedNote)
    }
    receipt.notes += history.map { doubts(of: outgoing, under: $0.current) } ?? []
    return receipt
  }

  /// Most messages go to everyone and cost no look at the tables.
  private func needsTables(_ outgoing: Outgoing) -> Bool {
    outgoing.type == .proposal || !outgoing.to.isEmpty
  }

  /// What its writer may not have meant, though the message is stored.
  private func doubts(of outgoing: Outgoing, under tables: Tables) -> [String] {
    let gone = outgoing.to.filter { !tables.members.contains($0) }
      .map { "\($0) is no member any more, and will not read it" }
    // One that changes tables may speak of what it makes.
    guard outgoing.type == .proposal, outgoing.body.members?["effects"] == nil else { return gone }
    let named = outgoing.body.members?["domains"]?.texts ?? []
    return gone
      + named.filter { tables.domains[$0] == nil }
      .map { "no domain is called \($0.string): deaddrop domain list" }
  }

  /// What could not count is refused before it is signed.
  ///
  /// Any message can be acked and declined. To a proposal only its owners answer, once, until it is
  /// settled; only its proposer withdraws it.
  private mutating func check(_ outgoing: Outgoing, on target: Message) throws(KitError) {
    let id = target.eventID
    let isOwn = target.from == handle
    let isProposal = target.type.known == .proposal
    switch outgoing.type {
    case .ack, .decline, .proposal:
      if isOwn { throw .ownMessage(id) }
      if isProposal || outgoing.type == .proposal { try checkAnswer(to: id) }
    case .correction:
      if !isOwn { throw .foreignMessage(id, target.from) }
      if outgoing.isWithdrawal { _ = try unsettled(id) }
    default: break
    }
  }

  private mutating func checkAnswer(to id: Bytes32) throws(KitError) {
    let (status, owners) = try unsettled(id)
    if let answer = try wireState().answers[id]?[handle] {
      throw .answeredAlready(id, answer.verdict)
    }
    // Who owns a pending one is not known yet: the answer may count later.
    guard status == .pending || owners.contains(handle) else { throw .notAnOwner(id, owners) }
  }

  /// A proposal that can still be answered, with its owners; throws what became of any other.
  private mutating func unsettled(
    _ id: Bytes32
  ) throws(KitError) -> (status: ProposalStatus, owners: [Handle]) {
    guard let standing = try standing(of: id) else { throw .notAProposal(id) }
    guard !standing.status.isSettled else { throw .settledAlready(id, standing.status) }
    return (standing.status, standing.owners)
  }

  /// The one message whose id begins so, if this agent may see it.
  package mutating func find(_ prefix: String) throws(KitError) -> Message {
    let line = try line(prefix)
    guard isTrusted(line) else { throw .heldBack(line.handle) }
    guard let message = line.message else { throw .noSuchMessage(prefix) }
    return message
  }

  /// The one line whose id begins so, if this agent may see it.
  package mutating func line(_ prefix: String) throws(KitError) -> ShownLine {
    let found = try lines { $0.eventID.hex.hasPrefix(prefix) }
    guard let line = found.first else { throw .noSuchMessage(prefix) }
    guard found.count == 1 else { throw .severalMessages(prefix, count: found.count) }
    if isRevoked(line.handle, line.pk, seq: line.seq) { throw .behindCut(line.handle) }
    guard isVisible(line) else { throw .heldBack(line.handle) }
    return line
  }
}
