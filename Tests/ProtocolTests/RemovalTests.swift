import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("A removed member's lines count up to the cut")
struct RemovalTests {
  /// Three members; ada and bob remove cyd behind the line of that index.
  private func remove(
    _ wire: inout TestWire, behind index: Int, by proposer: Handle = "ada"
  ) throws -> Bytes32 {
    let id = wire.ids(of: "cyd")[index]
    let other: Handle = proposer == "ada" ? "bob" : "ada"
    return try wire.agree(
      by: proposer, with: [other], effects: TestEffects.remove("cyd", seq: index + 1, id: id)
    ).decision
  }

  private func three() throws -> TestWire {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    return wire
  }

  @Test("an ack up to the cut counts, one behind it does not", arguments: [true, false])
  func ack(isBefore: Bool) throws {
    var wire = try three()
    let id = try wire.propose(by: "ada")
    let acks = [try wire.ack(id, by: "cyd"), try wire.ack(id, by: "bob")].sorted()
    _ = try remove(&wire, behind: isBefore ? 1 : 0)
    try wire.decide(id, by: "ada", acks: acks)
    #expect(wire.state.status(of: id) == (isBefore ? .ratified : .open))
  }

  @Test("a decision up to the cut counts, one behind it does not", arguments: [true, false])
  func decision(isBefore: Bool) throws {
    var wire = try three()
    let (id, _) = try wire.agree(by: "cyd", with: ["ada", "bob"])
    _ = try remove(&wire, behind: isBefore ? 2 : 1)
    #expect(wire.state.status(of: id) == (isBefore ? .ratified : .acked))
  }

  @Test("a revert behind the cut reverts nothing")
  func closing() throws {
    var wire = try three()
    let id = try wire.propose(by: "cyd")
    try wire.revert(id, by: "cyd")
    _ = try remove(&wire, behind: 1)
    #expect(wire.state.status(of: id) == .open)
  }

  @Test("a decline behind the cut declines nothing")
  func decline() throws {
    var wire = try three()
    let id = try wire.propose(by: "ada")
    try wire.decline(id, by: "cyd")
    _ = try remove(&wire, behind: 0)
    #expect(wire.state.status(of: id) == .open)
  }

  @Test("a proposal behind the cut is never ratified")
  func proposal() throws {
    var wire = try three()
    let id = try wire.propose(by: "cyd")
    let acks = [try wire.ack(id, by: "ada"), try wire.ack(id, by: "bob")].sorted()
    try wire.decide(id, by: "cyd", acks: acks)
    #expect(wire.state.status(of: id) == .ratified)
    _ = try remove(&wire, behind: 0)
    #expect(wire.state.status(of: id) != .ratified)
  }

  @Test("a counter behind the cut counters nothing")
  func counter() throws {
    var wire = try three()
    let id = try wire.propose(by: "ada")
    try wire.propose(by: "cyd", re: id)
    _ = try remove(&wire, behind: 0)
    #expect(wire.state.status(of: id) == .open)
  }

  @Test("who knew of the removal asks the rest alone")
  func owners() throws {
    var wire = try three()
    let decision = try remove(&wire, behind: 0)
    let id = try wire.propose(by: "bob", after: [decision])
    #expect(wire.state.owners(of: id) == ["ada"])
  }

  @Test("an accepted effect stands though a later cut takes its acks", arguments: 0..<8)
  func acceptedStands(_ nonce: Int) throws {
    var wire = try TestWire(["ada", "bob", "cyd"], nonce: UInt8(nonce))
    try wire.join()
    let change = try wire.agree(
      by: "ada", with: ["bob", "cyd"], effects: TestEffects.domain("docs", to: "bob"))
    let id = wire.ids(of: "cyd")[0]
    let removal = try wire.agree(
      by: "bob", with: ["ada"], effects: TestEffects.remove("cyd", seq: 1, id: id))
    // They did not know each other: the lowest id is judged first.
    let isFirst = change.proposal < removal.proposal
    #expect(wire.state.status(of: change.proposal) == (isFirst ? .ratified : .open))
    #expect(wire.state.status(of: removal.proposal) == .ratified)
    #expect((wire.state.history.current.domains["docs"] != nil) == isFirst)
  }

  @Test("an effect that the removal knew is judged before it", arguments: 0..<8)
  func knownStands(_ nonce: Int) throws {
    var wire = try TestWire(["ada", "bob", "cyd"], nonce: UInt8(nonce))
    try wire.join()
    let change = try wire.agree(
      by: "ada", with: ["bob", "cyd"], effects: TestEffects.domain("docs", to: "bob"))
    let id = wire.ids(of: "cyd")[0]
    let effects = TestEffects.remove("cyd", seq: 1, id: id)
    try wire.agree(by: "bob", with: ["ada"], effects: effects, after: [change.decision])
    #expect(wire.state.status(of: change.proposal) == .ratified)
  }

  @Test("of two removals the first in the order makes the cut", arguments: 0..<6)
  func twoRemovals(_ nonce: Int) throws {
    var wire = try TestWire(["ada", "bob", "cyd"], nonce: UInt8(nonce))
    try wire.join()
    try wire.note(by: "cyd")
    let ids = wire.ids(of: "cyd")
    let one = try wire.agree(
      by: "ada", with: ["bob"], effects: TestEffects.remove("cyd", seq: 1, id: ids[0]))
    let two = try wire.agree(
      by: "bob", with: ["ada"], effects: TestEffects.remove("cyd", seq: 2, id: ids[1]))
    let cut = one.proposal < two.proposal ? 1 : 2
    #expect(wire.state.history.cuts["cyd"]?.seq == cut)
    let effects = TestEffects.remove("cyd", seq: 2, id: ids[1])
    try wire.agree(by: "ada", with: ["bob"], effects: effects, after: wire.state.history.frontier)
    #expect(wire.state.history.cuts["cyd"]?.seq == cut)
  }
}
