import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@testable import DeadDropKit

/// Times are seconds of clocks that the test holds.
@Suite("What a status shows beside members and threads")
struct StatusTests {
  private func status(
    _ bench: Bench, of handle: Handle = "forge", at seconds: Int = 1_000
  ) throws -> Status {
    try bench.act(as: handle, at: seconds) { session, _ in
      try session.status(sessionName: Session.defaultSession)
    }
  }

  @Test("time alone makes a peer late and gone, and another look says the same")
  func liveness() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.beat("scribe", at: 1_000)
      let first = try status(bench)
      // One and a half cadences of 90 s are 135 s, three 270.
      #expect(first.secondsToLook == 136)
      for (age, expected) in [
        (0, .alive), (135, .alive), (136, .late), (270, .late), (271, .gone), (9_000, .gone),
      ] as [(Int, Liveness)] {
        let aged = first.aged(by: 1_000 * age).members.first { $0.handle == "scribe" }
        let seen = try status(bench, at: 1_000 + age).members.first { $0.handle == "scribe" }
        #expect(aged?.liveness == expected, "\(age)")
        #expect(seen?.liveness == expected, "\(age)")
        #expect(aged?.silentSeconds == seen?.silentSeconds)
      }
      #expect(first.secondsToTick == 60)
      #expect(first.aged(by: 59_000).secondsToTick == 1)
      #expect(first.aged(by: 3_601_000).secondsToTick == 3_599)
      #expect(!first.isCounting)
    }
  }

  @Test("the time until an incident is late runs as that of the record does")
  func incident() throws {
    try Bench.run("forge", "scribe") { bench in
      _ = try bench.raise(at: 1_000)
      #expect(try status(bench).incidents.map(\.secondsLeft) == [nil])
      try bench.beat("scribe", at: 1_000)
      try bench.settle("forge", at: 1_050)
      let first = try status(bench, at: 1_050)
      #expect(first.incidents.map(\.secondsLeft) == [90])
      // An incident that waits puts scribe into the tier of 30 s: it is late after 45.
      #expect(first.isCounting && first.secondsToLook == 46)
      let second = try status(bench, at: 1_110)
      #expect(second.incidents.map(\.secondsLeft) == [30])
      #expect(first.aged(by: 60_000).incidents.map(\.secondsLeft) == [30])
      #expect(first.aged(by: 60_001).incidents.map(\.secondsLeft) == [30])
      #expect(first.aged(by: 99_000).incidents.map(\.secondsLeft) == [0])
      try bench.settle("forge", at: 1_140)
      #expect(try status(bench, at: 1_140).incidents.map(\.secondsLeft) == [nil])
    }
  }

  @Test("claims that are held, the first to end first, and none that has expired")
  func claims() throws {
    try Bench.run("forge", "scribe") { bench in
      for (pattern, seconds) in [("docs", 7_200), ("src/**", 60)] {
        let resource = try #require(ClaimResource(.strings([pattern])))
        try bench.act(as: "scribe") { session, _ in
          _ = try session.claim(.init(resource: resource, seconds: seconds, reason: nil))
        }
      }
      let now = try status(bench)
      #expect(now.claims.map(\.fact.claim.resource.words) == ["src/**", "docs"])
      #expect(now.claims.allSatisfy { $0.isShown && $0.fact.claim.holder == "scribe" })
      #expect((1...60).contains(now.claims[0].secondsLeft ?? 0))
      #expect(now.isCounting)
      let later = try bench.act(as: "forge") { session, _ in
        let clock = session.wallClock
        session.wallClock = { clock() + 61_000_000 }
        return try session.status(sessionName: Session.defaultSession)
      }
      #expect(later.claims.map(\.fact.claim.resource.words) == ["docs"])
    }
  }

  @Test("as many messages are held back as the inbox says, and none once the key is verified")
  func heldBack() throws {
    try strangers { bench in
      try bench.send(["one", "two"], by: "scribe")
      let inbox = try bench.act(as: "forge") { session, _ in
        try session.inbox(session: Session.defaultSession, limit: nil, isPeek: true)
      }
      let held = try status(bench).heldBack
      #expect(held.map(\.peer) == ["scribe"])
      #expect(Dictionary(uniqueKeysWithValues: held.map { ($0.peer, $0.count) }) == inbox.heldBack)
      try bench.confirm("forge", "scribe", bench.compare())
      #expect(try status(bench).heldBack.isEmpty)
    }
  }

  @Test("comparisons of codes: asked, waiting, locked, and over")
  func comparisons() throws {
    try strangers { bench in
      #expect(try status(bench).comparisons.isEmpty)
      try bench.startComparing("scribe", with: "forge")
      #expect(try status(bench).comparisons == [.init(peer: "scribe", state: .asked)])
      #expect(
        try status(bench, of: "scribe").comparisons == [.init(peer: "forge", state: .waiting)])
      let code = try bench.compare()
      for _ in 0..<3 {
        #expect(throws: KitError.self) { try bench.confirm("forge", "scribe", "100010001000") }
      }
      guard case .locked? = try status(bench).comparisons.first?.state else {
        Issue.record("not locked")
        return
      }
      try bench.confirm("scribe", "forge", code.isEmpty ? "" : bench.code("scribe", with: "forge"))
      #expect(try status(bench, of: "scribe").comparisons.isEmpty)
    }
  }
}

@Suite("The last messages are those that came last")
struct RecentTests {
  private func subjects(
    _ bench: Bench, _ recent: inout RecentMessages, _ handle: Handle = "forge"
  ) throws -> [String] {
    var session = try bench.open(handle)
    _ = try session.catchUp()
    return try session.recent(&recent).filter { $0.type == "request" }.map(\.subject.string)
  }

  @Test("what is new stands at the end, and of each writer so many are kept")
  func arrival() throws {
    try Bench.run("forge", "scribe") { bench in
      var recent = RecentMessages(limit: 3)
      try bench.send(["one", "two", "three", "four"], by: "scribe")
      try bench.send(["own"], by: "forge")
      #expect(try subjects(bench, &recent) == ["two", "three", "four", "own"])
      #expect(try subjects(bench, &recent) == ["two", "three", "four", "own"])
      try bench.send(["five"], by: "scribe")
      #expect(try subjects(bench, &recent) == ["three", "four", "own", "five"])
    }
  }

  @Test("a stamp of tomorrow keeps no message at the end, and no other order comes of yesterday's")
  func stamps() throws {
    try Bench.run("forge", "scribe") { bench in
      var recent = RecentMessages(limit: 9)
      _ = try subjects(bench, &recent)
      for (subject, hours) in [("tomorrow", 24), ("yesterday", -24), ("now", 0)] {
        try bench.act(as: "scribe") { session, _ in
          let clock = session.wallClock
          session.wallClock = { clock() + Int64(hours) * 3_600_000_000 }
          _ = try session.send(
            Session.Outgoing(.request, subject: Text(subject), body: .string("x")))
        }
        #expect(try subjects(bench, &recent).last == subject)
      }
      #expect(try subjects(bench, &recent) == ["tomorrow", "yesterday", "now"])
    }
  }

  @Test("those of a peer come once its key is believed, in their place")
  func trust() throws {
    try strangers { bench in
      var recent = RecentMessages(limit: 9)
      try bench.send(["hidden"], by: "scribe")
      #expect(try subjects(bench, &recent).isEmpty)
      try bench.send(["own"], by: "forge")
      #expect(try subjects(bench, &recent) == ["own"])
      try bench.confirm("forge", "scribe", bench.compare())
      #expect(try subjects(bench, &recent) == ["hidden", "own"])
    }
  }

  @Test("a subject that no screen has room for is kept by its beginning")
  func long() throws {
    try Bench.run("forge", "scribe") { bench in
      var recent = RecentMessages(limit: 9)
      try bench.send([String(repeating: "é", count: 6_000)], by: "scribe")
      #expect(try subjects(bench, &recent).map(\.unicodeScalars.count) == [1_024])
    }
  }
}
