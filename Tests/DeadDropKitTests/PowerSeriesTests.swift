#if FAULTS
  import DeadDropKit
  import Host
  import Protocol
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("However often the power goes, a writer finds its place again")
  struct PowerSeriesTests {
    /// How the power is cut: how much of what was in doubt is on the disk.
    enum Manner: CaseIterable {
      /// Nothing: each file that was not flushed is as it was at its last flush.
      case oldest
      /// Any tree that can be.
      case any
    }

    @Test(
      "100 appends with cuts between leave at most so many lines as are adopted",
      arguments: Manner.allCases)
    func series(manner: Manner) throws {
      var random = RandomSource("power cuts in a series, \(manner)")
      try Bench.run("forge", "scribe") { bench in
        var acknowledged: [Bytes32] = []
        var most = 0
        var power = try PowerModel(watching: bench.root)
        for number in 0..<100 {
          let plan = FaultPlan(Fault.unflushed) { [power] in power.observe($0) }
          let receipt = try plan.run {
            var session = try bench.open("scribe")
            let subject = Text("message \(number)")
            return try session.send(.init(.request, subject: subject, body: .null))
          }
          acknowledged.append(receipt.eventID)
          most = max(most, Self.adopted(receipt.notes))
          // Just before each 32nd and at any other time.
          guard number % 32 == 30 || random.once(in: 12) else { continue }
          let trees = power.now.cuts(limit: 4, mixCount: 2, using: &random)
          let tree = manner == .oldest ? trees.first : random.pick(trees)
          try #require(tree).restore(to: bench.root)
          power = try PowerModel(watching: bench.root)
        }
        try Bench.unflushed {
          let receipt = try bench.send("after", by: "scribe")
          most = max(most, Self.adopted(receipt.notes))
          #expect(try bench.look("forge").broken == [])
          let ids = Set(try bench.messages(of: "scribe").map(\.eventID))
          #expect(ids.isSuperset(of: acknowledged))
          var findings = Findings()
          try bench.checkWire(&findings)
          #expect(findings.words == [])
        }
        #expect(most <= LogWriter.adoptableLines)
      }
    }

    /// How many lines a receipt says were adopted.
    private static func adopted(_ notes: [String]) -> Int {
      notes.compactMap { note in
        note.contains("were adopted") ? note.split(separator: " ").first.flatMap { Int($0) } : nil
      }.max() ?? 0
    }
  }
#endif
