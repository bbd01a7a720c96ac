import Dispatch
import Foundation
import Host
import Synchronization
import TestSupport
import Testing

extension RealProcesses {
  @Suite("Files swapped while they are used")
  struct SwapRaceTests {
    private static let milliseconds = size(2_000, long: 60_000)

    @Test(
      "nothing is written outside, nothing hangs, and what was acknowledged is in the log",
      arguments: [
        ["forge_to_scribe.jsonl"], ["beats/forge.jsonl"], ["beats"],
        ["decisions.jsonl", "scribe_to_forge.jsonl", "wire.json"],
      ])
    func race(targets: [String]) async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let outside = try Outside(stand)
        let told = Mutex<[String: [String]]>(["forge": [], "scribe": []])
        for handle in ["forge", "scribe"] { try stand.mustRun(["heartbeat"], as: handle) }
        _ = FileManager.default.createFile(
          atPath: stand.wire + "/decisions.jsonl", contents: Data())
        let drills = try targets.map { target in
          try stand.start(
            try Products.path("Drill"),
            [
              "swap", "\(Self.milliseconds / targets.count)", "\(stand.wire)/\(target)",
              outside.file,
            ]
              + OddFile.allCases.filter(Self.isSwapped).map(\.rawValue))
        }
        let failures = Mutex<[String]>([])
        let deadline = MonotonicClock.deadline(after: .milliseconds(Self.milliseconds))
        DispatchQueue.concurrentPerform(iterations: 2) { index in
          let handle = ["forge", "scribe"][index]
          var turn = 0
          while MonotonicClock.now() < deadline {
            let words = Self.verbs[turn % Self.verbs.count]
            turn += 1
            do {
              let outcome = try stand.run(words, as: handle, upTo: .seconds(10))
              if let id = outcome.eventID { told.withLock { $0[handle]?.append(id) } }
              guard let code = outcome.code, (0...7).contains(code) else {
                throw Stand.Failed(description: outcome.summary)
              }
            } catch {
              failures.withLock { $0.append("\(error)") }
            }
          }
        }
        var swaps: [String] = []
        for drill in drills {
          let outcome = try drill.finish(upTo: .seconds(30))
          #expect(outcome.ending == .exited(0), "\(outcome.summary)")
          swaps.append(outcome.output.trimmingCharacters(in: .newlines))
        }
        let acknowledged = told.withLock { $0 }
        print("\(targets): \(swaps), \(acknowledged.mapValues(\.count)) messages acknowledged")
        #expect(failures.withLock { $0 } == [])
        #expect(try outside.isUntouched())
        for (handle, ids) in acknowledged {
          let stored = try stand.stored(by: handle)
          #expect(stored.map(\.seq) == Array(1...stored.count))
          #expect(Set(ids).isSubset(of: stored.map(\.id)))
          try stand.mustSend("after", as: handle)
          try stand.mustRun(["verify"], as: handle)
        }
      }
    }

    private static let verbs = [
      Stand.send("raced"), ["heartbeat"], ["inbox", "--json"], ["status"],
    ]

    /// What leaves the bytes of the file alone.
    private static func isSwapped(_ kind: OddFile) -> Bool {
      switch kind {
      case .empty, .half, .altered, .copy: false
      default: true
      }
    }
  }
}
