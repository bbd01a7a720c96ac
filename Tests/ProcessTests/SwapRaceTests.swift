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

    /// What leaves the bytes of the file itself alone.
    private static let odd: [OddFile] = [
      .symbolicLink, .pipe, .device, .directory, .socket, .hardLink, .removed,
    ]

    @Test(
      "nothing is written outside, nothing hangs, and what was acknowledged is in the log",
      arguments: [
        (["forge_to_scribe.jsonl"], odd), (["beats/forge.jsonl"], [.hardLink, .removed]),
        (["beats"], odd), (["decisions.jsonl"], [.hardLink, .removed]),
        (["decisions.jsonl", "scribe_to_forge.jsonl", "wire.json"], odd),
      ])
    func race(targets: [String], kinds: [OddFile]) async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let outside = try Outside(stand)
        for handle in ["forge", "scribe"] { try stand.mustRun(["heartbeat"], as: handle) }
        try Data().write(to: URL(filePath: stand.wire + "/decisions.jsonl"))
        let drills = try targets.map { target in
          let words = ["swap", "\(Self.milliseconds)", "\(stand.wire)/\(target)", outside.file]
          return try stand.start(try Products.path("Drill"), words + kinds.map(\.rawValue))
        }
        let board = Board()
        DispatchQueue.concurrentPerform(iterations: 2) { index in
          act(as: ["forge", "scribe"][index], stand, board)
        }
        let swaps = try drills.map { drill in
          let outcome = try drill.finish(upTo: .seconds(30))
          #expect(outcome.ending == .exited(0), "\(outcome.summary)")
          return outcome.output.trimmingCharacters(in: .newlines)
        }
        let told = board.told
        print(
          "\(targets): \(swaps), \(told.acknowledged.mapValues(\.count)) messages acknowledged")
        #expect(told.failures.isEmpty, "\(told.failures.prefix(3).joined(separator: "\n"))")
        #expect(try outside.isUntouched())
        try expectWhole(stand, told)
      }
    }

    /// Runs the command over and over until the time is over.
    private func act(as handle: String, _ stand: Stand, _ board: Board) {
      let deadline = MonotonicClock.deadline(after: .milliseconds(Self.milliseconds))
      var turn = 0
      while MonotonicClock.now() < deadline {
        let proposal = board.told.acknowledged["forge"]?.last
        var words = [
          ["send", "proposal", "--subject", "raced", "--body", "text", "--json"], ["heartbeat"],
          ["inbox", "--json"], ["status"],
        ][turn % 4]
        if turn % 4 == 0, handle == "scribe", let proposal { words = ["ack", proposal, "--json"] }
        turn += 1
        do {
          let outcome = try stand.run(words, as: handle, upTo: .seconds(10))
          if let id = outcome.eventID {
            board.change { $0.acknowledged[handle, default: []].append(id) }
          }
          guard let code = outcome.code, (0...7).contains(code) else {
            throw Stand.Failed(description: outcome.summary)
          }
        } catch {
          board.change { $0.failures.append("\(error)") }
        }
      }
    }

    private func expectWhole(_ stand: Stand, _ told: Board.Told) throws {
      for handle in ["forge", "scribe"] {
        let stored = try stand.stored(by: handle)
        #expect(stored.map(\.seq) == Array(1...stored.count))
        #expect(Set(told.acknowledged[handle] ?? []).isSubset(of: stored.map(\.id)))
        try stand.mustSend("after", as: handle)
        try stand.mustRun(["inbox"], as: handle)
        try stand.mustRun(["heartbeat"], as: handle)
        try stand.mustRun(["verify"], as: handle)
      }
    }
  }
}
