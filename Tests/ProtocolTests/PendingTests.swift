import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("What cites a line that is not held waits for it")
struct PendingTests {
  /// Folds the chains of these alone, in this order.
  private func state(of wire: TestWire, _ handles: [Handle]) -> WireState {
    var state = WireState(wire.genesis)
    for handle in handles {
      for message in wire.messages(of: handle) { _ = state.fold(message) }
    }
    return state
  }

  @Test("answers and decisions that come before their proposal count when it comes")
  func answersFirst() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let (id, _) = try wire.agree(by: "ada", with: ["bob", "cyd"])
    let early = state(of: wire, ["cyd", "bob"])
    #expect(early.status(of: id) == nil)
    #expect(state(of: wire, ["cyd", "bob", "ada"]).status(of: id) == .ratified)
  }

  @Test("a decision that comes before its acks counts when they come")
  func decisionFirst() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let (id, _) = try wire.agree(by: "ada", with: ["bob", "cyd"])
    #expect(state(of: wire, ["ada"]).status(of: id) == .open)
    #expect(state(of: wire, ["ada", "bob"]).status(of: id) == .open)
    #expect(state(of: wire, ["ada", "bob", "cyd"]).status(of: id) == .ratified)
  }

  @Test(
    "an end behind a decision whose acks are not held says nothing yet",
    arguments: [nil, TestEffects.domain("docs", to: "bob")])
  func endBehindDecision(effects: JSONValue?) throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let (id, _) = try wire.agree(by: "ada", with: ["bob", "cyd"], effects: effects)
    try wire.revert(id, by: "ada")
    #expect(state(of: wire, ["ada"]).status(of: id) == .pending)
    #expect(state(of: wire, ["ada", "bob"]).status(of: id) == .pending)
    #expect(state(of: wire, ["ada", "bob", "cyd"]).status(of: id) == .ratified)
  }

  @Test("a proposal whose after is not held is pending")
  func after() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let (_, change) = try wire.agree(
      by: "ada", with: ["bob", "cyd"], effects: TestEffects.domain("docs", to: "bob"))
    let id = try wire.propose(by: "cyd", domains: ["docs"], after: [change])
    #expect(state(of: wire, ["bob", "cyd"]).status(of: id) == .pending)
    #expect(state(of: wire, ["bob", "cyd"]).owners(of: id) == nil)
    #expect(state(of: wire, ["bob", "cyd", "ada"]).status(of: id) == .open)
    #expect(state(of: wire, ["bob", "cyd", "ada"]).owners(of: id) == ["bob"])
  }

  @Test("a proposal whose closure reaches what is not held is pending")
  func deepAfter() throws {
    var wire = try TestWire(["ada", "bob", "cyd", "dan"], domains: ["docs": "dan"])
    try wire.join()
    let first = try wire.agree(
      by: "ada", with: ["bob", "cyd", "dan"], effects: TestEffects.domain("docs", to: "bob"))
    let second = try wire.agree(
      by: "bob", with: ["ada", "cyd", "dan"], effects: TestEffects.tier(seconds: 40),
      after: [first.decision])
    let (id, _) = try wire.agree(
      by: "cyd", with: ["dan"], domains: ["docs"], after: [second.decision])
    // By the whole closure bob owns docs, so dan's ack is worth nothing.
    #expect(wire.state.status(of: id) == .open)
    #expect(state(of: wire, ["bob", "cyd", "dan"]).status(of: id) == .pending)
  }

  @Test("a counter of a proposal that is not held is pending, and declined all the same")
  func counter() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let id = try wire.propose(by: "ada")
    let counter = try wire.propose(by: "bob", re: id)
    #expect(state(of: wire, ["bob"]).status(of: counter) == .pending)
    #expect(state(of: wire, ["bob", "ada"]).status(of: counter) == .open)
    try wire.decline(counter, by: "cyd")
    #expect(state(of: wire, ["bob", "cyd"]).status(of: counter) == .declined)
  }

  @Test("a pending counter is not ratified, not even by the operator")
  func pendingCounter() throws {
    var wire = try TestWire(hasOperator: true)
    try wire.join()
    let counter = try wire.propose(by: "bob", re: .unheld("x"))
    let ack = try wire.ack(counter, by: "ada")
    try wire.decide(counter, by: "bob", acks: [ack], operatorKey: wire.operatorKey)
    #expect(wire.state.status(of: counter) == .pending)
  }

  @Test("a counter of what is no proposal stays pending, and can be withdrawn")
  func counterOfNone() throws {
    var wire = try TestWire()
    try wire.join()
    let counter = try wire.propose(by: "bob", re: try wire.note(by: "ada"))
    #expect(wire.state.status(of: counter) == .pending)
    try wire.withdraw(counter, by: "bob")
    #expect(wire.state.status(of: counter) == .withdrawn)
  }

  @Test("an after that names another line than a decision is pending")
  func afterOfNone() throws {
    var wire = try TestWire()
    try wire.join()
    let note = try wire.note(by: "ada")
    let id = try wire.propose(by: "bob", after: [note])
    try wire.decline(id, by: "ada")
    #expect(wire.state.status(of: id) == .pending)
  }

  @Test("an ack of what never comes is folded and does nothing")
  func ackOfNothing() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.ack(.unheld("x"), by: "bob")
    #expect(wire.lastOutcome(of: "bob") == .folded)
    #expect(wire.state.ratifiedIDs.isEmpty)
  }
}
