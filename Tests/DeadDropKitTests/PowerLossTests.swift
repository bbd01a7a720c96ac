#if FAULTS
  import DeadDropKit
  import Foundation
  import Host
  import Protocol
  import Synchronization
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("A power cut takes back nothing that was acknowledged and convicts nobody honest")
  struct PowerLossTests {
    private static let log = "scribe_to_forge.jsonl"

    /// Where the power may be cut: what the disk may hold, and what was acknowledged by then.
    private struct Point: Sendable {
      let power: PowerState
      let acknowledged: [Bytes32]
      let place: String
    }

    /// Watches what scribe and forge do, and notes each point at which the power could be cut.
    private final class Watch: Sendable {
      private struct Notes {
        var points: [Point] = []
        var acknowledged: [Bytes32] = []
        var isReading = false
      }

      let power: PowerModel
      private let notes = Mutex(Notes())

      init(_ bench: Bench) throws { power = try PowerModel(watching: bench.root) }

      var points: [Point] { notes.withLock { $0.points } }

      func acknowledge(_ id: Bytes32) { notes.withLock { $0.acknowledged.append(id) } }

      /// After a call passed: what is in doubt now.
      private func note(_ traced: TracedCall) {
        power.observe(traced)
        guard traced.call.changesFiles else { return }
        let now = power.now
        notes.withLock {
          $0.points.append(
            Point(power: now, acknowledged: $0.acknowledged, place: "after \(traced)"))
        }
      }

      /// Runs what the writer does; the peer reads whenever the writer's log was written to.
      func run<Value>(_ bench: Bench, _ body: () throws -> Value) throws -> Value {
        let plan = FaultPlan(Fault.unflushed) { [self] traced in
          note(traced)
          guard traced.call == .write, traced.path.hasSuffix("/" + PowerLossTests.log) else {
            return
          }
          let mayRead = notes.withLock { notes in
            defer { notes.isReading = true }
            return !notes.isReading
          }
          guard mayRead else { return }
          let reading = FaultPlan(Fault.unflushed) { [self] in note($0) }
          do {
            let look = try reading.run { try bench.look("forge") }
            if !look.broken.isEmpty { Issue.record("ahead of the flush: \(look.broken)") }
          } catch { Issue.record("ahead of the flush: \(error)") }
          notes.withLock { $0.isReading = false }
        }
        return try plan.run(body)
      }
    }

    /// Starts both agents again after a cut, and tells what is not as it must be.
    private func recover(
      _ bench: Bench, _ acknowledged: [Bytes32], isPeerFirst: Bool, _ findings: inout Findings
    ) throws {
      if isPeerFirst {
        findings.requireEqual(try bench.look("forge").broken, [], "for the peer before")
      }
      let before = try bench.wholeLines(Self.log).lines
      try bench.act(as: "scribe") { session, report in
        findings.requireEqual(report.isUnsafe, false, "unsafe for the writer")
        let receipt = try session.send(.init(.request, subject: "after", body: .null))
        findings.requireEqual(receipt.seq, before.count + 1, "seq after the cut")
      }
      let ids = try bench.messages(of: "scribe").map(\.eventID)
      let lost = acknowledged.filter { id in ids.count { $0 == id } != 1 }
      findings.require(lost.isEmpty, "\(lost.count) acknowledged lines are not there once")
      let look = try bench.look("forge")
      findings.requireEqual(look.broken, [], "for the peer")
      findings.requireEqual(look.subjects.last, "after", "the newest line shown")
      _ = try bench.act(as: "scribe") { session, _ in try session.heartbeat(Heartbeat()) }
      try bench.checkWire(&findings)
    }

    /// Cuts the power at the points given, and checks each of the trees that may be left.
    private func cut(
      _ bench: Bench, at points: [Point], limit: Int?, mixCount: Int,
      using random: inout RandomSource
    ) throws {
      var issueCount = 0
      var count = 0
      for point in points {
        for image in point.power.cuts(limit: limit, mixCount: mixCount, using: &random) {
          count += 1
          try image.restore(to: bench.root)
          var findings = Findings()
          do {
            try Bench.unflushed {
              try recover(
                bench, point.acknowledged, isPeerFirst: count.isMultiple(of: 2), &findings)
            }
          } catch { findings.require(false, "\(error)") }
          guard !findings.words.isEmpty else { continue }
          Issue.record("cut \(point.place): \(findings.words.joined(separator: "; "))")
          issueCount += 1
          if issueCount >= 6 { return }
        }
      }
      print("power cuts: \(points.count) points, \(count) trees")
    }

    @Test("at every call of some sends, with a reader ahead of the writer's flush")
    func sends() throws {
      try Bench.run("forge", "scribe") { bench in
        try bench.send(["one", "two"], by: "scribe")
        try bench.inbox("forge")
        let watch = try Watch(bench)
        for number in 0..<4 {
          let length = [10, 700, 4_000, 100][number]
          try watch.run(bench) {
            let receipt = try bench.send(
              Text("message \(number)"), by: "scribe",
              body: .string(Text(String(repeating: "x", count: length))))
            watch.acknowledge(receipt.eventID)
          }
        }
        var random = RandomSource("power cuts of sends")
        var points = watch.points
        if !WalkSize.isLong { points = points.shuffled(using: &random).suffix(40) }
        try cut(
          bench, at: points, limit: WalkSize.isLong ? nil : 4, mixCount: WalkSize.isLong ? 16 : 1,
          using: &random)
      }
    }
  }
#endif
