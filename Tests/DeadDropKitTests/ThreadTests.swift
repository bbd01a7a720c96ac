import DeadDropKit
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A thread is a tree of answers")
struct ThreadTests {
  @Test("each message stands before its answers, and these by time")
  func order() throws {
    try Bench.run("forge", "scribe") { bench in
      let root = try bench.send("root", by: "forge").eventID
      let first = try bench.send("first", by: "scribe", re: root).eventID
      let second = try bench.send("second", by: "forge", re: root).eventID
      try bench.send("below second", by: "scribe", re: second)
      let below = try bench.send("below first", by: "forge", re: first).eventID
      try bench.send("another thread", by: "forge")
      for id in [root, second, below] {
        let entries = try bench.act(as: "scribe") { session, _ in try session.thread(id.hex) }
        #expect(
          entries.map { "\($0.depth) \($0.line.message?.subject.string ?? "")" }
            == ["0 root", "1 first", "2 below first", "1 second", "2 below second"])
        #expect(entries.allSatisfy { $0.standing == nil })
      }
    }
  }

  @Test("a chain of answers of any depth is drawn")
  func depth() throws {
    let count = 3_000
    try Bench.run { bench in
      var wire = try TestWire(["ada", "bob"])
      var last: Bytes32?
      for _ in 0..<count {
        last = try wire.write(
          Draft(.request, subject: "s", body: .string(""), re: last, correlationID: "one"),
          by: "ada")
      }
      try bench.settleIn(wire, as: "ada")
      let entries = try bench.act(as: "ada") { session, _ in
        try session.thread(try #require(last).hex)
      }
      #expect(entries.map(\.depth) == Array(0..<count))
    }
  }

  @Test("its proposals have what became of them, and the time left for whom it runs")
  func standings() throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose("port", by: "forge")
      let counter = try bench.send("port", by: "scribe", type: .proposal, re: proposal).eventID
      for (reader, isTimed) in [("forge", false), ("scribe", true)] as [(Handle, Bool)] {
        let entries = try bench.act(as: reader) { session, _ in
          try session.thread(counter.hex)
        }
        #expect(entries.map(\.standing?.status) == [.countered, .open])
        #expect(entries.first?.standing?.secondsLeft == nil)
        #expect((entries.last?.standing?.secondsLeft != nil) == isTimed)
      }
    }
  }
}
