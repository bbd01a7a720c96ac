import DeadDropKit
import Foundation
import Host
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Beats that were cut off, and beat files that have grown")
struct BeatFaultTests {
  @discardableResult
  private func beat(_ bench: Bench) throws -> Int {
    try bench.act(as: "forge") { session, _ in try session.heartbeat(Heartbeat()) }
  }

  #if FAULTS
    @Test("no two beats have one counter, also where a crash came right after the first")
    func counter() throws {
      try Bench.run("forge", "scribe") { bench in
        let written = Fault.Effect.crashAfter(.bytes(.max))
        let plan = FaultPlan([Fault(written, call: .write, pathSuffix: "beats/forge.jsonl")])
        #expect(throws: KitError.self) {
          _ = try plan.run { try beat(bench) }
        }
        try beat(bench)
        let counters = try bench.lines("beats/forge.jsonl").map { line in
          guard case .beat(let n) = try Envelope.read(line.span).place else { return 0 }
          return n
        }
        #expect(counters.count == 2)
        #expect(Set(counters).count == counters.count)
      }
    }
  #endif

  @Test("the beat after which the file is renamed can be read like any other")
  func renamed() throws {
    try Bench.run("forge", "scribe") { bench in
      try beat(bench)
      let noise = [UInt8](repeating: UInt8(ascii: "x"), count: 1_023) + [UInt8(ascii: "\n")]
      let beats = try bench.read("beats/forge.jsonl")
      let many = [[UInt8]](repeating: noise, count: 1_025).flatMap { $0 }
      try bench.overwrite("beats/forge.jsonl", with: many + beats)
      let n = try beat(bench)
      #expect(n == 2)
      let newest = try bench.act(as: "scribe") { session, _ in try session.beats()["forge"]?.n }
      #expect(newest == 2)
    }
  }
}
