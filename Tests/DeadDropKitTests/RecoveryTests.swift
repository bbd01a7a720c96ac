import DeadDropKit
import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A chain goes on behind a cut that the other members decide")
struct RecoveryTests {
  /// scribe forks at line 5, having written from two machines; all have met that.
  private func forked(
    _ members: [Handle] = ["forge", "scribe", "mason"], _ body: (Bench, Bench) throws -> Void
  ) throws {
    try Bench.run { bench in
      for invite in try bench.found(members) { try bench.join(invite) }
      for member in members + members { try bench.settle(member) }
      try bench.send(["one", "two", "three"], by: "scribe")
      try bench.inbox("forge")
      let other = try bench.replica()
      try bench.send(["here", "here too"], by: "scribe")
      for member in members { try bench.inbox(member) }
      try other.send(["there"], by: "scribe")
      try bench.merge("scribe", from: other)
      for member in members { #expect(try bench.settle(member).isUnsafe) }
      try body(bench, other)
    }
  }

  private func prepare(_ bench: Bench, cut: Int = 4) throws -> Session.RecoveryPlan {
    try bench.act(as: "scribe") { session, _ in try session.prepareRecovery(cut: cut) }
  }

  private func agree(on plan: Session.RecoveryPlan, _ bench: Bench) throws {
    let proposal = try bench.act(as: "forge") { session, _ in
      try session.propose(recovering: plan, because: "two machines wrote").eventID
    }
    try bench.ack(proposal, by: "mason")
    #expect(try bench.settle("forge").says("ratified"))
  }

  @Test("the agent goes on with the new key, history before the cut stands, and nothing is missed")
  func recovery() throws {
    try forked { bench, other in
      #expect(throws: KitError.self) { try bench.send(["no"], by: "scribe") }
      let plan = try prepare(bench)
      #expect(try prepare(bench) == plan)
      try agree(on: plan, bench)
      try bench.settle("mason")
      #expect(try bench.settle("scribe").isUnsafe == false)
      let receipt = try bench.send("back", by: "scribe")
      // Line 5 is the new key's card, in the place of what the cut left behind.
      #expect(receipt.seq == 6)
      for member in ["forge", "mason"] as [Handle] {
        let look = try bench.act(as: member) { session, report in
          (try session.inbox(session: "main", limit: nil, isPeek: false).subjects, report.isUnsafe)
        }
        #expect(look.0 == ["back"])
        #expect(!look.1)
        #expect(try bench.verdict(of: "scribe", for: member) == .sound)
      }
      #expect(try bench.settle("scribe").isUnsafe == false)
      let audit = try bench.audit(everySignature: true)
      #expect(audit.badLines.isEmpty)
      let chain = try #require(audit.reading.chains["scribe"])
      #expect(chain.head.seq == 6)
      #expect(chain.spans.map(\.fromSeq) == [1, 5])
      #expect(chain.key == plan.pk)
      // The machine that has the old key alone never signs again.
      for name in ["scribe", "forge", "mason"] as [Handle] { try other.merge(name, from: bench) }
      #expect(throws: KitError.self) { try other.send(["stale"], by: "scribe") }
    }
  }

  @Test("a second recovery behind an earlier line is gone on by, and an older log is not")
  func lower() throws {
    try forked { bench, _ in
      try agree(on: prepare(bench), bench)
      try bench.settle("mason")
      try bench.send(["back", "again"], by: "scribe")
      for member in ["forge", "mason"] as [Handle] { try bench.inbox(member) }
      let first = try bench.lines(of: "scribe")
      let plan = try prepare(bench, cut: 2)
      try agree(on: plan, bench)
      try bench.settle("mason")
      #expect(try bench.settle("scribe").isUnsafe == false)
      try bench.send("at last", by: "scribe")
      let chain = try #require(try bench.audit(everySignature: true).reading.chains["scribe"])
      #expect(chain.spans.map(\.fromSeq) == [1, 3] && chain.key == plan.pk)
      for member in ["forge", "mason"] as [Handle] {
        #expect(try bench.verdict(of: "scribe", for: member) == .sound)
        #expect(try bench.inbox(member) == ["at last"])
      }
      // What the log was before is no cut of the members: nothing is signed on it.
      try bench.setLines(first, of: "scribe")
      #expect(throws: KitError.self) { try bench.send("no", by: "scribe") }
    }
  }

  @Test("a rotation meanwhile takes another key, so that the one decided on signs one history")
  func rotatedMeanwhile() throws {
    try Bench.run { bench in
      for invite in try bench.found(["forge", "scribe", "mason"]) { try bench.join(invite) }
      for member in ["forge", "scribe", "mason", "forge", "scribe"] as [Handle] {
        try bench.settle(member)
      }
      try bench.send(["one", "two", "three"], by: "scribe")
      for member in ["forge", "mason"] as [Handle] { try bench.inbox(member) }
      let plan = try prepare(bench)
      let rotation = try bench.act(as: "scribe") { session, _ in try session.rotateKey() }
      #expect(rotation.new != plan.pk)
      try bench.send("rotated", by: "scribe")
      try agree(on: plan, bench)
      try bench.settle("mason")
      for number in 0..<4 { try bench.send(Text("back \(number)"), by: "scribe") }
      for member in ["forge", "mason"] as [Handle] {
        #expect(try bench.verdict(of: "scribe", for: member) == .sound)
        #expect(try bench.inbox(member).suffix(4) == ["back 0", "back 1", "back 2", "back 3"])
      }
      let chain = try #require(try bench.audit(everySignature: true).reading.chains["scribe"])
      #expect(chain.verdict == .sound && chain.key == plan.pk)
    }
  }

  @Test("a cut that does not stand, or a line that is another here, is not proposed")
  func refused() throws {
    try forked { bench, _ in
      #expect(throws: KitError.self) { try prepare(bench, cut: 5) }
      let plan = try prepare(bench)
      let before = try bench.lines(of: "forge")
      let other = Session.RecoveryPlan(
        handle: "scribe", cut: Head(seq: 4, eventID: .zero), pk: plan.pk)
      let taken = Session.RecoveryPlan(
        handle: "scribe", cut: plan.cut, pk: try bench.pk(of: "mason"))
      for wrong in [other, taken] {
        #expect(throws: KitError.self) {
          try bench.act(as: "forge") { session, _ in
            _ = try session.propose(recovering: wrong, because: "")
          }
        }
      }
      #expect(try bench.lines(of: "forge") == before)
      #expect(throws: KitError.self) {
        try bench.act(as: "scribe") { session, _ in
          _ = try session.propose(recovering: plan, because: "")
        }
      }
    }
  }

  @Test("in a wire of two without an operator nothing is prepared")
  func two() throws {
    try forked(["forge", "scribe"]) { bench, _ in
      let before = try bench.snapshot(bench.root)
      do {
        _ = try prepare(bench)
        Issue.record("prepared")
      } catch {
        #expect("\(error)".contains("nobody could ratify it"))
      }
      #expect(
        try bench.snapshot(bench.root + "/home-scribe").count
          == before.keys.count {
            $0.hasPrefix("home-scribe/")
          })
    }
  }

  #if FAULTS
    @Test("a fault at any call of going on behind the cut is made good by the next command")
    func faults() throws {
      try forked { bench, _ in
        let plan = try prepare(bench)
        try agree(on: plan, bench)
        try bench.settle("mason")
        try bench.walk(.key) {
          try bench.settle("scribe")
        } check: { strike, findings in
          try bench.send("back", by: "scribe")
          let look = try bench.look("mason")
          findings.requireEqual(look.broken, [], "after the recovery")
          findings.requireEqual(look.subjects, ["back"], "what the peer was shown")
          let audit = try bench.audit(everySignature: true)
          findings.requireEqual(audit.badLines, [], "bad lines")
          let chain = audit.reading.chains["scribe"]
          findings.requireEqual(chain?.key, plan.pk, "the key")
          findings.requireEqual(chain?.head.seq, 6, "lines")
          findings.requireEqual(
            try RotationTests.firstLines(of: "scribe", bench), ["agent_card", "agent_card"],
            "first lines")
        }
      }
    }
  #endif
}
