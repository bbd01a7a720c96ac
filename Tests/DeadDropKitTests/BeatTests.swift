import DeadDropKit
import Identity
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Beats say who is there and what was read")
struct BeatTests {
  private let file = "beats/scribe.jsonl"

  private func wire(_ body: (Bench) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      try bench.inbox("scribe")
      try body(bench)
    }
  }

  @discardableResult
  private func beat(_ bench: Bench, by handle: Handle = "scribe") throws -> Int {
    try bench.act(as: handle) { session, _ in try session.heartbeat(Heartbeat()) }
  }

  /// The counter of scribe's newest beat as forge sees it.
  private func newest(_ bench: Bench) throws -> Int? {
    try bench.act(as: "forge") { session, _ in try session.beats()["scribe"]?.n }
  }

  @Test("the counter rises by one, whatever is sent between")
  func counter() throws {
    try wire { bench in
      let start = try beat(bench)
      #expect(try beat(bench) == start + 1)
      try bench.send("one", by: "scribe")
      #expect(try beat(bench) == start + 2)
      #expect(try newest(bench) == start + 2)
    }
  }

  @Test("a torn beat is ended with a line feed and ignored")
  func torn() throws {
    try wire { bench in
      let start = try beat(bench)
      let half = try #require(try bench.lines(file).last).prefix(200)
      try bench.appendBytes(Array(half), to: file)
      #expect(try newest(bench) == start)
      #expect(try beat(bench) == start + 1)
      #expect(try newest(bench) == start + 1)
      let lines = try bench.lines(file)
      #expect(lines.dropLast().last == Array(half))
    }
  }

  @Test("a beat that is said again at the end is a replay")
  func replay() throws {
    try wire { bench in
      try beat(bench)
      let old = try #require(try bench.lines(file).last)
      let newest = try beat(bench)
      try bench.appendBytes(old + [UInt8(ascii: "\n")], to: file)
      #expect(try self.newest(bench) == newest)
    }
  }

  @Test("what scribe did not sign as a beat of this wire is ignored")
  func forged() throws {
    try wire { bench in
      let start = try beat(bench)
      try beat(bench, by: "forge")
      let line = try #require(try bench.lines(file).last)
      let text = String(decoding: line, as: UTF8.self)
      var forgeries = [text.replacing("\"n\":\(start)", with: "\"n\":\(start + 7)")]
      forgeries.append(text.replacing("\"idle\"", with: "\"busy\""))
      forgeries += try bench.lines("beats/forge.jsonl").map { String(decoding: $0, as: UTF8.self) }
      forgeries += try bench.lines(of: "scribe").map { String(decoding: $0, as: UTF8.self) }
      forgeries += ["{}", "", "null"]
      for forgery in forgeries {
        #expect(forgery != text)
        try bench.appendBytes(Array((forgery + "\n").utf8), to: file)
        #expect(try newest(bench) == start)
      }
      #expect(try beat(bench) == start + 1)
      #expect(try newest(bench) == start + 1)
    }
  }

  @Test("a receipt goes from stored to seen to read")
  func receipts() throws {
    try wire { bench in
      try beat(bench)
      let id = try bench.send("one", by: "forge").eventID
      #expect(try receipt(of: id, bench) == "stored")
      try beat(bench)
      #expect(try receipt(of: id, bench) == "seen")
      try bench.inbox("scribe", isPeek: true)
      try beat(bench)
      #expect(try receipt(of: id, bench) == "seen")
      #expect(try bench.inbox("scribe") == ["one"])
      #expect(try receipt(of: id, bench) == "read")
    }
  }

  private func receipt(of id: Bytes32, _ bench: Bench) throws -> String? {
    try bench.act(as: "forge") { session, _ in
      try session.receipts(of: [session.line(id.hex)])[0].first { $0.handle == "scribe" }?
        .state.rawValue
    }
  }

  @Test("a message to a peer that never beat is stored, and no more is known")
  func noBeat() throws {
    try Bench.run { bench in
      try bench.found(["forge", "scribe"])
      let id = try bench.send("one", by: "forge").eventID
      let receipts = try bench.act(as: "forge") { session, _ in
        try session.receipts(of: [session.line(id.hex)])[0].map(\.state)
      }
      #expect(receipts == [.stored])
    }
  }
}
