import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("A proposal goes where its owners' and its proposer's lines send it")
struct ProposalMachineTests {
  @Test("the status is the first that applies", arguments: answered + closed + rounds)
  func status(row: MachineCase) throws {
    #expect(try row.status() == row.expected)
  }

  private static let answered: [MachineCase] = [
    MachineCase(description: "nobody answered", expected: .open) { wire in
      try wire.propose(by: "ada")
    },
    MachineCase(description: "the owner agreed", expected: .acked) { wire in
      let id = try wire.propose(by: "ada")
      try wire.ack(id, by: "bob")
      return id
    },
    MachineCase(description: "the proposer decided", expected: .ratified) { wire in
      try wire.agree(by: "ada", with: ["bob"]).proposal
    },
    MachineCase(description: "the owner declined", expected: .declined) { wire in
      let id = try wire.propose(by: "ada")
      try wire.decline(id, by: "bob")
      return id
    },
    MachineCase(description: "an ack after a decline is late", expected: .declined) { wire in
      let id = try wire.propose(by: "ada")
      try wire.decline(id, by: "bob")
      let ack = try wire.ack(id, by: "bob")
      try wire.decide(id, by: "ada", acks: [ack])
      return id
    },
    MachineCase(description: "a decline after an ack is late", expected: .ratified) { wire in
      let id = try wire.propose(by: "ada")
      let ack = try wire.ack(id, by: "bob")
      try wire.decline(id, by: "bob")
      try wire.decide(id, by: "ada", acks: [ack])
      return id
    },
    MachineCase(description: "the owner countered", expected: .countered) { wire in
      let id = try wire.propose(by: "ada")
      try wire.propose(by: "bob", re: id)
      return id
    },
    MachineCase(description: "a counter is a proposal of its own", expected: .open) { wire in
      let id = try wire.propose(by: "ada")
      return try wire.propose(by: "bob", re: id)
    },
    MachineCase(description: "a counter can be agreed to", expected: .ratified) { wire in
      let id = try wire.propose(by: "ada")
      let counter = try wire.propose(by: "bob", re: id)
      try wire.decide(counter, by: "bob", acks: [try wire.ack(counter, by: "ada")])
      return counter
    },
    MachineCase(
      description: "a decline comes before a counter", members: ["ada", "bob", "cyd"],
      expected: .declined
    ) { wire in
      let id = try wire.propose(by: "ada")
      try wire.propose(by: "bob", re: id)
      try wire.decline(id, by: "cyd")
      return id
    },
    MachineCase(
      description: "one of two owners agreed", members: ["ada", "bob", "cyd"], expected: .open
    ) { wire in
      let id = try wire.propose(by: "ada")
      try wire.ack(id, by: "bob")
      return id
    },
    MachineCase(
      description: "who is no owner declines nothing", members: ["ada", "bob", "cyd"],
      domains: ["docs": "bob"], expected: .acked
    ) { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      try wire.decline(id, by: "cyd")
      try wire.propose(by: "cyd", re: id)
      try wire.ack(id, by: "bob")
      return id
    },
    MachineCase(description: "the proposer's own answer is none", expected: .open) { wire in
      let id = try wire.propose(by: "ada")
      try wire.decline(id, by: "ada")
      return id
    },
  ]

  private static let closed: [MachineCase] = [
    MachineCase(description: "reverted", expected: .reverted) { wire in
      let id = try wire.propose(by: "ada")
      try wire.revert(id, by: "ada")
      return id
    },
    MachineCase(description: "withdrawn", expected: .withdrawn) { wire in
      let id = try wire.propose(by: "ada")
      try wire.withdraw(id, by: "ada")
      return id
    },
    MachineCase(description: "the first closing says how", expected: .withdrawn) { wire in
      let id = try wire.propose(by: "ada")
      try wire.withdraw(id, by: "ada")
      try wire.revert(id, by: "ada")
      return id
    },
    MachineCase(description: "a revert before the decision wins", expected: .reverted) { wire in
      let id = try wire.propose(by: "ada")
      let ack = try wire.ack(id, by: "bob")
      try wire.revert(id, by: "ada")
      try wire.decide(id, by: "ada", acks: [ack])
      return id
    },
    MachineCase(description: "a withdrawal before the decision wins", expected: .withdrawn) {
      wire in
      let id = try wire.propose(by: "ada")
      let ack = try wire.ack(id, by: "bob")
      try wire.withdraw(id, by: "ada")
      try wire.decide(id, by: "ada", acks: [ack])
      return id
    },
    MachineCase(description: "a revert after the decision is late", expected: .ratified) { wire in
      let id = try wire.agree(by: "ada", with: ["bob"]).proposal
      try wire.revert(id, by: "ada")
      return id
    },
    MachineCase(description: "a withdrawal after the decision is late", expected: .ratified) {
      wire in
      let id = try wire.agree(by: "ada", with: ["bob"]).proposal
      try wire.withdraw(id, by: "ada")
      return id
    },
    MachineCase(description: "a revert beats a decline", expected: .reverted) { wire in
      let id = try wire.propose(by: "ada")
      try wire.decline(id, by: "bob")
      try wire.revert(id, by: "ada")
      return id
    },
    MachineCase(description: "another's revert closes nothing", expected: .open) { wire in
      let id = try wire.propose(by: "ada")
      try wire.revert(id, by: "bob")
      try wire.withdraw(id, by: "bob")
      return id
    },
    MachineCase(description: "another incident closes nothing", expected: .open) { wire in
      let id = try wire.propose(by: "ada")
      let body: JSONValue = .object(["code": .string("fire")])
      try wire.write(Draft(.incident, subject: "fire", body: body, re: id), by: "ada")
      return id
    },
    MachineCase(description: "a plain correction closes nothing", expected: .open) { wire in
      let id = try wire.propose(by: "ada")
      try wire.write(Draft(.correction, subject: "sic", body: .string("!"), re: id), by: "ada")
      return id
    },
  ]

  private static let rounds: [MachineCase] = [
    MachineCase(description: "the third round is still the agents'", expected: .ratified) { wire in
      let id = try countered(&wire, rounds: 3)
      try wire.decide(id, by: "ada", acks: [try wire.ack(id, by: "bob")])
      return id
    },
    MachineCase(description: "the fourth round is the operator's", expected: .escalated) { wire in
      let id = try countered(&wire, rounds: 4)
      try wire.decide(id, by: "bob", acks: [try wire.ack(id, by: "ada")])
      return id
    },
    MachineCase(
      description: "the operator ratifies the fourth round", hasOperator: true, expected: .ratified
    ) { wire in
      let id = try countered(&wire, rounds: 4)
      try wire.decide(id, by: "bob", acks: [], operatorKey: wire.operatorKey)
      return id
    },
    MachineCase(
      description: "a decline comes before the round", hasOperator: true, expected: .declined
    ) { wire in
      let id = try countered(&wire, rounds: 4)
      try wire.decline(id, by: "ada")
      return id
    },
  ]

  /// The proposal of that round, ada's and bob's by turns.
  private static func countered(_ wire: inout TestWire, rounds: Int) throws -> Bytes32 {
    var id = try wire.propose(by: "ada")
    for round in 2..<(rounds + 1) {
      id = try wire.propose(by: round.isMultiple(of: 2) ? "bob" : "ada", re: id)
    }
    return id
  }
}
