import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("Every line has an outcome, and none stops the fold")
struct OutcomeTests {
  struct Row: Sendable, CustomStringConvertible {
    let description: String
    let outcome: Outcome
    let write: @Sendable (inout TestWire) throws -> Void

    init(
      _ description: String, _ outcome: Outcome,
      _ write: @escaping @Sendable (inout TestWire) throws -> Void
    ) {
      (self.description, self.outcome, self.write) = (description, outcome, write)
    }
  }

  private static func say(
    _ type: MessageType, _ body: JSONValue, re: Bytes32? = nil
  ) -> @Sendable (inout TestWire) throws -> Void {
    { wire in try wire.write(Draft(type, subject: "s", body: body, re: re), by: "ada") }
  }

  private static let some = Bytes32.unheld("some")

  private static let rows: [Row] = [
    Row("a note", .ignored, say(.feedback, .string("x"))),
    Row("a reserved type", .ignored, say(.taskDropped, .object([:]))),
    Row("an incident", .folded, say(.incident, .string("x"))),
    Row("a record that an incident was not acked", .folded) { wire in
      try wire.recordUnacked(some, by: "ada")
    },
    Row("a second record of it", .repeated) { wire in
      try wire.recordUnacked(some, by: "ada")
      try wire.recordUnacked(some, by: "ada")
    },
    Row("a record without re is an incident", .folded) { wire in
      try wire.recordUnacked(nil, by: "ada")
    },
    Row("a shutdown", .folded, say(.shutdown, .string("x"))),
    Row("a wakeup", .folded, say(.wakeup, .string("x"), re: some)),
    Row("a second wakeup", .repeated) { wire in
      try wire.wake(some, by: "ada")
      try wire.wake(some, by: "ada")
    },
    Row("a wakeup without re", .refused(.wakeupWithoutRe), say(.wakeup, .string("x"))),
    Row("a request that asks for nothing", .ignored, say(.request, .string("x"))),
    Row("a request that asks for an answer", .folded) { wire in
      try wire.request(by: "ada")
    },
    Row("a revert", .folded) { wire in try wire.revert(some, by: "ada") },
    Row("a second revert", .repeated) { wire in
      try wire.revert(some, by: "ada")
      try wire.revert(some, by: "ada")
    },
    Row("a revert without re is an incident", .folded) { wire in try wire.revert(nil, by: "ada") },
    Row("a correction that only corrects", .ignored, say(.correction, .string("x"), re: some)),
    Row("a correction without re", .refused(.correctionWithoutRe), say(.correction, .string("x"))),
    Row("an ack", .folded) { wire in try wire.ack(some, by: "ada") },
    Row("a second ack", .repeated) { wire in
      try wire.ack(some, by: "ada")
      try wire.ack(some, by: "ada")
    },
    Row("an ack without re", .refused(.answerWithoutRe)) { wire in try wire.ack(nil, by: "ada") },
    Row("a decline without re", .refused(.answerWithoutRe)) { wire in
      try wire.decline(nil, by: "ada")
    },
    Row("a decision without re", .refused(.decisionWithoutRe)) { wire in
      try wire.decide(nil, by: "ada", acks: [])
    },
    Row(
      "a decision without acks", .refused(.decisionWithoutAcks),
      say(.decision, .object([:]), re: some)),
    Row("a decision whose acks are no ids", .refused(.decisionWithoutAcks)) { wire in
      let body: JSONValue = .object(["acks": .strings(["x"])])
      try wire.write(Draft(.decision, subject: "s", body: body, re: some), by: "ada")
    },
    Row("a second decision", .repeated) { wire in
      try wire.decide(some, by: "ada", acks: [])
      try wire.decide(some, by: "ada", acks: [])
    },
    Row("a proposal that is one string", .folded, say(.proposal, .string("let us"))),
    Row("a proposal without ack_required", .refused(.proposalWithoutAckRequired)) { wire in
      try wire.propose(by: "ada") { $0["ack_required"] = .bool(false) }
    },
    Row("domains that are no list", .refused(.domainsMalformed)) { wire in
      let body: JSONValue = .object(["domains": .string("docs")])
      try wire.write(Draft(.proposal, subject: "s", body: body), by: "ada")
    },
    Row("effects of another shape", .refused(.effectsMalformed)) { wire in
      try wire.propose(by: "ada", effects: .array([]))
    },
    Row("effects with a domain without owner", .refused(.effectsMalformed)) { wire in
      try wire.propose(by: "ada", effects: .object(["domains": .object(["x": .object([:])])]))
    },
    Row("effects with a log that is a path", .refused(.effectsMalformed)) { wire in
      let entry: JSONObject = [
        "handle": .string("eve"), "pk": .string(some.hex), "log": .string("../eve_to_all.jsonl"),
      ]
      let members: JSONObject = ["add": .array([.object(entry)])]
      try wire.propose(by: "ada", effects: .object(["members": .object(members)]))
    },
    Row("effects that change one member twice", .refused(.effectsMalformed)) { wire in
      let entry: JSONValue = .object([
        "handle": .string("bob"), "seq": .integer(1), "event_id": .string(some.hex),
      ])
      let members: JSONObject = ["remove": .array([entry, entry])]
      try wire.propose(by: "ada", effects: .object(["members": .object(members)]))
    },
    Row("a card", .folded) { wire in try wire.card(by: "ada") },
    Row("a card of another", .refused(.cardInvalid)) { wire in
      try wire.card(by: "ada") { $0["handle"] = .string("bob") }
    },
    Row("a card that was altered", .refused(.cardInvalid)) { wire in
      try wire.card(by: "ada") { $0["name"] = .string("Eve") }
    },
    Row("a card message without a card", .refused(.cardInvalid), say(.agentCard, .string("me"))),
    Row("an introduction", .folded) { wire in try wire.introduce("bob", by: "ada") },
    Row("a second introduction", .repeated) { wire in
      try wire.introduce("bob", by: "ada")
      try wire.introduce("bob", by: "ada", pk: some)
    },
    Row("a leave", .folded) { wire in try wire.leave(by: "ada") },
    Row("a proposal after a leave", .refused(.afterLeave)) { wire in
      try wire.leave(by: "ada")
      try wire.propose(by: "ada")
    },
    Row("a second leave", .refused(.afterLeave)) { wire in
      try wire.leave(by: "ada")
      try wire.leave(by: "ada")
    },
    Row(
      "an introduction without a key", .refused(.introduceMalformed),
      say(.introduce, .object([:]))),
  ]

  @Test("of the founder's line", arguments: rows)
  func outcome(row: Row) throws {
    var wire = try TestWire()
    try row.write(&wire)
    #expect(wire.lastOutcome(of: "ada") == row.outcome)
  }

  @Test("only the founder introduces")
  func introduceNotByFounder() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.introduce("ada", by: "bob")
    #expect(wire.lastOutcome(of: "bob") == .refused(.introduceNotByFounder))
  }

  @Test("an unknown type is ignored")
  func unknownType() throws {
    var wire = try TestWire()
    try wire.note(by: "ada") { object in
      object["type"] = .string("novel")
      object["kind"] = .integer(4242)
    }
    #expect(wire.lastOutcome(of: "ada") == .ignored)
  }

  @Test("a sealed proposal is folded, and decided as sealed")
  func sealed() throws {
    var wire = try TestWire()
    try wire.join()
    let id = try wire.propose(by: "ada") { object in
      object["body"] = nil
      object["enc"] = .object([:])
      object["crit"] = .strings(["enc"])
    }
    try wire.decide(id, by: "ada", acks: [try wire.ack(id, by: "bob")])
    let line = try #require(wire.state.decisionLines(under: wire.state.history).first?.line)
    let sealed: JSONValue = .object(["sealed": .string(id.hex)])
    #expect(try JSONParser.object(line)["decision"] == sealed)
  }
}
