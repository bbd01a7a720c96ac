#if FAULTS
  import DeadDropKit
  import Foundation
  import Host
  import Protocol
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("A fault at any call of a daemon's turn")
  struct DaemonFaultTests {
    /// One turn of a daemon that has just begun, at a second of a clock that the test holds.
    private func turn(_ bench: Bench, at second: Int) throws -> Daemon.Turn {
      let clock = VirtualClock()
      clock.advance(to: clock.milliseconds + 1_000 * second)
      var session = try bench.open("forge")
      clock.rule(&session)
      // The answers are by commands, whose clock is the real one, and run out by that.
      session.wallClock = { WallClock.now() }
      var daemon = Daemon(session)
      let turn = try daemon.turn()
      if let failure = turn.failure { throw failure }
      return turn
    }

    @Test("it acks, ratifies, beats and rings once, whatever struck it before")
    func walk() throws {
      try Bench.run("forge", "scribe") { bench in
        var proposal = Bytes32.zero
        var incident = Bytes32.zero
        try Bench.unflushed {
          _ = try turn(bench, at: 0)
          proposal = try bench.propose("port", by: "forge")
          try bench.ack(proposal, by: "scribe")
          incident = try bench.act(as: "scribe") { session, _ in
            try session.raise(.init(subject: "disk full", body: .string("help"))).eventID
          }
        }
        let beatCount = try beats(bench)
        try bench.walk(.key) {
          try turn(bench, at: 10)
        } check: { strike, findings in
          let struck = try beats(bench)
          findings.require(struck <= beatCount + 1, "\(struck - beatCount) beats of one turn")
          if strike.value != nil {
            findings.requireEqual(struck, beatCount + 1, "beats of a turn that was done")
          }
          let before = try bench.wholeLines(bench.log(of: "forge")).lines
          let again = try turn(bench, at: 12)
          findings.requireEqual(again.failure == nil, true, "the next turn")
          let after = try bench.wholeLines(bench.log(of: "forge")).lines
          findings.require(after.starts(with: before), "a line that a peer could read was changed")
          let own = try bench.messages(of: "forge")
          findings.requireEqual(own.count { $0.type.known == .decision }, 1, "decisions")
          findings.requireEqual(own.count { $0.re == incident }, 1, "acks")
          findings.requireEqual(try bench.derived().count, 1, "derived decisions")
          let count = try beats(bench)
          // A beat that was written and not yet remembered is written once more, no oftener.
          findings.require(
            (beatCount + 1...beatCount + 2).contains(count), "\(count - beatCount) beats in all")
          let bell = try bench.statePath(of: "forge") + "/" + Doorbell.name
          findings.require(FileManager.default.fileExists(atPath: bell), "nobody rang")
          let quiet = try turn(bench, at: 14)
          findings.requireEqual(quiet.notes, [], "what a third turn does")
          try bench.checkWire(&findings)
        }
      }
    }

    /// Whole lines that are beats.
    private func beats(_ bench: Bench) throws -> Int {
      try bench.lines("beats/forge.jsonl").count { (try? Envelope.read($0.span)) != nil }
    }

    @Test("a beat that could not be written is still due, and the tier is counted on once")
    func unwritten() throws {
      try Bench.run("forge", "scribe") { bench in
        var daemon = Daemon(try bench.open("forge"))
        let full = FaultPlan([
          Fault(.fail(28), call: .write, pathSuffix: "beats/forge.jsonl", isLasting: true)
        ])
        let count = try beats(bench)
        for _ in 0..<3 {
          let turn = try full.run { try daemon.turn() }
          #expect(turn.beat == nil)
          #expect(turn.failure != nil)
        }
        #expect(try daemon.turn().beat != nil)
        #expect(try daemon.turn().beat == nil)
        #expect(try beats(bench) == count + 1)
      }
    }

    @Test("what stands in the way of the archive or the doorbell keeps nobody from beating")
    func inTheWay() throws {
      try Bench.run("forge", "scribe") { bench in
        try bench.send("one", by: "scribe")
        let bell = try bench.statePath(of: "forge") + "/" + Doorbell.name
        try FileManager.default.createDirectory(
          atPath: bell, withIntermediateDirectories: false)
        var daemon = Daemon(try bench.open("forge"))
        let turn = try daemon.turn()
        #expect(turn.failure != nil)
        #expect(turn.beat != nil)
        try FileManager.default.removeItem(atPath: bell)
        #expect(try daemon.turn().failure == nil)
        // A year later, a peer's file stands where the archive would be.
        try Data().write(to: URL(fileURLWithPath: bench.path + "/archive"))
        let clock = VirtualClock()
        clock.change { $0.wall += 366 * 86_400_000_000 }
        var session = try bench.open("forge")
        clock.rule(&session)
        var later = Daemon(session)
        let blocked = try later.turn()
        #expect(blocked.failure != nil)
        #expect(blocked.beat != nil)
      }
    }
  }
#endif
