import Foundation
import Host
import TestSupport
import Testing

extension RealProcesses {
  @Suite("Daemons left alone", .enabled(if: isLong, "ten minutes: make long"))
  struct DaemonAloneTests {
    @Test("in ten minutes two daemons beat as their tiers say, and do nothing else")
    func alone() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        for handle in ["forge", "scribe", "forge"] { try stand.mustRun(["inbox"], as: handle) }
        try stand.withDaemons(["forge", "scribe"]) { daemons in
          MonotonicClock.sleep(for: .seconds(2))
          let before = try daemons.map { try $0.work() }
          let beats = try ["forge", "scribe"].map(stand.beats)
          MonotonicClock.sleep(for: .seconds(600))
          for (index, handle) in ["forge", "scribe"].enumerated() {
            // After 90, 180 and 270 s in T1, then after 270 s in T2; one more where it began late.
            let count = try stand.beats(of: handle) - beats[index]
            #expect((4...5).contains(count), "\(count) beats of \(handle)")
            let after = try daemons[index].work()
            #expect(after.ticks - before[index].ticks < 100)
            print("\(handle): \(after.waits - before[index].waits) waits for \(count) beats")
            #expect(try !daemons[index].says("trouble"))
            #expect(try daemons[index].stop().code == 0)
          }
          try stand.mustRun(["verify", "--every-signature"], as: "forge")
        }
      }
    }
  }
}
