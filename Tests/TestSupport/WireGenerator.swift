import Protocol
import WireFormat

/// Makes a plausible wire of two to four agents: every kind of proposal in every state, concurrent
/// effects, members who come and go, keys that change.
package struct WireGenerator {
  package private(set) var wire: TestWire
  private var random: RandomSource
  private var state: WireState
  private var proposals: [Bytes32] = []
  private var effectDecisions: [Bytes32] = []
  private var claims: [Bytes32] = []
  /// Incidents, records of them, pauses and requests: what is acked and lifted.
  private var troubles: [Bytes32] = []
  private var newcomers = 0
  private var keyCount = 1

  private static let names: [Handle] = ["ada", "bob", "cyd", "dan"]
  private static let domains: [Text] = ["docs", "code", "ops"]

  package static func wire(_ random: RandomSource, steps: Int = 34) throws -> TestWire {
    var generator = try WireGenerator(random)
    for _ in 0..<steps { try generator.step() }
    return generator.wire
  }

  private init(_ random: RandomSource) throws {
    self.random = random
    let members = Array(Self.names.prefix(2 + self.random.below(3)))
    var domains: [Text: Handle] = [:]
    for domain in Self.domains where !self.random.once(in: 4) {
      domains[domain] = self.random.pick(members)
    }
    wire = try TestWire(members, domains: domains, hasOperator: self.random.once(in: 2))
    state = WireState(wire.genesis)
    try wire.join(introducing: self.random.once(in: 2))
    state = wire.state
  }

  private mutating func step() throws {
    let handle = random.pick(wire.handles)
    switch random.below(26) {
    case 0...3: try propose(by: handle)
    case 4...6: try answer(by: handle)
    case 7...11: try settle()
    case 12: try close(by: handle)
    case 13: try rotate(handle)
    case 14: try wire.card(by: handle, name: "Card \(random.below(100))")
    case 15...18: try contend(handle)
    case 19...24: try trouble(by: handle)
    default:
      if random.once(in: 6) { try wire.leave(by: handle) } else { try wire.note(by: handle) }
    }
    refold(handle)
  }

  /// Folds what is new; folding a line twice changes nothing.
  private mutating func refold(_ handle: Handle) {
    for message in wire.messages(of: handle).suffix(1) { _ = state.fold(message) }
  }

  @discardableResult
  private mutating func propose(by handle: Handle, re: Bytes32? = nil) throws -> Bytes32 {
    let after = !random.once(in: 3) ? effectDecisions : random.some(of: effectDecisions)
    let domains = random.once(in: 3) ? nil : random.some(of: Self.domains + ["nowhere"])
    let id = try wire.propose(
      by: handle, domains: domains, effects: random.once(in: 3) ? nil : try effects(by: handle),
      after: random.once(in: 6) ? [] : after, re: re)
    proposals.append(id)
    refold(handle)
    return id
  }

  private mutating func effects(by handle: Handle) throws -> JSONValue {
    let members = Array(Self.names.prefix(4))
    switch random.below(5) {
    case 0: return TestEffects.tier(seconds: 10 + random.below(500))
    case 1 where newcomers < 2:
      newcomers += 1
      let newcomer: Handle = newcomers == 1 ? "eve" : "fay"
      return TestEffects.add(newcomer, pk: try TestKey("\(newcomer)/1").pk)
    case 2:
      let leaver = random.pick(wire.handles)
      let ids = wire.ids(of: leaver)
      let seq = ids.isEmpty ? 0 : 1 + random.below(ids.count)
      return TestEffects.remove(leaver, seq: seq, id: seq == 0 ? .zero : ids[seq - 1])
    default:
      let owner = random.once(in: 5) ? nil : random.pick(members)
      return TestEffects.domain(random.pick(Self.domains), to: owner)
    }
  }

  private mutating func answer(by handle: Handle) throws {
    guard !proposals.isEmpty else { return }
    let proposal = random.pick(proposals.suffix(4))
    switch random.below(8) {
    case 0...1: try wire.decline(proposal, by: handle)
    case 2...3: try propose(by: handle, re: proposal)
    case 4: try wire.ack(proposal, by: handle, until: wire.now.adding(seconds: 2))
    default: try wire.ack(proposal, by: handle)
    }
    refold(handle)
  }

  /// Lets the owners of an open proposal agree, as a rule, and the proposer decide it, often
  /// rightly.
  private mutating func settle() throws {
    let undecided = proposals.filter { state.decisions[$0] == nil && state.closings[$0] == nil }
    let open = undecided.compactMap { state.proposals[$0] }
    guard !open.isEmpty else { return }
    let proposal = random.pick(open.suffix(4))
    if random.once(in: 10) { wire.pass(seconds: 8 * 86_400) }
    for owner in state.owners(of: proposal, under: state.history) ?? wire.handles
    where !random.once(in: 20) && wire.writers[owner] != nil {
      try wire.ack(proposal.eventID, by: owner)
      refold(owner)
    }
    let history = state.history
    let owners = state.owners(of: proposal, under: history) ?? []
    let answers = state.ownAnswers(to: proposal, by: owners, under: history)
    var acks = answers.values.map(\.eventID).sorted()
    if state.status(of: proposal, under: history) == .escalated { acks = [] }
    if random.once(in: 16) { acks.append(random.pick(proposals)) }
    if random.once(in: 16), !acks.isEmpty { acks.removeLast() }
    let writer = random.once(in: 12) ? random.pick(wire.handles) : proposal.proposer
    let decision = try wire.decide(
      proposal.eventID, by: writer, acks: acks,
      operatorKey: random.once(in: 2) ? wire.operatorKey : nil)
    refold(writer)
    guard let effects = proposal.effects else { return }
    effectDecisions = (effectDecisions + [decision]).sorted()
    for (handle, change) in effects.members {
      if case .add = change, wire.writers[handle] == nil {
        try wire.admit(handle)
        try wire.card(by: handle)
        refold(handle)
      }
    }
  }

  private mutating func close(by handle: Handle) throws {
    guard !proposals.isEmpty else { return }
    let proposal = random.pick(proposals)
    let author =
      random.once(in: 4) ? handle : state.proposals[proposal]?.proposer ?? handle
    if random.once(in: 2) {
      try wire.revert(proposal, by: author)
    } else {
      try wire.withdraw(proposal, by: author)
    }
    refold(author)
  }

  /// Claims, renews, takes over or releases, with heads that are true, old or a lie.
  private mutating func contend(_ handle: Handle) throws {
    if !claims.isEmpty, random.once(in: 3) {
      try wire.release(random.pick(claims.suffix(5)), by: handle)
    } else {
      let re = claims.isEmpty || random.once(in: 2) ? nil : random.pick(claims.suffix(5))
      let heads = wire.heads.compactMapValues { seq in
        random.once(in: 6) ? 99 : random.once(in: 4) ? nil : seq - random.below(2)
      }
      let patterns = random.some(of: ["a/**", "a/b", "*/b", "c"]) + ["a"]
      if random.once(in: 3) { wire.pass(seconds: Int64(random.below(800))) }
      claims.append(
        try wire.claim(
          Array(patterns.prefix(2)), by: handle, seconds: 1 + random.below(200), heads: heads,
          re: re))
    }
    refold(handle)
  }

  private mutating func trouble(by handle: Handle) throws {
    let to = random.once(in: 3) ? [] : random.some(of: wire.handles)
    guard let cited = troubles.isEmpty ? nil : random.pick(troubles) else {
      troubles.append(try wire.incident(by: handle, to: to))
      return
    }
    switch random.below(10) {
    case 0...1:
      troubles.append(
        try wire.incident(by: handle, to: to, ackRequired: !random.once(in: 5)))
    case 2: troubles.append(try wire.request(by: handle, to: to))
    case 3: troubles.append(try wire.pause(by: handle, to: to))
    case 4...5: troubles.append(try wire.recordUnacked(cited, by: handle))
    case 6: try wire.decline(cited, by: handle)
    case 7...8: try wire.ack(cited, by: handle)
    default:
      let key = random.once(in: 3) ? nil : wire.operatorKey
      try wire.wake(
        cited, by: handle, operatorKey: key, signing: random.once(in: 4) ? .zero : nil)
    }
  }

  private mutating func rotate(_ handle: Handle) throws {
    keyCount += 1
    let isProven = !random.once(in: 4)
    try wire.addKey(try TestKey("\(handle)/\(keyCount)"), by: handle, isProven: isProven)
    if isProven { try wire.card(by: handle) }
  }
}
