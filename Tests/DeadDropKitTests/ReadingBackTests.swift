import DeadDropKit
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("What was verified can be read back, and nothing else is shown")
struct ReadingBackTests {
  @Test("lines past a change of key are found after the change was shown")
  func pastKeyChange() throws {
    var wire = try TestWire(["scribe", "forge"])
    try wire.card(by: "scribe")
    let pk = try TestKey("scribe/2").pk
    try wire.addKey(try TestKey("scribe/2"), by: "scribe")
    try wire.card(by: "scribe")
    try wire.write(Draft(.request, subject: "after", body: .string("text")), by: "scribe")
    let id = try #require(wire.ids(of: "scribe").last)
    try Bench.run { bench in
      try bench.settleIn(wire, as: "forge")
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      _ = try bench.inbox("forge")
      try bench.act(as: "forge") { session, _ in
        let found = try session.find(id.hex)
        #expect(found.subject == "after")
      }
    }
  }

  @Test("proposals of an unverified peer are in no overview")
  func hiddenProposal() throws {
    var wire = try TestWire(["scribe", "forge"])
    try wire.card(by: "scribe")
    _ = try wire.propose(by: "scribe")
    let pk = try #require(wire.writers["scribe"]).key.pk
    try Bench.run { bench in
      try bench.settleIn(wire, as: "forge")
      try bench.act(as: "forge") { session, _ in
        #expect(try session.status(sessionName: "main").open.isEmpty)
        #expect(try session.owed().isEmpty)
        #expect(session.tierLabel(of: "scribe") == "UNTRUSTED")
        _ = try session.pin("scribe", .key(pk))
        #expect(try session.status(sessionName: "main").open.count == 1)
        #expect(try session.owed().count == 1)
        #expect(session.tierLabel(of: "scribe") == "VERIFIED")
      }
    }
  }

  @Test("what a rollback left of unread lines is shown")
  func afterRollback() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send(["one", "two", "three"], by: "scribe")
      try bench.settle("forge")
      try bench.setLines(try bench.lines(of: "scribe").dropLast(), of: "scribe")
      #expect(try bench.inbox("forge").suffix(2) == ["one", "two"])
    }
  }

  @Test("an own line that the log has lost is told although no reader had seen it")
  func lostOwnLine() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.settle("forge")
      try bench.send(["kept", "lost"], by: "forge")
      try bench.setLines(try bench.lines(of: "forge").dropLast(), of: "forge")
      try bench.act(as: "forge") { _, report in
        #expect(report.broken.map(\.handle) == ["forge"])
      }
    }
  }

  @Test(
    "a log that was changed before its head is told, not passed over",
    arguments: ["forge", "scribe"] as [Handle])
  func changedMiddle(writer: Handle) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send(["one", "two", "three"], by: writer)
      try bench.settle("forge")
      var lines = try bench.lines(of: writer)
      let place = try #require(lines[lines.count - 2].lastIndex(of: UInt8(ascii: "w")))
      lines[lines.count - 2][place] = UInt8(ascii: "W")
      try bench.setLines(lines, of: writer)
      try bench.act(as: "forge") { session, _ in
        var cursors = CursorSet()
        _ = try session.history(Session.Filter(), after: &cursors)
        #expect(session.changedLogs == [try bench.log(of: writer)])
      }
    }
  }
}

@Suite("A founding or joining that was cut off can be done again")
struct CutOffTests {
  @Test("a newcomer whose state began but whose card was not written joins, and cannot send before")
  func join() throws {
    try Bench.run { bench in
      let invite = try #require(try bench.found(["forge", "scribe"]).first)
      let places = bench.places("scribe")
      _ = try PrivateState.open(places.state(wire: invite.wire, handle: "scribe"))
      _ = try KeyStore(places).ensureSigningKey("scribe")
      #expect(throws: KitError.wire(.notJoined("scribe"))) {
        try bench.send(["too soon"], by: "scribe")
      }
      try bench.join(invite)
      try bench.send(["in time"], by: "scribe")
      #expect(try bench.inbox("forge").contains("in time"))
    }
  }
}
