import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("Behind a member's leave nothing that it writes counts")
struct DepartureTests {
  private func three() throws -> TestWire {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    return wire
  }

  @Test("an ack before it counts, one behind it does not", arguments: [true, false])
  func ack(isBefore: Bool) throws {
    var wire = try three()
    let id = try wire.propose(by: "ada")
    var acks = [try wire.ack(id, by: "bob")]
    if !isBefore { try wire.leave(by: "cyd") }
    acks.append(try wire.ack(id, by: "cyd"))
    if isBefore { try wire.leave(by: "cyd") }
    try wire.decide(id, by: "ada", acks: acks.sorted())
    #expect(wire.state.status(of: id) == (isBefore ? .ratified : .open))
  }

  @Test("a decision behind it does not count, and what was decided before stands")
  func decision() throws {
    var wire = try three()
    let (before, _) = try wire.agree(by: "cyd", with: ["ada", "bob"])
    let id = try wire.propose(by: "cyd")
    let acks = [try wire.ack(id, by: "ada"), try wire.ack(id, by: "bob")].sorted()
    try wire.leave(by: "cyd")
    try wire.decide(id, by: "cyd", acks: acks)
    #expect(wire.state.status(of: before) == .ratified)
    #expect(wire.state.status(of: id) == .acked)
  }

  @Test("a revert, a proposal, an introduction and a card behind it do nothing")
  func rest() throws {
    var wire = try three()
    let id = try wire.propose(by: "ada")
    try wire.leave(by: "ada")
    try wire.revert(id, by: "ada")
    let late = try wire.propose(by: "ada")
    try wire.introduce("bob", by: "ada")
    try wire.card(by: "ada", name: "Late")
    let state = wire.state
    #expect(state.status(of: id) == .open)
    #expect(state.proposals[late] == nil && state.introductions.isEmpty)
    #expect(state.newestCards["ada"]?.seq == 1)
  }

  @Test("who has left owes no ack of an incident and no answer to a request, and a record stands")
  func debts() throws {
    var wire = try three()
    let incident = try wire.incident(by: "ada", to: ["bob", "cyd"])
    let recorded = try wire.incident(by: "ada", to: ["cyd"])
    try wire.recordUnacked(recorded, by: "bob")
    let request = try wire.request(by: "ada")
    func missing() -> [[Handle]] {
      let state = wire.state
      let history = state.history
      return [
        state.incidentStandings(under: history).first { $0.incident.eventID == incident }?.missing
          ?? [],
        state.unanswered(under: history).first { $0.request.eventID == request }?.missing ?? [],
      ]
    }
    #expect(missing() == [["bob", "cyd"], ["bob", "cyd"]])
    try wire.leave(by: "cyd")
    #expect(missing() == [["bob"], ["bob"]])
    try wire.ack(incident, by: "bob")
    let standings = wire.state.incidentStandings(under: wire.state.history)
    #expect(standings.map(\.status) == [.acked, .unacked])
  }

  @Test("who has left is an owner until a decision removes it")
  func owner() throws {
    var wire = try three()
    try wire.leave(by: "cyd")
    let id = try wire.propose(by: "ada")
    #expect(wire.state.owners(of: id) == ["bob", "cyd"])
    #expect(wire.state.ending(of: "cyd", under: wire.state.history) == .left)
    let cut = TestEffects.remove("cyd", seq: 2, id: wire.ids(of: "cyd")[1])
    let (removal, decision) = try wire.agree(by: "ada", with: ["bob"], effects: cut)
    let next = try wire.propose(by: "bob", after: [decision])
    #expect(wire.state.owners(of: next) == ["ada"])
    #expect(wire.state.ending(of: "cyd", under: wire.state.history) == .removed(by: removal))
  }
}
