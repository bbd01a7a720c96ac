#if FAULTS
  import DeadDropKit
  import Foundation
  import Host
  import Identity
  import Protocol
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("A power cut takes back nothing that was acknowledged and convicts nobody honest")
  struct PowerLossTests {
    @Test("at every call of some sends, also with a reader ahead of the writer's flush")
    func sends() throws {
      try Bench.run("forge", "scribe") { bench in
        try bench.send(["one", "two"], by: "scribe")
        try bench.inbox("forge")
        try bench.inbox("scribe")
        let watch = try PowerWatch(bench)
        for (number, length) in [10, 700, 4_000, 100].enumerated() {
          try watch.store(whileReading: number.isMultiple(of: 2) ? "forge" : nil) {
            try bench.send(
              Text("message \(number)"), by: "scribe",
              body: .string(Text(String(repeating: "x", count: length)))
            ).eventID
          }
        }
        try bench.cut(at: watch.points, agents: ["forge", "scribe"], pointCount: 18)
      }
    }

    @Test("at every call of an agreement: proposal, ack, decision")
    func agreement() throws {
      try Bench.run("forge", "scribe") { bench in
        try bench.inbox("forge")
        try bench.inbox("scribe")
        let watch = try PowerWatch(bench)
        let proposal = try watch.store(whileReading: "scribe") {
          try bench.propose("port", by: "forge")
        }
        try watch.store(whileReading: "forge") { try bench.ack(proposal, by: "scribe") }
        try watch.store(whileReading: "scribe") { try bench.send("next", by: "forge").eventID }
        let count = watch.points.count { $0.acknowledged.count >= 2 }
        try #require(count > 0)
        try bench.cut(
          at: watch.points, agents: ["forge", "scribe"], pointCount: 18,
          check: { findings in
            let messages = try bench.messages(of: "scribe")
            guard messages.contains(where: { $0.type.known == .ack }) else { return }
            let status = try bench.status(of: proposal, for: "scribe")
            findings.requireEqual(status, .ratified, "the proposal that was acked")
            findings.requireEqual(try bench.count(.decision, of: "forge"), 1, "decisions")
          })
      }
    }

    @Test("at every call of a join, once it is acknowledged or made again")
    func join() throws {
      try Bench.run { bench in
        let invites = try bench.found(["forge", "scribe"])
        let invite = try #require(invites.first)
        let watch = try PowerWatch(bench)
        try watch.store(whileReading: "forge") { try bench.join(invite).receipt.eventID }
        try bench.cut(at: watch.points, agents: ["forge", "scribe"], pointCount: 14) {
          do { try bench.join(invite) } catch KitError.alreadyJoined {}
        } check: { findings in
          findings.requireEqual(try bench.count(.agentCard, of: "scribe"), 1, "cards")
        }
      }
    }

    @Test("at every call of a beat that a peer reads at once")
    func beats() throws {
      try Bench.run("forge", "scribe") { bench in
        try bench.inbox("forge")
        try bench.inbox("scribe")
        let watch = try PowerWatch(bench)
        for _ in 0..<3 {
          _ = try watch.run {
            try bench.act(as: "scribe") { session, _ in try session.heartbeat(Heartbeat()) }
          } whileReading: { bench in
            try bench.act(as: "forge") { session, _ in _ = try session.beats() }
            return nil
          }
        }
        try bench.cut(at: watch.points, agents: ["forge", "scribe"], pointCount: 20)
      }
    }
  }
#endif
