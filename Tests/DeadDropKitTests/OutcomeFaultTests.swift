#if FAULTS
  import DeadDropKit
  import Foundation
  import Host
  import Identity
  import Protocol
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("A fault while settling, beating or pinning leaves what the next run completes")
  struct OutcomeFaultTests {
    @Test("an acked proposal is decided once, and the derived file is whole")
    func settling() throws {
      try Bench.run("forge", "scribe") { bench in
        let proposal = try bench.propose("port", by: "forge")
        try bench.ack(proposal, by: "scribe")
        try bench.walk(.key) {
          // What goes on after a settling that failed must not build on what was not stored.
          try bench.act(as: "forge") { session, report in
            _ = try session.inbox(session: Session.defaultSession, limit: nil, isPeek: false)
            _ = try session.commitRead()
            return report.isUnsafe
          }
        } check: { strike, findings in
          findings.require(strike.value != true, "unsafe under the fault")
          findings.requireEqual(try bench.look("scribe").broken, [], "before the recovery")
          let log = try bench.log(of: "forge")
          let before = try bench.wholeLines(log).lines
          // A child of another test may still hold a lock that died with its owner.
          var turns = 0
          repeat {
            try bench.settle("forge")
            turns += 1
          } while try turns < 50 && !bench.audit().missingDecisions.isEmpty
          findings.requireEqual(try bench.count(.decision, of: "forge"), 1, "decisions")
          findings.require(
            try bench.wholeLines(log).lines.starts(with: before), "a readable line was changed")
          findings.requireEqual(try bench.derived(), try bench.derivable(), "decisions.jsonl")
          findings.requireEqual(try bench.look("scribe").broken, [], "after the recovery")
          findings.requireEqual(
            try bench.status(of: proposal, for: "scribe"), .ratified, "for the acker")
          findings.requireEqual(
            try bench.status(of: proposal, for: "forge"), .ratified, "for the proposer")
          try bench.checkWire(&findings)
        }
      }
    }

    /// The beats of scribe that are whole, the put away ones first.
    private func beats(_ bench: Bench) throws -> [[UInt8]] {
      let old = try bench.wholeLines("beats/scribe.jsonl.1").lines
      return try (old + bench.wholeLines("beats/scribe.jsonl").lines).filter {
        (try? Envelope.read($0.span)) != nil
      }
    }

    private func numbers(_ bench: Bench) throws -> [Int] {
      try Set(beats(bench)).compactMap { line in
        guard case .beat(let n) = try Envelope.read(line.span).place else { return nil }
        return n
      }
    }

    @Test(
      "each beat has a number of its own, and peers take the next one", arguments: [false, true])
    func beat(isRotating: Bool) throws {
      try Bench.run("forge", "scribe") { bench in
        try bench.inbox("forge")
        try bench.inbox("scribe")
        if isRotating {
          let line = try #require(try bench.wholeLines("beats/scribe.jsonl").lines.last)
          let count = (1 << 20) / (line.count + 1) + 2
          try bench.appendBytes(
            Array(repeatElement(line + [UInt8(ascii: "\n")], count: count).joined()),
            to: "beats/scribe.jsonl")
        }
        try bench.walk(.key) {
          var session = try bench.open("scribe")
          return try session.heartbeat(Heartbeat())
        } check: { strike, findings in
          let seen = try bench.act(as: "forge") { session, _ in try session.beats()["scribe"]?.n }
          if let n = strike.value, !isRotating {
            findings.requireEqual(seen, n, "the beat acknowledged")
          }
          let next = try bench.act(as: "scribe") { session, _ in
            try session.heartbeat(Heartbeat())
          }
          findings.require(next > seen ?? 0, "beat \(next) after a peer has seen \(seen ?? 0)")
          findings.require(next > strike.value ?? 0, "beat \(next) twice")
          let last = try bench.act(as: "scribe") { session, _ in
            try session.heartbeat(Heartbeat())
          }
          let newest = try bench.act(as: "forge") { session, _ in
            try session.beats()["scribe"]?.n
          }
          findings.requireEqual(newest, last, "what a peer takes for the newest")
          let all = try numbers(bench)
          findings.requireEqual(Set(all).count, all.count, "numbers of so many beats")
          try bench.checkWire(&findings)
        }
      }
    }

    @Test("a counter that is gone or damaged costs no beat", arguments: [nil, "", "{"])
    func lostCounter(text: String?) throws {
      try Bench.run("forge", "scribe") { bench in
        try bench.inbox("forge")
        let numbers = try (0..<3).map { _ in
          let n = try bench.act(as: "scribe") { session, _ in try session.heartbeat(Heartbeat()) }
          try bench.act(as: "forge") { session, _ in _ = try session.beats() }
          return n
        }
        let state = try bench.statePath(of: "scribe")
        if let text {
          try bench.overwrite("beats.json", with: Array(text.utf8), in: state)
        } else {
          try FileManager.default.removeItem(atPath: state + "/beats.json")
        }
        let next = try bench.act(as: "scribe") { session, _ in try session.heartbeat(Heartbeat()) }
        #expect(next == numbers[2] + 1)
        let seen = try bench.act(as: "forge") { session, _ in try session.beats()["scribe"]?.n }
        #expect(seen == next)
      }
    }

    @Test("a key is pinned or is not, and pinning again shows what was held back")
    func pin() throws {
      try Bench.run { bench in
        let invites = try bench.found(["forge", "scribe"])
        let invite = try #require(invites.first)
        try bench.join(
          Invite(
            loc: invite.loc, wire: invite.wire, pk: invite.pk, from: invite.from, to: invite.to,
            secret: .unheld("guess"), expires: invite.expires))
        let pk = try bench.open("scribe").signingKey().publicKey.bytes
        try bench.settle("forge")
        try bench.send("one", by: "scribe")
        try bench.walk(.key) {
          var session = try bench.open("forge")
          _ = try session.catchUp()
          _ = try session.pin("scribe", .key(pk))
        } check: { strike, findings in
          let look = try bench.look("forge")
          findings.requireEqual(look.broken, [], "after the fault")
          if strike.value != nil { findings.requireEqual(look.subjects, ["one"], "pinned") }
          try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
          let later = try bench.look("forge")
          findings.requireEqual(look.subjects + later.subjects, ["one"], "shown in all")
          findings.requireEqual(
            try bench.open("forge").trust.tier(of: "scribe"), .verified, "the tier")
          findings.requireEqual(try bench.count(.introduce, of: "forge"), 1, "introductions")
          findings.requireEqual(try bench.settle("scribe").isUnsafe, false, "unsafe for the peer")
          try bench.checkWire(&findings)
        }
      }
    }
  }
#endif
