import Foundation
import Host
import TestSupport
import Testing
import Wire
import WireFormat

extension RealProcesses {
  @Suite("Locks that somebody else holds")
  struct HeldLocksTests {
    @Test("a peer that holds every shared file locked neither stops nor delays an agent")
    func sharedFiles() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        try agree(stand)
        for handle in ["forge", "scribe"] { try stand.mustRun(["heartbeat"], as: handle) }
        let free = try median(of: 7, stand)
        let files = try FileManager.default.subpathsOfDirectory(atPath: stand.wire)
          .filter { $0.hasSuffix(".jsonl") || $0.hasSuffix(".json") }
        #expect(files.count == 7)
        var holder = ""
        let proposal = try holding(files.map { "\(stand.wire)/\($0)" }, stand) { child in
          holder = "locked by Drill (pid \(child.processID))"
          // Waiting for a lock takes five seconds: a second tells the two apart.
          let held = try median(of: 7, stand)
          #expect(held < free + .seconds(1), "\(held), and \(free) before")
          let proposal = try propose(stand)
          let ratified = try stand.mustRun(["status"], as: "forge")
          #expect(ratified.errors.contains("ratified \(proposal.prefix(12))"))
          #expect(ratified.errors.contains("decisions.jsonl: \(holder)"), "\(ratified.errors)")
          // With a decision to write, each of them tries and passes on.
          let unsettled = try median(of: 3, stand)
          #expect(unsettled < free + .seconds(1), "\(unsettled), and \(free) before")
          #expect(try stand.lines("decisions.jsonl").count == 1)
          let audit = try stand.audit()
          #expect(audit.missingDecisions.map(\.hex) == [proposal])
          #expect(audit.bad.isEmpty)
          return proposal
        }
        let settled = try stand.mustRun(["status"], as: "forge")
        #expect(!settled.errors.contains("locked"), "\(settled.errors)")
        let lines = try stand.lines("decisions.jsonl").map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.count == 2)
        #expect(lines.last?.contains(proposal) == true)
        #expect(try stand.audit().missingDecisions.isEmpty)
      }
    }

    @Test("a private lock that stays held ends the command, which names the holder")
    func privateLock() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let states = try FileManager.default.subpathsOfDirectory(atPath: stand.home)
        let name = try #require(states.first { $0.hasSuffix("forge/writer.txt") })
        try holding(["\(stand.home)/\(name)"], stand) { child in
          let outcome = try stand.run(Stand.send("held up"), as: "forge")
          #expect(outcome.code == 7)
          #expect(
            outcome.errors.contains(
              "\(stand.home)/\(name): locked by Drill (pid \(child.processID))"),
            "\(outcome.errors)")
        }
        try stand.mustSend("free again", as: "forge")
      }
    }

    /// Has another process hold these files locked while the body runs.
    private func holding<Value>(
      _ files: [String], _ stand: Stand, _ body: (ChildProcess) throws -> Value
    ) throws -> Value {
      let started = try stand.start(try Products.path("Drill"), ["hold"] + files)
      defer {
        started.child.signal(SIGKILL)
        _ = try? started.finish(upTo: .seconds(10))
      }
      try started.waitUntilSaid("held")
      return try body(started.child)
    }

    /// The time that the middle one of so many sends takes.
    private func median(of count: Int, _ stand: Stand) throws -> Duration {
      let times = try (0..<count).map { _ in
        let start = MonotonicClock.now()
        try stand.mustSend("timed", as: "forge")
        return MonotonicClock.now() - start
      }
      return .nanoseconds(times.sorted()[count / 2])
    }

    /// A proposal of forge that scribe has acked; only forge can ratify it.
    private func propose(_ stand: Stand) throws -> String {
      let proposal = try stand.mustRun(
        ["send", "proposal", "--subject", "port", "--body", "8443", "--json"], as: "forge")
      let id = try #require(proposal.eventID)
      try stand.mustRun(["ack", id], as: "scribe")
      return id
    }

    private func agree(_ stand: Stand) throws {
      _ = try propose(stand)
      try stand.mustRun(["status"], as: "forge")
      #expect(try stand.lines("decisions.jsonl").count == 1)
    }
  }
}
