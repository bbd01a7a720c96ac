import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("Effects hold in the one order that every reader finds")
struct EffectHistoryTests {
  @Test("each effect changes its table", arguments: Change.allCases)
  func change(_ change: Change) throws {
    var wire = try TestWire(["ada", "bob", "cyd"], domains: ["docs": "bob"])
    try wire.join()
    let (effects, owners) = try change.effects(wire)
    try wire.agree(by: "ada", with: owners, effects: effects)
    #expect(change.holds(wire.state.history.current))
  }

  enum Change: CaseIterable {
    case setDomain
    case newDomain
    case removeDomain
    case setTier
    case addMember
    case removeMember

    func effects(_ wire: TestWire) throws -> (JSONValue, [Handle]) {
      switch self {
      case .setDomain: (TestEffects.domain("docs", to: "cyd"), ["bob", "cyd"])
      case .newDomain: (TestEffects.domain("ops", to: "cyd"), ["bob", "cyd"])
      case .removeDomain: (TestEffects.domain("docs", to: nil), ["bob", "cyd"])
      case .setTier: (TestEffects.tier(seconds: 45), ["bob", "cyd"])
      case .addMember: (TestEffects.add("eve", pk: try TestKey("eve").pk), ["bob", "cyd"])
      case .removeMember:
        (TestEffects.remove("cyd", seq: 1, id: wire.ids(of: "cyd")[0]), ["bob"])
      }
    }

    func holds(_ tables: Tables) -> Bool {
      switch self {
      case .setDomain: tables.domains["docs"]?.owner == "cyd"
      case .newDomain: tables.domains["ops"]?.owner == "cyd"
      case .removeDomain: tables.domains["docs"] == nil
      case .setTier: tables.tiers["T1_active"]?.cadenceSeconds == 45
      case .addMember: tables.members == ["ada", "bob", "cyd", "eve"]
      case .removeMember: tables.members == ["ada", "bob"]
      }
    }
  }

  @Test("a decision that does not count has no effect")
  func notCounting() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    try wire.agree(by: "ada", with: ["bob"], effects: TestEffects.tier(seconds: 45))
    #expect(wire.state.history.current == Tables(wire.genesis))
    #expect(wire.state.history.frontier.isEmpty)
  }

  @Test("of two that did not know each other the lowest id holds, whatever the order of folding")
  func concurrent() throws {
    var wire = try TestWire()
    try wire.join()
    let one = try wire.agree(by: "ada", with: ["bob"], effects: TestEffects.tier(seconds: 40))
    let two = try wire.agree(by: "bob", with: ["ada"], effects: TestEffects.tier(seconds: 50))
    let lowest = one.proposal < two.proposal ? 40 : 50
    for order in [["ada", "bob"], ["bob", "ada"]] as [[Handle]] {
      var state = WireState(wire.genesis)
      for handle in order { for message in wire.messages(of: handle) { _ = state.fold(message) } }
      #expect(state.history.current.tiers["T1_active"]?.cadenceSeconds == lowest)
      #expect(state.history.frontier == [one.decision, two.decision].sorted())
    }
  }

  @Test("a later one that names both settles it", arguments: 0..<4)
  func settled(_ nonce: Int) throws {
    var wire = try TestWire(nonce: UInt8(nonce))
    try wire.join()
    let one = try wire.agree(by: "ada", with: ["bob"], effects: TestEffects.tier(seconds: 40))
    let two = try wire.agree(by: "bob", with: ["ada"], effects: TestEffects.tier(seconds: 50))
    let after = [one.decision, two.decision].sorted()
    try wire.agree(by: "ada", with: ["bob"], effects: TestEffects.tier(seconds: 60), after: after)
    #expect(wire.state.history.current.tiers["T1_active"]?.cadenceSeconds == 60)
  }

  @Test("one that names only one of two competes with the other", arguments: 0..<4)
  func halfSettled(_ nonce: Int) throws {
    var wire = try TestWire(nonce: UInt8(nonce))
    try wire.join()
    let one = try wire.agree(by: "ada", with: ["bob"], effects: TestEffects.tier(seconds: 40))
    let two = try wire.agree(by: "bob", with: ["ada"], effects: TestEffects.tier(seconds: 50))
    let last = try wire.agree(
      by: "ada", with: ["bob"], effects: TestEffects.tier(seconds: 60), after: [one.decision])
    let expected = last.proposal < two.proposal ? 60 : 50
    #expect(wire.state.history.current.tiers["T1_active"]?.cadenceSeconds == expected)
  }

  @Test("a proposer who knew of a change asks the owners after it")
  func ownersAfter() throws {
    var wire = try TestWire(["ada", "bob", "cyd"], domains: ["docs": "bob"])
    try wire.join()
    let (_, decision) = try wire.agree(
      by: "ada", with: ["bob", "cyd"], effects: TestEffects.domain("docs", to: "cyd"))
    let before = try wire.propose(by: "ada", domains: ["docs"])
    let after = try wire.propose(by: "ada", domains: ["docs"], after: [decision])
    #expect(wire.state.owners(of: before) == ["bob"])
    #expect(wire.state.owners(of: after) == ["cyd"])
  }

  @Test("the closure goes on through the decisions that a decision knew")
  func closure() throws {
    var wire = try TestWire(["ada", "bob", "cyd"], domains: ["docs": "bob"])
    try wire.join()
    let first = try wire.agree(
      by: "ada", with: ["bob", "cyd"], effects: TestEffects.domain("docs", to: "cyd"))
    let second = try wire.agree(
      by: "bob", with: ["ada", "cyd"], effects: TestEffects.tier(seconds: 40),
      after: [first.decision])
    let id = try wire.propose(by: "ada", domains: ["docs"], after: [second.decision])
    #expect(wire.state.owners(of: id) == ["cyd"])
  }

  @Test("a decision that does not count is no part of a closure, nor what only it names")
  func closureThroughVoid() throws {
    var wire = try TestWire(["ada", "bob", "cyd"], domains: ["docs": "bob"])
    try wire.join()
    let first = try wire.agree(
      by: "ada", with: ["bob", "cyd"], effects: TestEffects.domain("docs", to: "cyd"))
    let void = try wire.agree(
      by: "bob", with: [], effects: TestEffects.tier(seconds: 40), after: [first.decision])
    let id = try wire.propose(by: "ada", domains: ["docs"], after: [void.decision])
    let both = [first.decision, void.decision].sorted()
    let other = try wire.propose(by: "ada", domains: ["docs"], after: both)
    #expect(wire.state.owners(of: id) == ["bob"])
    #expect(wire.state.owners(of: other) == ["cyd"])
  }

  @Test("a new member is asked by those who knew of it, and proposes as one")
  func newMember() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.admit("eve")
    let pk = try TestKey("eve/1").pk
    let (_, decision) = try wire.agree(
      by: "ada", with: ["bob"], effects: TestEffects.add("eve", pk: pk))
    try wire.card(by: "eve")
    let unaware = try wire.propose(by: "bob")
    let aware = try wire.propose(by: "bob", after: [decision])
    let own = try wire.agree(by: "eve", with: ["ada", "bob"], after: [decision])
    #expect(wire.state.owners(of: unaware) == ["ada"])
    #expect(wire.state.owners(of: aware) == ["ada", "eve"])
    #expect(wire.state.status(of: own.proposal) == .ratified)
  }
}
