import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

/// Times are seconds of a clock that the test holds; two heartbeats are 180 of them.
@Suite("Silence reverts a proposal, by the clock of its proposer")
struct SilenceTests {
  @Test("two heartbeats after it was stored and not a second earlier")
  func deadline() throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose(at: 1_000)
      for time in [1_000, 1_090, 1_179] { try bench.settle("forge", at: time) }
      #expect(try bench.status(of: proposal, for: "scribe") == .open)
      let words = "reverted \(proposal.hex.prefix(12)): no answer of scribe within 180 s"
      #expect(try bench.settle("forge", at: 1_180).says(words))
      for time in [1_181, 9_000] { #expect(try bench.settle("forge", at: time).notes.isEmpty) }
      for member in ["forge", "scribe"] as [Handle] {
        #expect(try bench.status(of: proposal, for: member) == .reverted)
      }
      let incidents = try bench.messages(of: "forge").filter { $0.type.known == .incident }
      #expect(incidents.map(\.re) == [proposal])
      #expect(incidents.map(\.ackRequired) == [false])
      #expect(incidents.first?.body?.members?["code"] == .string("silence"))
      #expect(try bench.audit(everySignature: true).bad.isEmpty)
      #expect(try bench.derived().isEmpty)
    }
  }

  @Test("the next verb does it, whichever it is", arguments: SettlingTests.Verb.allCases)
  func verbs(verb: SettlingTests.Verb) throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose(at: 1_000)
      try bench.settle("forge", at: 1_000)
      try bench.act(as: "forge", at: 2_000) { session, report in
        #expect(report.says("reverted"))
        switch verb {
        case .look: break
        case .inbox:
          _ = try session.inbox(session: Session.defaultSession, limit: nil, isPeek: false)
        case .send: _ = try session.send(.init(.request, subject: "x", body: .string("y")))
        case .beat: _ = try session.heartbeat(.init())
        case .propose: _ = try session.send(.init(.proposal, subject: "x", body: .string("y")))
        }
      }
      #expect(try bench.status(of: proposal, for: "forge") == .reverted)
      #expect(try bench.audit().bad.isEmpty)
    }
  }

  @Test("where all acks are there it is ratified, whatever the hour")
  func acked() throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose(at: 1_000)
      try bench.settle("forge", at: 1_000)
      try bench.ack(proposal, by: "scribe")
      #expect(try bench.settle("forge", at: 1_000_000).says("ratified"))
      #expect(try bench.status(of: proposal, for: "forge") == .ratified)
      #expect(try bench.count(.incident, of: "forge") == 0)
      #expect(try !bench.open("forge").waits())
    }
  }

  @Test("one owner of two that is silent is enough, and the other's ack was not late")
  func partial() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      for start in [1_000, 2_000] {
        let proposal = try bench.propose(at: start)
        try bench.settle("forge", at: start)
        try bench.ack(proposal, by: "scribe")
        let report = try bench.settle("forge", at: start + 180)
        #expect(report.says("no answer of mason within"))
        #expect(!report.says("too late"))
        #expect(try bench.settle("scribe").says("is reverted and not agreed, although"))
        try bench.send("next", by: "scribe")
        #expect(try !bench.settle("forge", at: start + 181).says("too late"))
        #expect(try bench.status(of: proposal, for: "mason") == .reverted)
        #expect(try bench.settle("scribe").notes.isEmpty)
        #expect(try bench.settle("mason").notes.allSatisfy { !$0.contains("reverted") })
      }
    }
  }

  @Test("after a start of the machine the time starts anew")
  func restart() throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose(at: 1_000)
      for time in [5_000, 5_179] { try bench.settle("forge", at: time, boot: "second") }
      #expect(try bench.status(of: proposal, at: 5_179, boot: "second") == .open)
      #expect(try bench.settle("forge", at: 5_180, boot: "second").says("reverted"))
    }
  }

  @Test(
    "and so it does where the memory is lost", arguments: [nil, "", "{", "{}", "[]", "{\"a\":1}"])
  func lost(left: String?) throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose(at: 1_000)
      try bench.settle("forge", at: 1_000)
      let file = try bench.statePath(of: "forge") + "/settling.json"
      try #require(FileManager.default.fileExists(atPath: file))
      try FileManager.default.removeItem(atPath: file)
      if let left {
        try Data(left.utf8).write(to: URL(fileURLWithPath: file))
        try bench.restrict(file)
      }
      for time in [5_000, 5_179] { try bench.settle("forge", at: time) }
      #expect(try bench.status(of: proposal, at: 5_179) == .open)
      #expect(try bench.settle("forge", at: 5_180).says("reverted"))
    }
  }

  @Test("a clock that stands before the memory is that of another start")
  func backward() throws {
    try Bench.run("forge", "scribe") { bench in
      _ = try bench.propose(at: 1_000)
      try bench.settle("forge", at: 1_000)
      for time in [10, 189] { #expect(try bench.settle("forge", at: time).notes.isEmpty) }
      #expect(try bench.settle("forge", at: 190).says("reverted"))
    }
  }

  @Test("each proposal has its own time")
  func several() throws {
    try Bench.run("forge", "scribe") { bench in
      let first = try bench.propose(at: 1_000)
      let second = try bench.propose(at: 1_100)
      try bench.settle("forge", at: 1_200)
      #expect(try bench.status(of: first, at: 1_200) == .reverted)
      #expect(try bench.status(of: second, at: 1_279) == .open)
      try bench.settle("forge", at: 1_280)
      #expect(try bench.status(of: second, at: 1_280) == .reverted)
      #expect(try !bench.open("forge").waits())
    }
  }

  @Test("the cadence is that of the tables in force")
  func cadence() throws {
    try Bench.run("forge", "scribe") { bench in
      let tiers: JSONValue = .object([
        "tiers": .object(["T1_active": .object(["cadence_seconds": .integer(10)])])
      ])
      let change = try bench.propose("faster", by: "forge", effects: tiers)
      try bench.ack(change, by: "scribe")
      try bench.settle("forge")
      let proposal = try bench.propose(at: 1_000)
      try bench.settle("forge", at: 1_019)
      #expect(try bench.status(of: proposal, at: 1_019) == .open)
      #expect(try bench.settle("forge", at: 1_020).says("within 20 s"))
    }
  }

  @Test("only its proposer reverts it")
  func others() throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose(at: 1_000)
      for time in [1_000, 9_000] { try bench.settle("scribe", at: time) }
      #expect(try bench.status(of: proposal, for: "scribe") == .open)
      #expect(try bench.count(.incident, of: "scribe") == 0)
      #expect(try !bench.open("scribe").waits())
    }
  }

  @Test("not while lines of a silent owner are missing: its ack may be among them")
  func gap() throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose(at: 1_000)
      try bench.settle("forge", at: 1_000)
      try bench.ack(proposal, by: "scribe")
      try bench.send("next", by: "scribe")
      let whole = try bench.lines(of: "scribe")
      var cut = whole
      cut.remove(at: whole.count - 2)
      try bench.setLines(cut, of: "scribe")
      let report = try bench.settle("forge", at: 2_000)
      #expect(report.says("is not reverted: lines of scribe are missing"))
      #expect(try bench.count(.incident, of: "forge") == 0)
      try bench.setLines(whole, of: "scribe")
      #expect(try bench.settle("forge", at: 3_000).says("ratified"))
      #expect(try bench.status(of: proposal, for: "scribe") == .ratified)
    }
  }

  @Test("an ack that crossed with the revert is not ratified, and both sides are told once")
  func late() throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose(at: 1_000)
      try bench.settle("forge", at: 1_000)
      var scribe = try bench.open("scribe")
      _ = try scribe.catchUp()
      #expect(try bench.settle("forge", at: 1_180).says("reverted"))
      var ack = Session.Outgoing(.ack, subject: "yes", body: .string(""))
      ack.re = proposal.hex
      _ = try scribe.send(ack)
      let words = "\(proposal.hex.prefix(12)) is reverted and not agreed"
      #expect(
        try bench.settle("forge", at: 1_181).notes == [words + ": the ack of scribe came too late"])
      #expect(try bench.settle("scribe").notes == [words + ", although this agent acked it"])
      _ = try bench.propose("another", by: "scribe")
      for _ in 0..<2 {
        #expect(try bench.settle("forge", at: 1_182).notes.isEmpty)
        #expect(try bench.settle("scribe").notes.isEmpty)
      }
      #expect(try bench.status(of: proposal, for: "scribe") == .reverted)
      #expect(try bench.count(.decision, of: "forge") == 0)
      #expect(throws: KitError.settledAlready(proposal, .reverted)) {
        try bench.ack(proposal, by: "scribe")
      }
    }
  }

  @Test("beyond three rounds the operator is told, once, and nothing is reverted")
  func escalated() throws {
    try Bench.run("forge", "scribe") { bench in
      var last = try bench.propose(at: 1_000)
      for proposer in ["scribe", "forge", "scribe"] as [Handle] {
        last = try bench.send("counter", by: proposer, type: .proposal, re: last).eventID
      }
      #expect(try bench.status(of: last, for: "forge") == .escalated)
      #expect(try bench.settle("scribe", at: 1_000).says("is escalated: tell the operator"))
      for time in [1_001, 9_000] { try bench.settle("scribe", at: time) }
      try FileManager.default.removeItem(atPath: bench.statePath(of: "scribe") + "/settling.json")
      try bench.send("next", by: "forge")
      try bench.ack(bench.propose("other", by: "forge"), by: "scribe")
      try bench.settle("scribe", at: 9_001)
      let incidents = try bench.messages(of: "scribe").filter { $0.type.known == .incident }
      #expect(incidents.map(\.re) == [last])
      #expect(incidents.map(\.priority) == [.high])
      #expect(try bench.count(.incident, of: "forge") == 0)
      #expect(try bench.status(of: last, for: "forge") == .escalated)
    }
  }
}

extension Bench {
  fileprivate func propose(at seconds: Int) throws -> Bytes32 {
    try act(as: "forge", at: seconds) { session, _ in
      try session.send(.init(.proposal, subject: "port", body: .string("8443"))).eventID
    }
  }

  fileprivate func status(
    of proposal: Bytes32, at seconds: Int, boot: String = "first"
  ) throws -> ProposalStatus? {
    try act(as: "forge", at: seconds, boot: boot) { session, _ in
      try session.standing(of: proposal)?.status
    }
  }
}

extension Session {
  /// Whether the next command looks for a deadline.
  fileprivate func waits() throws -> Bool {
    try HeadStore.load(state, wire: genesis.id).isWaiting
  }
}
