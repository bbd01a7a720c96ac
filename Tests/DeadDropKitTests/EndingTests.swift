import DeadDropKit
import Foundation
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Members that go")
struct EndingTests {
  private func pause(_ bench: Bench, by handle: Handle) throws {
    _ = try bench.act(as: handle) { session, _ in
      try session.shutdown(to: [], subject: "stop", body: .string(""), asOperator: true)
    }
  }

  @Test("who stops the wire again and again can be removed while it stands still")
  func removal() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      try pause(bench, by: "mason")
      let proposal = try bench.act(as: "forge") { session, _ in
        try session.propose(removing: "mason", because: "it stops us").eventID
      }
      try bench.ack(proposal, by: "scribe")
      #expect(try bench.settle("forge").says("ratified"))
      #expect(try bench.status(of: proposal, for: "scribe") == .ratified)
    }
  }

  @Test("what was behind a cut is given once the decision that made it has lost its proof")
  func cutUndone() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      let proposal = try bench.act(as: "forge") { session, _ in
        try session.propose(removing: "mason", because: "gone").eventID
      }
      let other = try bench.replica()
      try bench.ack(proposal, by: "scribe")
      try bench.settle("forge")
      #expect(try bench.status(of: proposal, for: "forge") == .ratified)
      // On another machine, which has not heard of it.
      try other.send(["behind the cut", "and more"], by: "mason")
      try other.send("instead of the ack", by: "scribe")
      try bench.merge("mason", from: other)
      for session in ["main", "other"] {
        #expect(try bench.inbox("forge", session: session).isEmpty)
      }
      try bench.merge("scribe", from: other)
      #expect(try bench.settle("forge").broken.map(\.verdict) == [.fork])
      #expect(try bench.inbox("forge") == ["behind the cut", "and more"])
      #expect(try bench.inbox("forge").isEmpty)
      #expect(try bench.inbox("forge", session: "other", limit: 1) == ["behind the cut"])
      #expect(try bench.inbox("forge", session: "other") == ["and more"])
    }
  }

  @Test("a removal with anything besides is new work")
  func mixed() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      try pause(bench, by: "mason")
      var effects = try #require(TestEffects.remove("mason", seq: 1, id: .unheld("x")).members)
      effects["tiers"] = .object([:])
      effects["domains"] = .object(["all": .null])
      #expect(throws: KitError.self) {
        try bench.propose("go", by: "forge", effects: .object(effects))
      }
      #expect(try bench.count(.proposal, of: "forge") == 0)
    }
  }

  @Test("who has left signs nothing, also where what derives cannot be written")
  func unsettled() throws {
    try Bench.run("forge", "scribe") { bench in
      let path = "\(bench.path)/incident_log.jsonl"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      _ = try bench.act(as: "scribe") { session, _ in
        _ = try session.raise(.init(subject: "disk full", body: .string("help")))
        return try session.leave(because: "bye")
      }
      let before = try bench.lines(of: "scribe")
      #expect(throws: KitError.ended(.left)) { try bench.send("still", by: "scribe") }
      #expect(try bench.lines(of: "scribe") == before)
    }
  }
}
