import DeadDropKit
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A watch gives each message once, and marks none as read")
struct WatchingTests {
  /// A reader that stays, and what one look of it gave.
  private func watch(
    _ bench: Bench, _ handle: Handle = "forge", isNewOnly: Bool = false,
    _ body: ((() throws -> Inbox)) throws -> Void
  ) throws {
    var session = try bench.open(handle)
    _ = try session.catchUp(saves: false)
    var watching = try session.watching(session: Session.defaultSession, isNewOnly: isNewOnly)
    try body {
      _ = try session.catchUp(saves: false)
      return try session.news(&watching)
    }
  }

  @Test("first what is unread, then what comes, in order, whoever else reads meanwhile")
  func order() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      try bench.inbox("forge")
      try bench.send(["one", "two"], by: "scribe")
      try watch(bench) { look in
        #expect(try look().subjects == ["one", "two"])
        #expect(try look().lines.isEmpty)
        try bench.send(["three"], by: "mason")
        #expect(try bench.inbox("forge") == ["one", "two", "three"])
        try bench.send(["four"], by: "scribe")
        #expect(try look().subjects == ["three", "four"])
        try bench.ack(bench.propose("go", by: "scribe"), by: "forge")
        #expect(try look().lines.compactMap(\.message?.type.known) == [.proposal])
        #expect(try look().lines.isEmpty)
      }
      #expect(try bench.inbox("forge") == ["four"])
    }
  }

  @Test("what comes from now on leaves out what is unread")
  func newOnly() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send(["one", "two"], by: "scribe")
      try watch(bench, isNewOnly: true) { look in
        #expect(try look().lines.isEmpty)
        try bench.send(["three"], by: "scribe")
        #expect(try look().subjects == ["three"])
      }
      #expect(try bench.inbox("forge") == ["one", "two", "three"])
    }
  }

  @Test("what is held back is counted once, and given in order when the key is verified")
  func heldBack() throws {
    var wire = try TestWire(["forge", "scribe"])
    try wire.join()
    for subject in ["one", "two"] {
      try wire.write(Draft(.request, subject: Text(subject), body: .string("x")), by: "scribe")
    }
    try Bench.run { bench in
      try bench.settleIn(wire, as: "forge")
      for isNewOnly in [false, true] {
        try watch(bench, isNewOnly: isNewOnly) { look in
          let first = try look()
          #expect(first.lines.isEmpty)
          #expect(first.heldBack == (isNewOnly ? [:] : ["scribe": 3]))
          let second = try look()
          #expect(second.lines.isEmpty && second.heldBack.isEmpty)
          try bench.act(as: "forge") { session, _ in
            _ = try session.pin("scribe", .key(TestKey("scribe/1").pk))
          }
          #expect(try look().subjects == (isNewOnly ? [] : ["one", "two"]))
          #expect(try look().lines.isEmpty)
        }
        try bench.act(as: "forge") { session, _ in _ = try session.revoke("scribe", from: 1) }
      }
    }
  }

  @Test("what is revoked is counted once, and given when that is lifted")
  func revoked() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      try watch(bench) { look in
        try bench.send(["one", "two", "three"], by: "scribe")
        try bench.act(as: "forge") { session, _ in _ = try session.revoke("scribe", from: 3) }
        let first = try look()
        #expect(first.subjects == ["one"] && first.revoked == ["scribe": 2])
        try bench.send(["four"], by: "scribe")
        #expect(try look().lines.isEmpty)
        let pk = try bench.pk(of: "scribe")
        try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
        #expect(try look().subjects == ["two", "three", "four"])
        #expect(try look().lines.isEmpty)
      }
    }
  }

  @Test("beyond a gap too each message comes once, and what fills the gap later")
  func gap() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      try watch(bench) { look in
        try bench.send(["one", "two", "three"], by: "scribe")
        let lines = try bench.lines(of: "scribe")
        try bench.setLines(lines.dropLast(3) + [lines[lines.count - 1]], of: "scribe")
        #expect(try look().subjects == ["three"])
        #expect(try look().lines.isEmpty)
        try bench.setLines(lines, of: "scribe")
        #expect(try look().subjects == ["one", "two"])
        #expect(try look().lines.isEmpty)
      }
    }
  }

  @Test("a log that goes to the archive is followed there and behind")
  func archived() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      try watch(bench) { look in
        try bench.send(["one"], by: "scribe")
        #expect(try look().subjects == ["one"])
        try bench.send(["two"], by: "scribe")
        try bench.act(as: "scribe") { session, _ in _ = try session.archive(.now) }
        try bench.send(["three"], by: "scribe")
        #expect(try look().subjects == ["two", "three"])
        #expect(try look().lines.isEmpty)
      }
    }
  }
}
