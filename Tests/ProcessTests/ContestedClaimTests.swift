import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

extension RealProcesses {
  @Suite("Claims that several processes want at once")
  struct ContestedClaimTests {
    private static let contests = 200

    @Test("of two agents who start together at most one is told that it holds, and mostly one is")
    func contest() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        var wins = ["forge": 0, "scribe": 0]
        for number in 0..<Self.contests {
          let words = ["claim", "src/\(number)/**", "--json"]
          let started = try ["forge", "scribe"].map {
            try stand.start(Stand.binary(), words, as: $0)
          }
          let outcomes = try started.map { try $0.finish(upTo: .seconds(60)) }
          for outcome in outcomes {
            #expect(outcome.code == 0 || outcome.code == 1, "\(outcome.summary)")
          }
          let holders = zip(["forge", "scribe"], outcomes).filter { $1.code == 0 }.map(\.0)
          try #require(holders.count <= 1, "\(outcomes.map(\.summary))")
          guard let holder = holders.first else { continue }
          wins[holder, default: 0] += 1
          if number % 20 == 19 {
            try expectHeld(by: holder, outcomes, stand)
            for agent in ["forge", "scribe"] { try stand.mustRun(["release", "--all"], as: agent) }
          }
        }
        print("contested claims won: \(wins)")
        #expect(wins.values.reduce(0, +) >= Self.contests * 95 / 100)
        #expect(try stand.audit().bad.isEmpty)
      }
    }

    /// What the winner was told is what the state says, for whoever reads it.
    private func expectHeld(
      by holder: String, _ outcomes: [Stand.Outcome], _ stand: Stand
    ) throws {
      let id = outcomes.first { $0.code == 0 }?.eventID
      let state = try stand.audit().reading.state
      let entry = state.claimStandings(under: state.history).entries.first {
        $0.claim.eventID.hex == id
      }
      #expect(entry?.status == .holds && entry?.claim.holder.name == holder)
    }
  }
}
