import Foundation
import Host
import TestSupport
import Testing
import Wire
import WireFormat

extension RealProcesses {
  @Suite("Archives among many processes")
  struct ArchiveRaceTests {
    private static let messageCount = size(15, long: 500)

    @Test(
      "while four processes append and one archives, a peer is shown each line once and in order")
    func race() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let drill = try Products.path("Drill")
        let folder = try Directory.open(stand.root, followLast: false)
        let gate = try OpenFile.open("gate", in: folder, mode: .readWriteCreate)
        try #require(try gate.tryLock())
        let words = ["append", "\(Self.messageCount)", "0", stand.root + "/gate"]
        let writers = try (0..<4).map { _ in try stand.start(drill, words, as: "forge") }
        try gate.unlock()
        var shown: [String] = []
        let count = 4 * Self.messageCount
        var moveCount = 0
        // So many rounds that what hangs is no endless test.
        for _ in 0..<(10 * count) where shown.count < count {
          let archive = try stand.start(try Stand.binary(), ["archive", "--now"], as: "forge")
          let inbox = try stand.mustRun(["inbox", "--json"], as: "scribe")
          shown += inbox.output.matches(of: /"event_id":"([0-9a-f]{64})"[^\n]*"type":"request"/)
            .map { String($0.1) }
          let outcome = try archive.finish(upTo: .seconds(30))
          #expect(outcome.code == 0, "\(outcome.summary)")
          if outcome.output.contains("are now in") { moveCount += 1 }
        }
        let told = try writers.flatMap { writer in
          let outcome = try writer.finish(upTo: .seconds(size(120, long: 3_600)))
          #expect(outcome.code == 0, "\(outcome.summary)")
          return outcome.output.split(separator: "\n").map(String.init)
        }
        #expect(moveCount > 1)
        #expect(told.count == count && Set(told) == Set(shown) && shown.count == count)
        let audit = try stand.audit()
        #expect(audit.bad.isEmpty)
        #expect(audit.reading.chains["forge"]?.head.seq == count + 2)
        #expect(audit.reading.layouts["forge"]?.archived.count == moveCount)
        for member in ["forge", "scribe"] {
          try stand.mustRun(["verify", "--every-signature"], as: member)
        }
      }
    }
  }
}
