package import WireFormat

/// One comparison of codes as one of its two sides sees it: a value that says what comes next.
///
/// What was done is read from the two chains each time, so that a crash between two steps costs
/// nothing. Of each kind of step the first one counts: nobody tries again until a code fits.
package struct SASCeremony: Equatable, Sendable {
  package enum Role: String, Sendable {
    /// Promises a nonce, sees the other's, and opens the promise.
    case initiator
    /// Shows its nonce before it sees what was promised.
    case responder
  }

  /// Why no code comes of it; each ends the ceremony for good.
  package enum Abort: String, Error, Equatable, Sendable {
    /// A side writes with another key, or seals with another, than when it began.
    case keyChanged = "key_changed"
    /// The opened nonce is not what was promised.
    case promiseBroken = "promise_broken"
    /// A nonce or a promise was used in an earlier ceremony.
    case replayed
    /// The other side showed this agent's own nonce.
    case reflected
    /// The other side gave up what it had begun, and began again.
    case begunAnew = "begun_anew"
  }

  package enum Action: Equatable, Sendable {
    /// To be written to the other side, as an answer to a message of it.
    case write(SASStep.Content, re: Bytes32?)
    /// Nothing can be done before the other side has written this.
    case wait(for: MessageType)
    /// Both sides have all that the code is computed from.
    case compare(code: String)
    case abort(Abort)
  }

  package let wire: Bytes32
  /// The ceremony's name, chosen by the initiator.
  package let name: Text
  package let role: Role
  /// The two sides as they were when this one began.
  package let own: SAS.Side
  package let peer: SAS.Side
  /// This side's own nonce; the initiator's is a secret until it is opened.
  package let nonce: Bytes32
  /// The message by which it began; nil for an initiator that has not written it yet.
  package let start: Bytes32?
  package let commitment: Bytes32

  /// As initiator.
  package init(wire: Bytes32, name: Text, own: SAS.Side, peer: SAS.Side, nonce: Bytes32) {
    (self.wire, self.name, role, self.own, self.peer) = (wire, name, .initiator, own, peer)
    (self.nonce, start, commitment) = (nonce, nil, SAS.commitment(to: nonce))
  }

  /// As responder to a start; nil for any other step.
  package init?(
    answering start: SASStep, wire: Bytes32, own: SAS.Side, peer: SAS.Side, nonce: Bytes32
  ) {
    guard case .start(let commitment) = start.content, start.pk == peer.pk else { return nil }
    (self.wire, name, role, self.own, self.peer) = (wire, start.ceremony, .responder, own, peer)
    (self.nonce, self.start, self.commitment) = (nonce, start.id, commitment)
  }

  /// What comes next, by what both sides have written to each other, each in chain order.
  ///
  /// `sides` are the keys of both as the wire shows them now; `used` what earlier ceremonies showed.
  package func next(
    own ownSteps: [SASStep], peer peerSteps: [SASStep], sides: (own: SAS.Side, peer: SAS.Side),
    used: Set<Bytes32>
  ) -> Action {
    guard sides.own == own, sides.peer == peer else { return .abort(.keyChanged) }
    let mine = ownSteps.filter { $0.ceremony == name && $0.pk == own.pk }
    let theirs = peerSteps.filter { $0.ceremony == name && $0.pk == peer.pk }
    return switch role {
    case .initiator: initiate(mine, theirs, used)
    case .responder: respond(mine, theirs, used)
    }
  }

  private func initiate(_ mine: [SASStep], _ theirs: [SASStep], _ used: Set<Bytes32>) -> Action {
    guard let start = mine.first(where: { $0.content == .start(commitment: commitment) }) else {
      return .write(.start(commitment: commitment), re: nil)
    }
    let answer = theirs.first { $0.re == start.id && $0.content.type == .sasNonce }
    guard let answer, case .nonce(let other) = answer.content else { return .wait(for: .sasNonce) }
    if other == nonce || SAS.commitment(to: other) == commitment { return .abort(.reflected) }
    if used.contains(other) { return .abort(.replayed) }
    guard mine.contains(where: { $0.re == answer.id && $0.content == .open(nonce) }) else {
      return .write(.open(nonce), re: answer.id)
    }
    return .compare(code: code(other))
  }

  private func respond(_ mine: [SASStep], _ theirs: [SASStep], _ used: Set<Bytes32>) -> Action {
    if used.contains(commitment) { return .abort(.replayed) }
    guard let answer = mine.first(where: { $0.re == start && $0.content == .nonce(nonce) }) else {
      return .write(.nonce(nonce), re: start)
    }
    let opening = theirs.first { $0.re == answer.id && $0.content.type == .sasOpen }
    guard let opening, case .open(let other) = opening.content else { return .wait(for: .sasOpen) }
    if SAS.commitment(to: other) != commitment { return .abort(.promiseBroken) }
    if other == nonce { return .abort(.reflected) }
    if used.contains(other) { return .abort(.replayed) }
    return .compare(code: code(other))
  }

  private func code(_ other: Bytes32) -> String {
    let isInitiator = role == .initiator
    return SAS.code(
      of: SAS.Transcript(
        wire: wire, ceremony: name, initiator: isInitiator ? own : peer,
        responder: isInitiator ? peer : own, commitment: commitment,
        initiatorNonce: isInitiator ? nonce : other, responderNonce: isInitiator ? other : nonce))
  }
}

extension SASCeremony.Abort: CustomStringConvertible {
  package var description: String {
    switch self {
    case .keyChanged: "a key was changed meanwhile"
    case .promiseBroken: "the other side opened another nonce than it had promised"
    case .replayed: "the other side used values of an earlier ceremony"
    case .reflected: "the other side showed this agent's own nonce"
    case .begunAnew: "the other side began anew; no code of before counts"
    }
  }
}

extension SASCeremony {
  /// The ceremony as private state keeps it.
  package var object: JSONObject {
    [
      "wire": .string(wire.hex), "name": .string(name), "role": .string(role.rawValue),
      "own": .object(own.object), "peer": .object(peer.object), "nonce": .string(nonce.hex),
      "start": start.map { .string($0.hex) }, "commitment": .string(commitment.hex),
    ]
  }

  package init?(_ object: JSONObject) {
    func value(_ key: Text) -> Bytes32? { object[key]?.text.flatMap(Bytes32.init(hex:)) }
    guard let wire = value("wire"), let name = object["name"]?.text,
      let role = object["role"]?.text.flatMap({ Role(rawValue: $0.string) }),
      let own = object["own"]?.members.flatMap({ SAS.Side($0) }),
      let peer = object["peer"]?.members.flatMap({ SAS.Side($0) }),
      let nonce = value("nonce"), let commitment = value("commitment"),
      role == .initiator ? object["start"] == nil : value("start") != nil
    else { return nil }
    (self.wire, self.name, self.role, self.own, self.peer) = (wire, name, role, own, peer)
    (self.nonce, start, self.commitment) = (nonce, value("start"), commitment)
  }
}

extension SAS.Side {
  fileprivate var object: JSONObject {
    ["handle": .string(handle.name), "pk": .string(pk.hex), "seal_key": .string(sealKey.hex)]
  }

  fileprivate init?(_ object: JSONObject) {
    guard let handle = object["handle"]?.text.flatMap({ Handle($0) }),
      let pk = object["pk"]?.text.flatMap(Bytes32.init(hex:)),
      let sealKey = object["seal_key"]?.text.flatMap(Bytes32.init(hex:))
    else { return nil }
    self.init(handle: handle, pk: pk, sealKey: sealKey)
  }
}
