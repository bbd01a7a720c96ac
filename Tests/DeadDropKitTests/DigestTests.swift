import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Limits shape attention and never delivery")
struct DigestTests {
  private static let floodCount =
    ProcessInfo.processInfo.environment["DEADDROP_LONG"] == nil ? 3_000 : 100_000

  /// A wire that the test has signed, forge its reader, with the keys of those named pinned.
  private func read(
    _ wire: TestWire, pinned: [Handle] = ["scribe"], _ body: (Bench) throws -> Void
  ) throws {
    try Bench.run { bench in
      try bench.settleIn(wire, as: "forge")
      for handle in pinned {
        let pk = try TestKey("\(handle)/1").pk
        try bench.act(as: "forge") { session, _ in _ = try session.pin(handle, .key(pk)) }
      }
      try body(bench)
    }
  }

  private func digest(_ bench: Bench, seconds: Int64? = nil) throws -> Digest {
    try bench.act(as: "forge") { session, _ in
      if let seconds { session.wallClock = { WallClock.now() + seconds * 1_000_000 } }
      return try session.digest(session: Session.defaultSession)
    }
  }

  @Test("a flood of one peer is one sender without ids, and delivered whole and in order")
  func flood() throws {
    var wire = try TestWire(["forge", "scribe", "mason"])
    try wire.join()
    let start = wire.now.microseconds
    for number in 0..<Self.floodCount {
      let time = Timestamp(microseconds: start + Int64(number))
      try wire.write(
        Draft(.request, subject: Text("\(number)"), body: .string("flood")), by: "scribe", at: time)
    }
    try wire.note("quiet", by: "mason")
    try read(wire, pinned: ["scribe", "mason"]) { bench in
      let digest = try digest(bench)
      #expect(digest.senders.map(\.handle) == ["mason", "scribe"])
      #expect(digest.senders.map(\.isFlood) == [false, true])
      #expect(digest.senders.map(\.count) == [2, Self.floodCount + 1])
      #expect(try bench.inbox("forge") == (0..<Self.floodCount).map { "\($0)" })
      #expect(try self.digest(bench).count == 0)
    }
  }

  @Test("a digest marks nothing as read, and counts nothing of who is not verified")
  func peek() throws {
    var wire = try TestWire(["forge", "scribe", "mason"])
    try wire.join()
    try wire.note("held", by: "mason")
    try read(wire) { bench in
      for _ in 0..<2 {
        let digest = try digest(bench)
        #expect(digest.senders.map(\.handle) == ["scribe"])
        #expect(digest.count == 1 && digest.heldBackCount == 2)
      }
    }
  }

  @Test("sixty a minute and six incidents an hour are listed, one more is not", arguments: [0, 1])
  func limits(excess: Int) {
    for type in [MessageType.request, .incident] {
      let limit = type == .incident ? AttentionLimit.incidents : AttentionLimit.messages
      let start = Timestamp(microseconds: 1_800_000_000_000_000)
      let stamps = (0..<(limit.count + excess)).map {
        start.microseconds + Int64($0) * Int64(limit.seconds) * 1_000_000 / Int64(limit.count + 1)
      }
      #expect(limit.isExceeded(by: stamps, elapsed: nil) == (excess > 0))
      #expect(limit.isExceeded(by: stamps.reversed(), elapsed: nil) == (excess > 0))
    }
  }

  @Test("whoever stretches its stamps meets the clock of who reads")
  func stretched() {
    let limit = AttentionLimit.messages
    let stamps = (0..<1_000).map { Int64($0) * 3_600_000_000 }
    #expect(!limit.isExceeded(by: stamps, elapsed: nil))
    #expect(limit.isExceeded(by: stamps, elapsed: 0))
    #expect(limit.isExceeded(by: stamps, elapsed: -5))
    #expect(limit.isExceeded(by: stamps, elapsed: 960))
    #expect(!limit.isExceeded(by: stamps, elapsed: 1_000))
    #expect(!limit.isExceeded(by: Array(stamps.prefix(60)), elapsed: 0))
    #expect(limit.isExceeded(by: Array(stamps.prefix(61)), elapsed: 60))
    #expect(!limit.isExceeded(by: Array(stamps.prefix(61)), elapsed: 61))
  }

  @Test("the time since the last reading counts, by the clock of this machine")
  func elapsed() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      for _ in 0..<7 {
        try bench.send("trouble", by: "scribe", type: .incident)
      }
      #expect(try digest(bench).senders.map(\.isFlood) == [true])
      // The stamps say the same hour, whenever it is read.
      #expect(try digest(bench, seconds: 36_000).senders.map(\.isFlood) == [true])
      #expect(
        try bench.act(as: "forge") { session, _ in
          try session.inbox(session: Session.defaultSession, limit: nil, isPeek: false).lines.count
        } >= 7)
    }
  }
}
