import DeadDropKit
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Lines that arrive before what explains them")
struct ArrivalTests {
  @Test("messages sent before the inviter ran anything are delivered in order")
  func eager() throws {
    try Bench.run { bench in
      let invites = try bench.found(["forge", "scribe"])
      try bench.join(try #require(invites.first))
      try bench.send(["one", "two", "three"], by: "scribe")
      #expect(try bench.inbox("forge") == ["one", "two", "three"])
      #expect(try bench.inbox("forge").isEmpty)
    }
  }

  @Test("a log whose first line comes last is delivered in order", arguments: [1, 2, 3])
  func withoutCard(lookCount: Int) throws {
    try Bench.run { bench in
      let invites = try bench.found(["forge", "scribe"])
      try bench.join(try #require(invites.first))
      try bench.send(["one", "two", "three"], by: "scribe")
      let all = try bench.lines(of: "scribe")
      try bench.setLines(Array(all.dropFirst()), of: "scribe")
      for _ in 0..<lookCount { #expect(try bench.inbox("forge").isEmpty) }
      #expect(try bench.open("forge").trust.tier(of: "scribe") == .untrusted)
      try bench.setLines(all, of: "scribe")
      #expect(try bench.settle("forge").says("VERIFIED"))
      #expect(try bench.inbox("forge") == ["one", "two", "three"])
      #expect(try bench.inbox("forge").isEmpty)
      #expect(try bench.settle("forge").broken.isEmpty)
    }
  }

  @Test("a card that stands behind the lines that follow it opens the chain all the same")
  func cardAtEnd() throws {
    try Bench.run { bench in
      let invites = try bench.found(["forge", "scribe"])
      try bench.join(try #require(invites.first))
      try bench.send(["one", "two"], by: "scribe")
      let all = try bench.lines(of: "scribe")
      try bench.setLines(Array(all.dropFirst()), of: "scribe")
      #expect(try bench.inbox("forge").isEmpty)
      try bench.append(all[0], to: "scribe")
      #expect(try bench.inbox("forge") == ["one", "two"])
      #expect(try bench.audit().bad.isEmpty)
      try bench.send("three", by: "scribe")
      #expect(try bench.inbox("forge") == ["three"])
    }
  }

  @Test("a log that comes line by line gives each message once")
  func trickle() throws {
    try Bench.run { bench in
      let invites = try bench.found(["forge", "scribe"])
      try bench.join(try #require(invites.first))
      let subjects = (1...6).map { "message \($0)" }
      try bench.send(subjects, by: "scribe")
      let all = try bench.lines(of: "scribe")
      var shown: [String] = []
      for count in 0...all.count {
        try bench.setLines(Array(all.prefix(count)), of: "scribe")
        shown += try bench.inbox("forge")
      }
      #expect(shown == subjects)
    }
  }

  @Test("lines by a new key that come before the line that introduces it are delivered after it")
  func lateKeyAdd() throws {
    var wire = try TestWire(["scribe", "forge"])
    try wire.card(by: "scribe")
    try wire.addKey(try TestKey("scribe/2"), by: "scribe")
    try wire.card(by: "scribe")
    try wire.write(Draft(.request, subject: "new", body: .string("text")), by: "scribe")
    let lines = try #require(wire.logs["scribe"])
    let pk = try TestKey("scribe/1").pk
    wire.logs["scribe"] = [lines[0]]
    try Bench.run { bench in
      try bench.settleIn(wire, as: "forge")
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      for line in lines[2...] { try bench.append(line, to: "scribe") }
      #expect(try bench.inbox("forge").isEmpty)
      try bench.append(lines[1], to: "scribe")
      #expect(try bench.audit().bad.isEmpty)
      #expect(try bench.inbox("forge") == ["new"])
    }
  }

  @Test("bytes behind the last line feed wait until their line is whole")
  func unfinished() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send(["one", "two"], by: "scribe")
      let whole = try bench.read("scribe_to_forge.jsonl")
      for cut in [1, 2, 100, 300] {
        try bench.overwrite("scribe_to_forge.jsonl", with: Array(whole.dropLast(cut)))
        #expect(try !bench.settle("forge").isUnsafe)
      }
      #expect(try bench.inbox("forge") == ["one"])
      try bench.overwrite("scribe_to_forge.jsonl", with: whole)
      #expect(try bench.inbox("forge") == ["two"])
    }
  }
}
