import DeadDropKit
import Foundation
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

/// Steps of two commands of one agent, in an order that two processes can come to.
@Suite("Two processes of one agent do not undo each other's reading")
struct ConcurrentReaderTests {
  @Test("heads never go back when one settles what it read before the other read more")
  func settling() throws {
    try Bench.run("forge", "scribe") { bench in
      let session = try bench.open("forge")
      _ = try bench.propose("port", by: "scribe")
      var slow = WireReader(session.genesis)
      _ = try slow.catchUp(session.shared, session.state)
      try #require(slow.store.isUnsettled)
      try bench.send("later", by: "scribe")
      var quick = WireReader(session.genesis)
      _ = try quick.catchUp(session.shared, session.state)
      let head = try #require(quick.store.records["scribe"]?.head)
      try slow.markSettled(session.state)
      let stored = try HeadStore.load(session.state, wire: session.genesis.id)
      #expect(stored.records["scribe"]?.head == head)
    }
  }

  @Test("a state follows facts that the other has added, also where this one met only plain lines")
  func adding() throws {
    try Bench.run("forge", "scribe") { bench in
      let session = try bench.open("forge")
      let proposal = try bench.propose("port", by: "scribe")
      var slow = WireReader(session.genesis)
      _ = try slow.catchUp(session.shared, session.state)
      _ = try slow.current(session.state)
      try bench.ack(proposal, by: "forge")
      try bench.settle("scribe")
      var quick = WireReader(session.genesis)
      _ = try quick.catchUp(session.shared, session.state)
      try bench.send("plain", by: "scribe")
      _ = try slow.catchUp(session.shared, session.state)
      let now = try slow.current(session.state)
      #expect(now.decisions[proposal]?["scribe"] != nil && now.proposals[proposal] != nil)
    }
  }

  @Test("facts read anew where heads.json was lost are not taken for those of before")
  func losing() throws {
    try Bench.run("forge", "scribe") { bench in
      _ = try bench.propose("port", by: "scribe")
      let session = try bench.open("forge")
      var slow = WireReader(session.genesis)
      _ = try slow.catchUp(session.shared, session.state)
      try FileManager.default.removeItem(atPath: bench.statePath(of: "forge") + "/heads.json")
      var quick = WireReader(session.genesis)
      _ = try quick.catchUp(session.shared, session.state)
      #expect(quick.store.key.generation != slow.store.key.generation)
    }
  }

  @Test("a state can be folded although the other has replaced the facts since")
  func replacing() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send("one", by: "scribe")
      try bench.settle("forge")
      let session = try bench.open("forge")
      var slow = WireReader(session.genesis)
      _ = try slow.catchUp(session.shared, session.state)
      // A gap makes the other one read all logs anew.
      try bench.send("two", by: "scribe")
      try bench.send("three", by: "scribe")
      var lines = try bench.lines(of: "scribe")
      lines.remove(at: lines.count - 2)
      try bench.setLines(lines, of: "scribe")
      var quick = WireReader(session.genesis)
      _ = try quick.catchUp(session.shared, session.state)
      #expect(throws: Never.self) { _ = try slow.current(session.state) }
    }
  }
}
