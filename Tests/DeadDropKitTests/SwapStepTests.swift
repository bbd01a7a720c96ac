#if FAULTS
  import DeadDropKit
  import Foundation
  import Host
  import Synchronization
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("Files swapped between any two calls of a verb", .timeLimit(.minutes(20)))
  struct SwapStepTests {
    /// What a verb is, and which names of the wire it goes through.
    enum Act: String, CaseIterable {
      case send, beat, decide, archive, read

      var targets: [String] {
        switch self {
        case .send: ["scribe_to_forge.jsonl", ""]
        case .beat: ["beats", "beats/scribe.jsonl", ""]
        case .decide: ["decisions.jsonl", "forge_to_scribe.jsonl"]
        case .archive: ["scribe_to_forge.jsonl", "archive", "archive/YEAR"]
        case .read: ["scribe_to_forge.jsonl", "wire.json", "archive", "beats"]
        }
      }

      /// Whoever takes a directory away in which a new file was just stored, and puts another in its
      /// place, takes the file away too: that is destruction, which nothing defends against.
      func kinds(at target: String) -> [OddFile] {
        let kinds: [OddFile] = [.symbolicLink, .pipe, .device, .directory, .socket, .hardLink]
        return self == .archive && target.hasPrefix("archive") ? kinds : kinds + [.removed]
      }

      /// Does it; gives the message that it says is stored.
      func run(_ bench: Bench) throws -> Bytes32? {
        switch self {
        case .send: try bench.send("struck", by: "scribe").eventID
        case .beat:
          try bench.act(as: "scribe") { session, _ -> Bytes32? in
            _ = try session.heartbeat(Heartbeat())
            return nil
          }
        case .decide:
          try bench.act(as: "forge") { _, _ -> Bytes32? in nil }
        case .archive:
          try bench.act(as: "scribe") { session, _ -> Bytes32? in
            _ = try session.archive(.now)
            return nil
          }
        case .read:
          try bench.act(as: "forge") { session, _ -> Bytes32? in
            _ = try session.inbox(session: Session.defaultSession, limit: nil, isPeek: false)
            _ = try session.commitRead()
            return nil
          }
        }
      }
    }

    @Test(
      "nothing is written outside, nothing acknowledged is lost, and all goes on afterwards",
      arguments: Act.allCases)
    func swap(act: Act) throws {
      try furnished { bench in
        let base = try TreeImage(of: bench.root)
        let plan = FaultPlan(Fault.unflushed)
        try plan.run { _ = try act.run(bench) }
        // Between two calls on private files a swap is the same as before the next one on the wire.
        let trace = plan.trace
        let points = trace.indices.filter { trace[$0].path.hasPrefix(bench.path) }
        try #require(points.count > 5)
        var random = RandomSource("swaps at \(points.count) of \(trace.count) calls")
        for target in act.targets {
          let chosen =
            WalkSize.isLong ? points : Array(points.shuffled(using: &random).prefix(12)).sorted()
          for call in chosen {
            let kinds = act.kinds(at: target)
            for kind in WalkSize.isLong ? kinds : [random.pick(kinds)] {
              try base.restore(to: bench.root)
              try strike(act, target, kind, after: call, bench)
            }
          }
        }
      }
    }

    /// A wire with an archive, a proposal that forge's next command decides, and beats.
    private func furnished(_ body: (Bench) throws -> Void) throws {
      try Bench.run("forge", "scribe") { bench in
        try Data("not of this wire\n".utf8).write(to: URL(filePath: bench.outside))
        try FileManager.default.createDirectory(
          atPath: bench.outside + ".d", withIntermediateDirectories: false)
        try bench.send(["one", "two"], by: "scribe")
        try bench.act(as: "scribe") { session, _ in _ = try session.archive(.now) }
        try bench.send("three", by: "scribe")
        let decided = try bench.propose("first", by: "forge")
        try bench.ack(decided, by: "scribe")
        try bench.settle("forge")
        let open = try bench.propose("port", by: "forge")
        try bench.ack(open, by: "scribe")
        for handle in ["forge", "scribe"] as [Handle] {
          // Not forge's turn to decide yet: its beat alone.
          var session = try bench.open(handle)
          _ = try session.heartbeat(Heartbeat())
        }
        try body(bench)
      }
    }

    private func strike(
      _ act: Act, _ target: String, _ kind: OddFile, after call: Int, _ bench: Bench
    ) throws {
      let path = try place(target, bench)
      let count = Mutex(0)
      let taken = Mutex<OddFile.Taken?>(nil)
      let outside = bench.outside
      let plan = FaultPlan(Fault.unflushed) { _ in
        let isDue = count.withLock {
          $0 += 1
          return $0 == call
        }
        if isDue { taken.withLock { $0 = try? kind.take(placeOf: path, outside: outside) } }
      }
      if call == 0 { taken.withLock { $0 = try? kind.take(placeOf: path, outside: outside) } }
      var told: Bytes32?
      do {
        told = try plan.run { try act.run(bench) }
      } catch is KitError {
        // To refuse is one right answer; to go on with the file that was meant is the other.
      }
      let what = "\(act) \(target) \(kind) after call \(call)"
      #expect(try bench.isOutsideUntouched(), "\(what)")
      taken.withLock { $0?.putBack() }
      #expect(try bench.isOutsideUntouched(), "\(what)")
      var findings = Findings()
      do {
        try Bench.unflushed { try checkAfterwards(told, bench, &findings) }
      } catch { findings.require(false, "\(error)") }
      #expect(findings.words == [], "\(what)")
    }

    private func checkAfterwards(
      _ told: Bytes32?, _ bench: Bench, _ findings: inout Findings
    ) throws {
      try bench.send("after", by: "scribe")
      try bench.inbox("forge")
      let ids = try bench.messages(of: "scribe").map(\.eventID)
      if let told { findings.requireEqual(ids.count { $0 == told }, 1, "the acknowledged message") }
      try bench.checkWire(&findings)
      findings.requireEqual(try bench.settle("forge").isUnsafe, false, "unsafe for the reader")
      findings.requireEqual(try bench.derived(), try bench.derivable(), "decisions")
    }

    private func place(_ target: String, _ bench: Bench) throws -> String {
      guard !target.isEmpty else { return bench.path }
      guard target.hasSuffix("YEAR") else { return "\(bench.path)/\(target)" }
      let years = try FileManager.default.contentsOfDirectory(atPath: bench.path + "/archive")
      return "\(bench.path)/archive/\(try #require(years.first))"
    }
  }

  extension Bench {
    fileprivate var outside: String { root + "/outside" }

    fileprivate func isOutsideUntouched() throws -> Bool {
      try Data(contentsOf: URL(filePath: outside)) == Data("not of this wire\n".utf8)
        && FileManager.default.contentsOfDirectory(atPath: outside + ".d").isEmpty
    }
  }
#endif
