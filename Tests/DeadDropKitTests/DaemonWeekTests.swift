import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Days of two daemons and what their agents do at random")
struct DaemonWeekTests {
  /// Two days in every run, a week in full size.
  private static let hours = ProcessInfo.processInfo.environment["DEADDROP_LONG"] == "1" ? 168 : 48

  @Test(
    "every beat comes at its tier's cadence, every deadline is kept, and nothing is beaten twice")
  func days() throws {
    try DaemonBench.run { life in
      var random = RandomSource("days of daemons")
      var script = Script()
      let start = life.clock.milliseconds
      while life.clock.milliseconds - start < Self.hours * 3_600_000 {
        // Bursts of work, and half a day of nothing between them.
        let isBreak = random.once(in: 8)
        if isBreak { for handle in ["forge", "scribe"] as [Handle] { try life.inbox(handle) } }
        try life.pass(isBreak ? 10_000 + random.below(60_000) : random.below(200))
        try script.step(life, using: &random)
      }
      try life.pass(400)
      try check(life, script)
    }
  }

  private func check(_ life: DaemonBench, _ script: Script) throws {
    // What one daemon writes by itself is news to both.
    let written = try (["forge", "scribe"] as [Handle]).flatMap { try life[$0].notes.map(\.at) }
    for handle in ["forge", "scribe"] as [Handle] {
      let resident = try life[handle]
      #expect(resident.failures.isEmpty)
      for (one, two) in zip(resident.beats, resident.beats.dropFirst()) {
        #expect(two.at - one.at >= Daemon.shortestPause, "two beats at \(two.at)")
        guard one.actCount == two.actCount,
          !written.contains(where: { one.at < $0 && $0 <= two.at })
        else { continue }
        let cadence = 1_000 * one.tier.defaultSeconds
        let gap = two.at - one.at
        // A line that the last act left unread for a moment is told a second after it.
        guard gap != Daemon.shortestPause else { continue }
        #expect(abs(gap - cadence) * 20 <= cadence, "\(gap) ms after a beat in \(one.tier)")
      }
      let elapsed = life.clock.milliseconds - (resident.beats.first?.at ?? 0)
      let most = elapsed / 30_000 + 6 * life.actCount
      #expect(resident.beats.count <= most, "a storm of beats")
      #expect(resident.turnCount <= 3 * resident.beats.count + 12 * life.actCount)
      for (proposal, sent) in script.proposals where sent.by == handle {
        let words = "reverted \(proposal.hex.prefix(12))"
        let reverts = resident.notes.filter { $0.words.contains(words) }
        switch try status(of: proposal, life, handle) {
        case .reverted?:
          #expect(reverts.map(\.at) == [sent.at + 180_000])
        case .ratified?, .declined?, .countered?, .withdrawn?: #expect(reverts.isEmpty)
        case let other: Issue.record("\(words): \(String(describing: other))")
        }
      }
    }
    #expect(try life.bench.count(.incident, of: "forge") > 0)
    let acked = try life.bench.messages(of: "scribe").filter {
      $0.body?.members?["by"] == .string("daemon")
    }
    #expect(acked.count == Set(acked.map(\.re)).count)
    #expect(acked.count == script.incidents.count { $0.by == "forge" })
    #expect(try life.bench.derived().sorted() == life.bench.derivable().sorted())
    #expect(try life.bench.audit(everySignature: true).bad.isEmpty)
  }

  private func status(
    of proposal: Bytes32, _ life: DaemonBench, _ handle: Handle
  ) throws -> ProposalStatus? {
    try life.act(handle) { session in try session.standing(of: proposal)?.status }
  }
}

/// What the agents do, and what the checks must know of it.
private struct Script {
  var proposals: [Bytes32: (by: Handle, at: Int)] = [:]
  var open: [(id: Bytes32, by: Handle)] = []
  var incidents: [(id: Bytes32, by: Handle)] = []

  mutating func step(_ life: DaemonBench, using random: inout RandomSource) throws {
    let handle: Handle = random.once(in: 2) ? "forge" : "scribe"
    let peer: Handle = handle == "forge" ? "scribe" : "forge"
    switch random.below(10) {
    case 0...2: try life.send("request", by: handle)
    case 3, 4: try life.inbox(handle)
    case 5:
      let id = try life.propose(by: handle)
      proposals[id] = (handle, life.clock.milliseconds)
      open.append((id, handle))
    case 6, 7:
      open.removeAll { life.clock.milliseconds - (proposals[$0.id]?.at ?? 0) >= 180_000 }
      guard let next = open.popLast() else { return }
      let answerer: Handle = next.by == "forge" ? "scribe" : "forge"
      try life.answer(next.id, by: answerer, random.once(in: 3) ? .decline : .ack)
    case 8: incidents.append((try life.raise(by: handle), handle))
    default:
      try life.inbox(handle)
      try life.inbox(peer)
    }
  }
}
