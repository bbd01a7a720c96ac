import DeadDropKit
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Whatever the proposer does next settles what is due")
struct SettlingTests {
  private func acked(_ body: (Bench, Bytes32) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose("port", by: "forge")
      try bench.ack(proposal, by: "scribe")
      try body(bench, proposal)
    }
  }

  enum Verb: CaseIterable {
    case look, inbox, send, beat, propose
  }

  @Test("each verb ratifies, and says so", arguments: Verb.allCases)
  func ratifies(verb: Verb) throws {
    try acked { bench, proposal in
      switch verb {
      case .look: #expect(try bench.settle("forge").says("ratified \(proposal.hex.prefix(12))"))
      case .inbox: try bench.inbox("forge")
      case .send: try bench.send("next", by: "forge")
      case .beat: try bench.act(as: "forge") { session, _ in _ = try session.heartbeat(.init()) }
      case .propose: _ = try bench.propose("another", by: "forge")
      }
      #expect(try bench.count(.decision, of: "forge") == 1)
      #expect(try bench.derived() == bench.derivable())
    }
  }

  @Test("a second run writes no second decision, nor does the acker write one")
  func once() throws {
    try acked { bench, _ in
      try bench.settle("scribe")
      #expect(try bench.count(.decision, of: "scribe") == 0)
      for _ in 0..<4 { try bench.settle("forge") }
      #expect(try bench.count(.decision, of: "forge") == 1)
      #expect(try bench.derived().count == 1)
    }
  }

  @Test("acks by a key that is not pinned wait until it is")
  func unpinned() throws {
    try Bench.run { bench in
      let invite = try #require(try bench.found(["forge", "scribe"]).first)
      try bench.join(invite.with(secret: .unheld("guess")))
      let proposal = try bench.propose("port", by: "forge")
      try bench.ack(proposal, by: "scribe")
      #expect(try bench.settle("forge").says("the key of scribe is not verified"))
      for _ in 0..<2 { try bench.inbox("forge") }
      #expect(try bench.count(.decision, of: "forge") == 0)
      #expect(try bench.status(of: proposal, for: "forge") == .acked)
      let pk = try bench.open("scribe").signingKey().publicKey.bytes
      try bench.act(as: "forge") { session, _ in
        let report = try session.pin("scribe", .key(pk))
        #expect(report.says("ratified"))
      }
      #expect(try bench.count(.decision, of: "forge") == 1)
      #expect(try bench.derived() == bench.derivable())
    }
  }

  @Test("a file that somebody holds locked is skipped, and written at the next settling")
  func locked() throws {
    try acked { bench, proposal in
      try hold(SharedDirectory.decisionsName, bench) {
        let report = try bench.settle("forge")
        #expect(report.says("ratified"))
        #expect(report.says("decisions.jsonl: locked by "))
        #expect(try bench.count(.decision, of: "forge") == 1)
        #expect(try bench.derived().isEmpty)
        #expect(try bench.audit().missingDecisions == [proposal])
        #expect(try bench.settle("forge").says("decisions.jsonl: locked by "))
      }
      #expect(try bench.settle("forge").notes.isEmpty)
      #expect(try bench.count(.decision, of: "forge") == 1)
      #expect(try bench.derived() == bench.derivable())
      #expect(try bench.derived().count == 1)
    }
  }

  @Test("what this agent wrote meanwhile is not missed when the settling is done at last")
  func ownLinesMeanwhile() throws {
    try acked { bench, _ in
      try bench.settle("forge")
      let second = try bench.propose("host", by: "forge")
      try bench.ack(second, by: "scribe")
      try hold(SharedDirectory.decisionsName, bench) {
        try bench.settle("forge")
        try bench.send(["one", "two", "three"], by: "forge")
      }
      #expect(try bench.settle("forge").broken.isEmpty)
      #expect(try bench.settle("forge").broken.isEmpty)
      #expect(try bench.audit().missingDecisions.isEmpty)
    }
  }

  /// Holds the lock of a file on the wire by a descriptor of its own.
  private func hold(_ name: String, _ bench: Bench, _ body: () throws -> Void) throws {
    let directory = try Directory.open(bench.path, followLast: false)
    let file = try OpenFile.open(name, in: directory, mode: .append, permissions: 0o644)
    try #require(try file.tryLock())
    try body()
    try file.unlock()
  }

  @Test("a forged line changes nothing that is agreed, and is found")
  func forged() throws {
    try acked { bench, proposal in
      try bench.settle("forge")
      let line = try #require(try bench.derived().first)
      let forged = line.replacing("port", with: "root")
      try #require(forged != line)
      try bench.appendBytes(Array((forged + "\n").utf8), to: SharedDirectory.decisionsName)
      #expect(try bench.audit().badLines == ["decisions.jsonl:2 not_derived"])
      #expect(try bench.audit().decisions == [proposal])
      try bench.settle("forge")
      #expect(try bench.derivable() == [line])
    }
  }

  @Test("a lost or torn file is written again as it was", arguments: [0, 1, 50])
  func rewritten(keptBytes: Int) throws {
    try acked { bench, _ in
      try bench.settle("forge")
      let whole = try bench.read(SharedDirectory.decisionsName)
      try bench.overwrite(SharedDirectory.decisionsName, with: Array(whole.prefix(keptBytes)))
      let second = try bench.propose("second", by: "forge")
      try bench.ack(second, by: "scribe")
      try bench.settle("forge")
      #expect(try bench.derived().suffix(2) == bench.derivable())
      #expect(try bench.audit().missingDecisions.isEmpty)
      // Nothing is left of the torn line that a reader would object to.
      #expect(try bench.audit().badLines.isEmpty)
    }
  }

  @Test("a session opened before another one decided writes no second decision")
  func together() throws {
    try acked { bench, _ in
      var first = try bench.open("forge")
      var second = try bench.open("forge")
      _ = try first.catchUp()
      _ = try second.catchUp()
      #expect(try bench.count(.decision, of: "forge") == 1)
    }
  }
}
