import Identity
import Protocol
package import WireFormat

extension TestWire {
  /// The first line of a chain, or a newer card of it.
  @discardableResult
  package mutating func card(
    by handle: Handle, name: String = "Test", inviteSecret: Bytes32? = nil,
    sealKey: Bytes32 = .unheld("seal"), change: (inout JSONObject) -> Void = { _ in }
  ) throws -> Bytes32 {
    guard let key = writers[handle]?.key else { throw TestWireError.noWriter(handle) }
    var card = Card.make(
      handle: handle, name: name, signingKey: key.signing, sealKey: sealKey, issuedAt: now)
    let proof = inviteSecret.map {
      InviteProof.make(secret: $0, wire: genesis.id, handle: handle, pk: key.pk, card: card)
    }
    change(&card)
    let body: JSONObject = [
      "card": .object(card), "invite_proof": proof.map { .string($0.hex) },
    ]
    return try write(Draft(.agentCard, subject: "card", body: .object(body)), by: handle)
  }

  /// Cards of all who may write, in the order of the genesis, and the founder's introductions.
  package mutating func join(introducing: Bool = false) throws {
    for member in genesis.members { try card(by: member.handle) }
    guard introducing else { return }
    for member in genesis.members.dropFirst() {
      try introduce(member.handle, by: genesis.founder)
    }
  }

  @discardableResult
  package mutating func introduce(
    _ newcomer: Handle, by handle: Handle, pk: Bytes32? = nil
  ) throws -> Bytes32 {
    let pk = pk ?? writers[newcomer]?.key.pk
    let body: JSONObject = ["handle": .string(newcomer.name), "pk": pk.map { .string($0.hex) }]
    return try write(Draft(.introduce, subject: "introduce", body: .object(body)), by: handle)
  }

  /// A plain line that carries no state.
  @discardableResult
  package mutating func note(
    _ text: String = "note", by handle: Handle, change: (inout JSONObject) -> Void = { _ in }
  ) throws -> Bytes32 {
    try write(
      Draft(.feedback, subject: "note", body: .string(text)), by: handle, change: change)
  }

  @discardableResult
  package mutating func propose(
    by handle: Handle, subject: Text = "proposal", domains: [Text]? = nil,
    effects: JSONValue? = nil, after: [Bytes32] = [], re: Bytes32? = nil,
    change: (inout JSONObject) -> Void = { _ in }
  ) throws -> Bytes32 {
    let body: JSONObject = [
      "text": .string("let us"), "domains": domains.map { .array($0.map { .string($0) }) },
      "effects": effects,
    ]
    let draft = Draft(.proposal, subject: subject, body: .object(body), re: re, after: after)
    return try write(draft, by: handle, change: change)
  }

  @discardableResult
  package mutating func ack(
    _ proposal: Bytes32?, by handle: Handle, until: Timestamp? = nil
  ) throws -> Bytes32 {
    let body: JSONValue = until.map { .object(["until": .string($0.string)]) } ?? .string("yes")
    return try write(Draft(.ack, subject: "ack", body: body, re: proposal), by: handle)
  }

  @discardableResult
  package mutating func decline(_ proposal: Bytes32?, by handle: Handle) throws -> Bytes32 {
    try write(
      Draft(.decline, subject: "decline", body: .string("no"), re: proposal), by: handle)
  }

  /// The proposer's commit; acks are written as given, sorted or not.
  @discardableResult
  package mutating func decide(
    _ proposal: Bytes32?, by handle: Handle, acks: [Bytes32], at time: Timestamp? = nil,
    operatorKey: TestKey? = nil
  ) throws -> Bytes32 {
    var body: JSONObject = ["acks": .strings(acks.map(\.hex))]
    if let key = operatorKey, let proposal {
      body["operator"] = .object([
        "pk": .string(key.pk.hex),
        "sig": .string(OperatorSignature.make(over: proposal, with: key.signing)),
      ])
    }
    let draft = Draft(.decision, subject: "decision", body: .object(body), re: proposal)
    return try write(draft, by: handle, at: time)
  }

  @discardableResult
  package mutating func revert(_ proposal: Bytes32?, by handle: Handle) throws -> Bytes32 {
    let body: JSONValue = .object(["code": .string("silence")])
    return try write(Draft(.incident, subject: "silence", body: body, re: proposal), by: handle)
  }

  @discardableResult
  package mutating func withdraw(_ proposal: Bytes32?, by handle: Handle) throws -> Bytes32 {
    let body: JSONValue = .object(["withdraw": .bool(true)])
    return try write(
      Draft(.correction, subject: "withdrawn", body: body, re: proposal), by: handle)
  }

  /// Says that a member leaves.
  @discardableResult
  package mutating func leave(by handle: Handle) throws -> Bytes32 {
    try write(Draft(.leave, subject: "leaving", body: .string("bye")), by: handle)
  }

  /// Announces the next key and takes it, unless its proof is bad.
  @discardableResult
  package mutating func addKey(
    _ key: TestKey, by handle: Handle, isProven: Bool = true,
    change: (inout JSONObject) -> Void = { _ in }
  ) throws -> Bytes32 {
    guard let old = writers[handle]?.key else { throw TestWireError.noWriter(handle) }
    let proof = KeyAddProof.make(
      wire: isProven ? genesis.id : .zero, handle: handle, old: old.pk, newKey: key.signing)
    let body: JSONObject = [
      "pk": .string(key.pk.hex), "proof": .string(proof),
      "seal_key": .string(Bytes32.unheld("seal").hex),
    ]
    let id = try write(
      Draft(.keyAdd, subject: "key", body: .object(body)), by: handle, change: change)
    if isProven { switchKey(of: handle, to: key) }
    return id
  }

  /// A proposal that all these agree to, decided at once; gives proposal and decision.
  @discardableResult
  package mutating func agree(
    by proposer: Handle, with owners: [Handle], subject: Text = "proposal",
    domains: [Text]? = nil, effects: JSONValue? = nil, after: [Bytes32] = []
  ) throws -> (proposal: Bytes32, decision: Bytes32) {
    let proposal = try propose(
      by: proposer, subject: subject, domains: domains, effects: effects, after: after)
    var acks: [Bytes32] = []
    for owner in owners { acks.append(try ack(proposal, by: owner)) }
    return (proposal, try decide(proposal, by: proposer, acks: acks.sorted()))
  }

  @discardableResult
  package mutating func incident(
    by handle: Handle, to: [Handle] = [], ackRequired: Bool = true
  ) throws -> Bytes32 {
    try write(
      Draft(
        .incident, subject: "incident", body: .string("it broke"), to: Recipients(to) ?? .everyone,
        ackRequired: ackRequired), by: handle)
  }

  @discardableResult
  package mutating func recordUnacked(_ incident: Bytes32?, by handle: Handle) throws -> Bytes32 {
    let body: JSONValue = .object(["code": .string("unacked")])
    return try write(Draft(.incident, subject: "unacked", body: body, re: incident), by: handle)
  }

  /// A wakeup, with the operator's signature over what it cites or over another id.
  @discardableResult
  package mutating func wake(
    _ line: Bytes32?, by handle: Handle, operatorKey: TestKey? = nil, signing other: Bytes32? = nil
  ) throws -> Bytes32 {
    var body: JSONObject = ["by": .string("operator")]
    if let key = operatorKey, let signed = other ?? line {
      body["operator"] = .object([
        "pk": .string(key.pk.hex),
        "sig": .string(OperatorSignature.make(over: signed, with: key.signing)),
      ])
    }
    return try write(Draft(.wakeup, subject: "resume", body: .object(body), re: line), by: handle)
  }

  @discardableResult
  package mutating func pause(by handle: Handle, to: [Handle] = []) throws -> Bytes32 {
    try write(
      Draft(.shutdown, subject: "stop", body: .string(""), to: Recipients(to) ?? .everyone),
      by: handle)
  }

  @discardableResult
  package mutating func request(by handle: Handle, to: [Handle] = []) throws -> Bytes32 {
    try write(
      Draft(
        .request, subject: "request", body: .string("please"), to: Recipients(to) ?? .everyone,
        ackRequired: true), by: handle)
  }
}
