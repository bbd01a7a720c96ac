import DeadDropKit
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Each session is shown each line once")
struct CursorTests {
  /// Scribe wrote so many requests, and forge has read what came before them.
  private func written(_ count: Int, _ body: (Bench, [String]) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      let subjects = (1...count).map { "message \($0)" }
      try bench.send(subjects, by: "scribe")
      try body(bench, subjects)
    }
  }

  @Test("a limit moves past just what was shown", arguments: [1, 2, 3, 5])
  func limit(_ limit: Int) throws {
    try written(5) { bench, subjects in
      var shown: [String] = []
      while true {
        let some = try bench.inbox("forge", limit: limit)
        #expect(some.count <= limit)
        if some.isEmpty { break }
        #expect(some == Array(subjects.dropFirst(shown.count).prefix(limit)))
        shown += some
      }
      #expect(shown == subjects)
    }
  }

  @Test("what a limit left is counted")
  func left() throws {
    try written(5) { bench, _ in
      try bench.act(as: "forge") { session, _ in
        let inbox = try session.inbox(session: "main", limit: 2, isPeek: true)
        #expect(inbox.leftCount == 3)
      }
    }
  }

  @Test("peeking moves nothing")
  func peek() throws {
    try written(3) { bench, subjects in
      let state = try bench.statePath(of: "forge")
      try bench.settle("forge")
      let before = try bench.snapshot(state + "/cursors")
      for _ in 0..<3 { #expect(try bench.inbox("forge", isPeek: true) == subjects) }
      #expect(try bench.snapshot(state + "/cursors") == before)
      #expect(try bench.inbox("forge") == subjects)
    }
  }

  @Test("two sessions have cursors of their own")
  func sessions() throws {
    try written(3) { bench, subjects in
      // The first line is the card, which both sessions still have before them.
      let first = try bench.inbox("forge", session: "one", limit: 1)
      #expect(first.isEmpty)
      #expect(try bench.inbox("forge", session: "two") == subjects)
      #expect(try bench.inbox("forge", session: "one", limit: 1) == [subjects[0]])
      #expect(try bench.inbox("forge", session: "one") == Array(subjects.dropFirst()))
      #expect(try bench.inbox("forge") == subjects)
      for name in ["one", "two", "main"] {
        #expect(try bench.inbox("forge", session: name).isEmpty)
      }
    }
  }

  @Test("a crash between showing and moving on shows it again")
  func crash() throws {
    try written(3) { bench, subjects in
      for _ in 0..<2 {
        let shown = try bench.act(as: "forge") { session, _ in
          try session.inbox(session: "main", limit: nil, isPeek: false).subjects
        }
        #expect(shown == subjects)
      }
      #expect(try bench.inbox("forge") == subjects)
      #expect(try bench.inbox("forge").isEmpty)
    }
  }

  @Test("a limit counts what is shown, not lines that carry nothing to show")
  func refusedContent() throws {
    var wire = try TestWire(["scribe", "forge"])
    try wire.card(by: "scribe")
    for _ in 0..<3 { try wire.note(by: "scribe") { $0["kind"] = .integer(1202) } }
    try wire.write(Draft(.request, subject: "good", body: .string("text")), by: "scribe")
    let pk = try #require(wire.writers["scribe"]).key.pk
    try Bench.run { bench in
      try bench.settleIn(wire, as: "forge")
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      #expect(try bench.inbox("forge", limit: 1).isEmpty, "the card")
      #expect(try bench.inbox("forge", limit: 1) == ["good"])
    }
  }

  @Test("no schedule of sending and reading shows a line twice or never", arguments: 0..<6)
  func schedule(number: Int) throws {
    var random = RandomSource("cursor schedule \(number)")
    try Bench.run("forge", "scribe", "mason") { bench in
      var sent: [Handle: [String]] = [:]
      var shown: [String: [String]] = [:]
      for step in 0..<24 {
        let peer: Handle = random.once(in: 2) ? "scribe" : "mason"
        if random.once(in: 2) {
          let subject = "\(peer) \(step)"
          try bench.send(Text(subject), by: peer)
          sent[peer, default: []].append(subject)
        } else {
          let name = random.pick(["one", "two"])
          let limit = random.once(in: 2) ? nil : 1 + random.below(4)
          let isPeek = random.once(in: 4)
          let some = try bench.inbox("forge", session: name, limit: limit, isPeek: isPeek)
          if !isPeek { shown[name, default: []] += some }
        }
      }
      for name in ["one", "two"] {
        shown[name, default: []] += try bench.inbox("forge", session: name)
        for (peer, subjects) in sent {
          #expect(shown[name]?.filter { $0.hasPrefix("\(peer)") } == subjects)
        }
      }
    }
  }
}
