#if FAULTS
  import DeadDropKit
  import Host
  import Identity
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("A fault at any call of an append loses and doubles nothing")
  struct AppendFaultTests {
    private let log = "scribe_to_forge.jsonl"

    private func send(_ body: String, _ bench: Bench) throws -> Receipt {
      var session = try bench.open("scribe")
      return try session.send(.init(.request, subject: "", body: .string(Text(body))))
    }

    /// The body that makes the next line of scribe so many bytes long, its LF counted.
    private func body(for byteCount: Int, _ bench: Bench) throws -> String {
      let base = try TreeImage(of: bench.root)
      _ = try send("", bench)
      let lines = try bench.wholeLines(log).lines
      let least = try #require(lines.last).count + 1
      try base.restore(to: bench.root)
      return String(repeating: "x", count: max(0, byteCount - least))
    }

    @Test(
      "every line length: told once or not at all, and the next append works",
      arguments: [0, 4_095, 4_096, 4_097, 65_536])
    func append(byteCount: Int) throws {
      try Bench.runRead { bench in
        let body = try body(for: byteCount, bench)
        var lengths: Set<Int> = []
        try bench.walk(byteCount == 4_096 ? .distinct : .key, more: torn) {
          try send(body, bench)
        } check: { strike, findings in
          try check(strike, bench, &findings)
          for line in try bench.wholeLines(log).lines[3...].dropLast() {
            lengths.insert(line.count + 1)
          }
        }
        if byteCount > 0 { #expect(lengths == [byteCount]) }
      }
    }

    /// Faults that come together: a short write, and its mending fails too.
    private var torn: [[Fault]] {
      let short = Fault(.short(.half), call: .write, pathSuffix: log)
      return [
        [short, Fault(.fail(5), call: .truncate)], [short, Fault(.crash, call: .truncate)],
        [Fault(.short(.half), call: .write, pathSuffix: log, isLasting: true)],
        [Fault(.short(.bytes(0)), call: .write, pathSuffix: log, isLasting: true)],
        [Fault(.fail(5), call: .fdatasync, isLasting: true)],
        [Fault(.fail(28), call: .write, isLasting: true)],
      ]
    }

    private func check(
      _ strike: Strike<Receipt>, _ bench: Bench, _ findings: inout Findings
    ) throws {
      // The peer looks while the wire is as the fault left it.
      let first = try bench.look("forge")
      findings.requireEqual(first.broken, [], "before the recovery")
      let before = try bench.wholeLines(log).lines
      let isUnsynced = strike.error.map(Self.isUnsynced) ?? false
      let count = before.count - 3
      switch strike.outcome {
      case .done: findings.requireEqual(count, 1, "lines of an acknowledged append")
      case .refused: findings.requireEqual(count, isUnsynced ? 1 : 0, "lines of a refused append")
      case .died: findings.require(count <= 1, "\(count) lines of one append")
      }
      let receipt = try bench.send("after", by: "scribe")
      let after = try bench.wholeLines(log).lines
      findings.require(after.starts(with: before), "a line that a peer could read was changed")
      findings.requireEqual(after.count, before.count + 1, "lines after the next append")
      findings.requireEqual(receipt.seq, after.count, "seq of the next append")
      if let told = strike.value {
        let ids = try bench.messages(of: "scribe").map(\.eventID)
        findings.requireEqual(ids.count { $0 == told.eventID }, 1, "the acknowledged message")
      }
      let second = try bench.look("forge")
      findings.requireEqual(second.broken, [], "after the recovery")
      findings.requireEqual(
        first.subjects + second.subjects, Array(repeating: "", count: count) + ["after"],
        "what the peer was shown")
      findings.requireEqual(try bench.settle("scribe").isUnsafe, false, "unsafe for the writer")
      try bench.checkWire(&findings)
    }

    private static func isUnsynced(_ error: any Error) -> Bool {
      if case KitError.wire(.unsynced) = error { true } else { false }
    }

    @Test("a failed fdatasync leaves the line, says so, and the next start goes on after it")
    func unsynced() throws {
      try Bench.runRead { bench throws in
        let plan = FaultPlan([Fault(.fail(5), call: .fdatasync, pathSuffix: log)])
        let error = #expect(throws: KitError.self) { try plan.run { try send("x", bench) } }
        #expect(error.map(Self.isUnsynced) == true)
        #expect(plan.trace.count { $0.call == .fdatasync && $0.path.hasSuffix(log) } == 1)
        let shown = try bench.inbox("forge")
        #expect(shown == [""])
        #expect(try bench.send("after", by: "scribe").seq == 5)
        #expect(try bench.inbox("forge") == ["after"])
      }
    }

    @Test("a join that is struck can be made again or is made, and opens the log once")
    func join() throws {
      try Bench.run { bench in
        let invites = try bench.found(["forge", "scribe"])
        let invite = try #require(invites.first)
        try bench.walk(.key) {
          try bench.join(invite)
        } check: { strike, findings in
          let first = try bench.look("forge")
          findings.requireEqual(first.broken, [], "before the recovery")
          let before = try bench.wholeLines(log).lines
          findings.require(before.count <= 1, "\(before.count) cards")
          if strike.value != nil { findings.requireEqual(before.count, 1, "cards acknowledged") }
          do { try bench.join(invite) } catch KitError.alreadyJoined {
            findings.requireEqual(before.count, 1, "cards of one who has joined")
          }
          try bench.send("after", by: "scribe")
          let after = try bench.wholeLines(log).lines
          findings.requireEqual(after.count, 2, "lines after the next append")
          findings.require(after.starts(with: before), "a line that a peer could read was changed")
          let second = try bench.look("forge")
          findings.requireEqual(second.broken, [], "after the recovery")
          findings.requireEqual(second.subjects, ["after"], "what the founder was shown")
          findings.requireEqual(
            try bench.open("scribe").trust.tier(of: "forge"), .verified, "the inviter's tier")
          try bench.settle("scribe")
          try bench.checkWire(&findings)
        }
      }
    }
  }
#endif
