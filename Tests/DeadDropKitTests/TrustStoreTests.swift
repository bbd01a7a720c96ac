import DeadDropKit
import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("The trust store is changed by one process at a time")
struct TrustStoreTests {
  #if FAULTS
    /// Whether each time that a store was put in its place its settling lock was held.
    private func expectLocked(_ count: Int, _ body: () throws -> Void) throws {
      let plan = FaultPlan()
      try plan.run(body)
      var held: [String: Bool] = [:]
      var saved = 0
      for traced in plan.trace {
        let folder = traced.path.split(separator: "/").dropLast().joined(separator: "/")
        // Who locks lets go by a call of its own: they take turns.
        if traced.call == .flock, traced.path.hasSuffix("/settle.lock") {
          held[folder] = !(held[folder] ?? false)
        }
        guard traced.call == .rename, traced.path.hasSuffix("/trust.json") else { continue }
        #expect(held[folder] == true, "\(traced)")
        saved += 1
      }
      #expect(saved == count)
    }

    @Test("also when an agent joins, and when agents of one person are made")
    func beginnings() throws {
      try Bench.run { bench in
        let invite = try #require(try bench.found(["forge", "scribe"]).first)
        try expectLocked(1) { try bench.join(invite) }
        try expectLocked(1) { try bench.settle("forge") }
        let key = try bench.pk(of: "scribe")
        try expectLocked(1) {
          try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(key)) }
        }
        try expectLocked(1) {
          try bench.act(as: "forge") { session, _ in _ = try session.revoke("scribe", from: 1) }
        }
      }
      try Bench.run { bench in
        try expectLocked(4) { try bench.found(["forge", "scribe", "mason"], isLocal: true) }
      }
    }
  #endif
}
