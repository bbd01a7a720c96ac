import DeadDropKit
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Every line that changes nothing says why")
struct IneffectiveTests {
  struct Row: Sendable, CustomStringConvertible {
    let description: String
    /// The words of `log --refused`; an id of what is waited for stands as `pending`.
    let expected: [String]
    let write: @Sendable (inout TestWire) throws -> Void

    init(
      _ description: String, _ expected: String...,
      write: @escaping @Sendable (inout TestWire) throws -> Void
    ) {
      (self.description, self.expected, self.write) = (description, expected, write)
    }
  }

  private static let nowhere = Bytes32.unheld("nowhere")

  private static let rows: [Row] = [
    Row("nothing is wrong") { wire in
      try wire.agree(by: "ada", with: ["bob", "cyd"])
      let note = try wire.note(by: "ada")
      try wire.ack(note, by: "bob")
      try wire.propose(by: "bob")
    },
    Row("a proposal without ack_required", "ada proposal_without_ack_required") { wire in
      try wire.propose(by: "ada") { $0["ack_required"] = .bool(false) }
    },
    Row("an ack without re", "bob answer_without_re") { wire in try wire.ack(nil, by: "bob") },
    Row("an ack of what is not here", "bob pending") { wire in
      try wire.ack(nowhere, by: "bob")
    },
    Row("a second answer", "bob said_before") { wire in
      let id = try wire.propose(by: "ada")
      try wire.ack(id, by: "bob")
      try wire.decline(id, by: "bob")
    },
    Row("an answer of who is no owner", "cyd not_an_owner") { wire in
      try wire.ack(try wire.propose(by: "ada", domains: ["docs"]), by: "cyd")
    },
    Row("a decision of another", "bob not_by_proposer") { wire in
      let id = try wire.propose(by: "ada")
      try wire.decide(id, by: "bob", acks: [try wire.ack(id, by: "cyd")])
    },
    Row("a decision on what is not here", "ada pending") { wire in
      try wire.decide(nowhere, by: "ada", acks: [])
    },
    Row("a decision that cites an ack that is not here", "ada pending") { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      try wire.decide(id, by: "ada", acks: [nowhere])
    },
    Row("a decision that cites something else", "ada acks_foreign") { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      try wire.ack(id, by: "bob")
      try wire.decide(id, by: "ada", acks: [try wire.note(by: "bob")])
    },
    Row("a decision that cites who is no owner", "ada acks_foreign", "cyd not_an_owner") { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      try wire.decide(
        id, by: "ada", acks: [try wire.ack(id, by: "bob"), try wire.ack(id, by: "cyd")].sorted())
    },
    Row("a decision without an owner's ack", "ada acks_missing") { wire in
      let id = try wire.propose(by: "ada")
      try wire.decide(id, by: "ada", acks: [try wire.ack(id, by: "bob")])
    },
    Row("a decision that leaves out what an owner said", "ada acks_missing") { wire in
      let id = try wire.propose(by: "ada")
      try wire.decline(id, by: "cyd")
      try wire.decide(id, by: "ada", acks: [try wire.ack(id, by: "bob")])
    },
    Row("a decision that cites an ack twice", "ada acks_unsorted") { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      let ack = try wire.ack(id, by: "bob")
      try wire.decide(id, by: "ada", acks: [ack, ack])
    },
    Row("a decision on a decline", "ada answer_not_ack") { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      try wire.decide(id, by: "ada", acks: [try wire.decline(id, by: "bob")])
    },
    Row("a decision after the ack ran out", "ada ack_expired") { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      let ack = try wire.ack(id, by: "bob", until: wire.now.adding(seconds: 5))
      wire.pass(seconds: 60)
      try wire.decide(id, by: "ada", acks: [ack])
    },
    Row("a decision whose acks are no list", "ada decision_without_acks") { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      try wire.write(Draft(.decision, subject: "d", body: .object([:]), re: id), by: "ada")
    },
    Row("a second decision", "ada acks_missing", "ada said_before") { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      try wire.decide(id, by: "ada", acks: [])
      try wire.decide(id, by: "ada", acks: [try wire.ack(id, by: "bob")])
    },
    Row("a decision after the revert", "ada closed_before") { wire in
      let id = try wire.propose(by: "ada", domains: ["docs"])
      try wire.revert(id, by: "ada")
      try wire.decide(id, by: "ada", acks: [try wire.ack(id, by: "bob")])
    },
    Row("a withdrawal after the decision", "ada closed_before") { wire in
      let (id, _) = try wire.agree(by: "ada", with: ["bob", "cyd"])
      try wire.withdraw(id, by: "ada")
    },
    Row("a revert of another's", "bob not_by_proposer") { wire in
      try wire.revert(try wire.propose(by: "ada"), by: "bob")
    },
    Row("a correction without re", "ada correction_without_re") { wire in
      try wire.withdraw(nil, by: "ada")
    },
    Row("a decision only the operator can write", "bob operator_needed") { wire in
      var id = try wire.propose(by: "ada")
      for handle in ["bob", "ada", "bob"] as [Handle] { id = try wire.propose(by: handle, re: id) }
      try wire.decide(id, by: "bob", acks: [])
    },
    Row("a proposal that names what is not here", "ada pending", "bob pending") { wire in
      let id = try wire.propose(by: "ada", after: [nowhere])
      try wire.ack(id, by: "bob")
    },
    Row("a counter of what is not here", "ada pending") { wire in
      try wire.propose(by: "ada", re: nowhere)
    },
    Row("effects decided without an ack", "ada acks_missing") { wire in
      let id = try wire.propose(by: "ada", effects: TestEffects.tier(seconds: 5))
      try wire.decide(id, by: "ada", acks: [try wire.ack(id, by: "bob")])
    },
    Row("effects decided on an ack that is not here", "ada pending") { wire in
      let id = try wire.propose(by: "ada", effects: TestEffects.tier(seconds: 5))
      try wire.decide(id, by: "ada", acks: [nowhere])
    },
    Row("lines behind a leave", "cyd after_leave", "cyd after_leave") { wire in
      try wire.leave(by: "cyd")
      try wire.note(by: "cyd")
      try wire.propose(by: "cyd")
    },
    Row("lines behind a removal", "cyd after_removal", "cyd after_removal") { wire in
      let cut = TestEffects.remove("cyd", seq: 1, id: wire.ids(of: "cyd")[0])
      try wire.agree(by: "ada", with: ["bob"], effects: cut)
      try wire.note(by: "cyd")
      try wire.propose(by: "cyd")
    },
    Row("a key that did not agree", "bob key_add_unproven") { wire in
      try wire.addKey(try TestKey("bob/2"), by: "bob", isProven: false)
    },
    Row("a line whose type and kind disagree", "bob kind_mismatch") { wire in
      try wire.note(by: "bob") { $0["kind"] = .integer(1201) }
    },
    Row("lines after a gap", "bob pending", "bob pending") { wire in
      try wire.note(by: "bob")
      try wire.note(by: "bob")
      try wire.note(by: "bob")
      wire.logs["bob"]?.remove(at: 1)
    },
  ]

  @Test("and the others say nothing", arguments: rows)
  func reasons(row: Row) throws {
    try Bench.run { bench in
      var wire = try TestWire(["ada", "bob", "cyd"], domains: ["docs": "bob"])
      try wire.join(introducing: true)
      try row.write(&wire)
      try bench.settleIn(wire, as: "ada")
      try bench.act(as: "ada") { session, _ in
        for peer in ["bob", "cyd"] as [Handle] {
          _ = try session.pin(peer, .key(try TestKey("\(peer)/1").pk))
        }
        let found = try session.ineffective(Session.Filter())
        #expect(found.map { "\($0.line.handle) \($0.word)" }.sorted() == row.expected)
      }
    }
  }

  @Test("what is waited for is named, and forgotten once it is here")
  func pending() throws {
    try Bench.run { bench in
      var wire = try TestWire(["ada", "bob"])
      try wire.join(introducing: true)
      var later = wire
      let id = try later.propose(by: "bob")
      try wire.ack(id, by: "ada")
      try bench.settleIn(wire, as: "ada")
      try bench.act(as: "ada") { session, _ in
        _ = try session.pin("bob", .key(try TestKey("bob/1").pk))
        let found = try session.ineffective(Session.Filter())
        #expect(found.map(\.reason) == [.noEffect(.pending([id]))])
        try bench.append(try #require(later.logs["bob"]?.last), to: "bob")
        _ = try session.catchUp()
        let none = try session.ineffective(Session.Filter())
        #expect(none.isEmpty)
      }
    }
  }

  @Test("lines of a peer that is not verified stay held back")
  func heldBack() throws {
    try Bench.run { bench in
      var wire = try TestWire(["ada", "bob"])
      try wire.join()
      try wire.ack(nil, by: "bob")
      try bench.settleIn(wire, as: "ada")
      try bench.act(as: "ada") { session, _ in
        let none = try session.ineffective(Session.Filter())
        #expect(none.isEmpty)
      }
    }
  }
}

extension IneffectiveLine {
  fileprivate var word: String {
    switch reason {
    case .fault(let fault): fault.rawValue
    case .noEffect(.refused(let reason)): reason.rawValue
    case .noEffect(.pending), .afterGap: "pending"
    }
  }
}
