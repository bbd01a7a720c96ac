#if FAULTS
  import DeadDropKit
  import Foundation
  import Host
  import Identity
  import Synchronization
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("An archive that is struck loses no line and no name")
  struct ArchiveFaultTests {
    private let log = "scribe_to_forge.jsonl"

    private func check(
      _ bench: Bench, _ lines: [[UInt8]], newCounts: ClosedRange<Int>, _ findings: inout Findings
    ) throws {
      // The peer looks while the wire is as the fault left it.
      let first = try bench.look("forge")
      findings.requireEqual(first.broken, [], "before the recovery")
      let before = try bench.wholeLines(log).lines
      findings.require(before.starts(with: lines), "a line was changed or lost")
      let newCount = before.count - lines.count
      findings.require(newCounts.contains(newCount), "\(newCount) new lines")
      let receipt = try bench.send("after", by: "scribe")
      let after = try bench.wholeLines(log).lines
      findings.require(after.starts(with: before), "a line that a peer could read was changed")
      findings.requireEqual(receipt.seq, before.count + 1, "seq of the next append")
      let second = try bench.look("forge")
      findings.requireEqual(second.broken, [], "after the recovery")
      findings.requireEqual(
        first.subjects + second.subjects, Array(repeating: "new", count: newCount) + ["after"],
        "what the peer was shown")
      findings.requireEqual(try bench.settle("scribe").isUnsafe, false, "unsafe for the writer")
      try bench.checkWire(&findings)
    }

    @Test("a fault at any call of the command")
    func command() throws {
      try Bench.runRead { bench in
        let lines = try bench.wholeLines(log).lines
        try bench.walk(.key) {
          var session = try bench.open("scribe")
          return try session.archive(.now)
        } check: { strike, findings in
          if case .moved? = strike.value {
            findings.requireEqual(try bench.archive(of: log).count, 1, "files of the archive")
          }
          try check(bench, lines, newCounts: 0...0, &findings)
        }
      }
    }

    @Test("a fault at any call of the first append of a new year")
    func newYear() throws {
      try Bench.runRead { bench in
        let lines = try bench.wholeLines(log).lines
        try bench.walk(.key) {
          var session = try bench.open("scribe")
          session.wallClock = { WallClock.now() + 400 * 86_400_000_000 }
          return try session.send(.init(.request, subject: "new", body: .null))
        } check: { strike, findings in
          let isStored = strike.value != nil
          try check(bench, lines, newCounts: (isStored ? 1 : 0)...1, &findings)
        }
      }
    }

    @Test("a power cut at every call, with a reader ahead of the writer's flush")
    func power() throws {
      try Bench.runRead { bench in
        try bench.inbox("scribe")
        let watch = try PowerWatch(bench)
        for number in 0..<2 {
          try watch.store(whileReading: "forge") {
            try bench.send(Text("message \(number)"), by: "scribe").eventID
          }
          _ = try watch.run {
            try bench.act(as: "scribe") { session, _ in try session.archive(.now) }
          } whileReading: {
            try $0.look("forge")
          }
        }
        try watch.store(whileReading: "forge") {
          try bench.send("last", by: "scribe").eventID
        }
        try bench.cut(at: watch.points, agents: ["forge", "scribe"], pointCount: 40)
      }
    }
  }
#endif
