import DeadDropKit
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Hostile lines in a peer's log")
struct HostileLineTests {
  /// The lines that some bytes become in a log.
  private func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
  }

  /// Puts bytes between two good lines of scribe's and checks what forge makes of it.
  private func deliver(_ bytes: [UInt8], isReadInSteps: Bool) throws {
    let pieces = pieces(bytes)
    try Bench.run("forge", "scribe") { bench in
      var bad = 0
      var isUnsafe = false
      func look() throws {
        let report = try bench.settle("forge")
        bad += report.bad.count
        isUnsafe = isUnsafe || report.isUnsafe
      }
      try bench.send("before", by: "scribe")
      if isReadInSteps { try look() }
      let start = try bench.lines(of: "scribe").count
      try bench.append(bytes, to: "scribe")
      if isReadInSteps { try look() }
      let receipt = try bench.send("after", by: "scribe")
      try look()
      #expect(bad == pieces.count)
      #expect(isUnsafe)
      #expect(try bench.inbox("forge") == ["before", "after"])
      #expect(try bench.inbox("forge").isEmpty)
      let expected = pieces.indices.map { "\(start + 1 + $0) malformed" }
      #expect(try bench.audit().faults(of: "scribe") == expected)
      #expect(try bench.audit(everySignature: true).faults(of: "scribe") == expected)
      #expect(try bench.ownAudit().faults(of: "scribe") == expected)
      #expect(receipt.seq == 3)
      #expect(try bench.audit().reading.chains["scribe"]?.verdict == .sound)
    }
  }

  @Test("no rejected line comes between good ones", arguments: RejectedLine.all)
  func rejected(line: RejectedLine) throws {
    try deliver(line.bytes, isReadInSteps: false)
  }

  @Test("nor when each line is met by itself", arguments: RejectedLine.all)
  func rejectedInSteps(line: RejectedLine) throws {
    try deliver(line.bytes, isReadInSteps: true)
  }

  @Test("the vectors are there")
  func vectors() {
    #expect(RejectedLine.all.count > 50)
    #expect(RejectedLine.all.contains { $0.bytes.contains(UInt8(ascii: "\n")) })
  }

  @Test(
    "bytes that no list foresaw do no more",
    arguments: [
      [], [0x0d], [0x20], [0x00], Array(repeating: 0x7b, count: 300_000),
      Array(repeating: 0x41, count: 262_145), Array(repeating: 0xff, count: 70_000), [0x0a, 0x0a],
    ] as [[UInt8]], [false, true])
  func bytes(_ bytes: [UInt8], isReadInSteps: Bool) throws {
    try deliver(bytes, isReadInSteps: isReadInSteps)
  }

  @Test("each bad line is kept as evidence, and told once")
  func evidence() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.append(Array("{\"a\":".utf8), to: "scribe")
      try bench.send("after", by: "scribe")
      #expect(try bench.settle("forge").bad.count == 1)
      let state = try bench.statePath(of: "forge")
      let kept = try bench.snapshot(state + "/evidence")
      #expect(kept.count == 1)
      #expect(kept.keys.allSatisfy { $0.hasPrefix("malformed-") })
      #expect(try bench.settle("forge").bad.isEmpty)
    }
  }

  @Test("a good line of another log, or of another wire, is refused")
  func strays() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send("mine", by: "forge")
      let own = try #require(try bench.lines(of: "forge").last)
      try Bench.run("forge", "scribe") { other in
        let foreign = try #require(try other.lines(of: "scribe").last)
        try bench.append(own, to: "scribe")
        try bench.append(foreign, to: "scribe")
      }
      try bench.send("after", by: "scribe")
      #expect(try bench.settle("forge").bad.map(\.reason) == [.unknownKey, .wrongWire])
      #expect(try bench.inbox("forge") == ["after"])
    }
  }
}

extension Bench {
  /// What `verify` of forge finds.
  fileprivate func ownAudit() throws -> Audit {
    try act(as: "forge") { session, _ in try session.verify(everySignature: false) }
  }
}
