#if FAULTS
  import DeadDropKit
  import Foundation
  import Host
  import Protocol
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("A disk that stays full for a while costs nothing but the time")
  struct DiskFullTests {
    enum Shortage: CaseIterable {
      /// No byte more is taken.
      case writes
      /// A part of each write is taken.
      case parts
      /// Neither bytes nor names are.
      case names
      /// Bytes are taken, and the flush finds no room for them.
      case flushes

      var faults: [Fault] {
        switch self {
        case .writes: [Fault(.fail(ENOSPC), call: .write, isLasting: true)]
        case .parts: [Fault(.short(.half), call: .write, isLasting: true)]
        case .names:
          [SystemCall.write, .mkdir, .rename].map {
            Fault(.fail(ENOSPC), call: $0, isLasting: true)
          }
        case .flushes:
          [SystemCall.fsync, .fdatasync].map { Fault(.fail(EDQUOT), call: $0, isLasting: true) }
        }
      }
    }

    @Test("nothing acknowledged is lost, nothing is told twice, and all goes on when there is room")
    func full() throws {
      for shortage in Shortage.allCases { try run(shortage) }
    }

    private func run(_ shortage: Shortage) throws {
      try Bench.run("forge", "scribe") { bench in
        try bench.send(["one", "two"], by: "scribe")
        try bench.inbox("forge")
        try bench.send(["three"], by: "scribe")
        let proposal = try bench.propose("port", by: "forge")
        try bench.ack(proposal, by: "scribe")
        try bench.settle("scribe")
        let heads = try bench.savedHeads(of: "forge")
        var acknowledged: [Bytes32] = []
        var refused: [String] = []
        var shown: [String] = []
        FaultPlan(shortage.faults).run {
          for number in 0..<3 {
            do {
              acknowledged.append(try bench.send(Text("full \(number)"), by: "scribe").eventID)
            } catch { refused.append("\(error)") }
            do { shown += try bench.inbox("forge") } catch { refused.append("\(error)") }
            do {
              try bench.act(as: "forge") { session, _ in _ = try session.heartbeat(Heartbeat()) }
            } catch { refused.append("\(error)") }
          }
        }
        #expect(!refused.isEmpty, "\(shortage)")
        let stands = try bench.savedHeads(of: "forge")
        for (handle, head) in heads { #expect(stands[handle]?.seq ?? 0 >= head.seq) }
        // There is room again.
        let later = try bench.look("forge")
        #expect(later.broken == [], "\(shortage)")
        try bench.send("after", by: "scribe")
        let last = try bench.look("forge")
        #expect(last.broken == [] && last.subjects == ["after"], "\(shortage)")
        let messages = try bench.messages(of: "scribe")
        let stored = messages.filter { $0.type.known == .request }.map(\.subject.string)
        #expect(stored.first == "one" && stored.last == "after")
        #expect(Set(stored).count == stored.count, "\(stored)")
        for id in acknowledged { #expect(messages.count { $0.eventID == id } == 1) }
        let told = Set(shown + later.subjects)
        #expect(told == Set(stored.dropFirst(2).dropLast()), "\(shortage)")
        try bench.settle("forge")
        #expect(try bench.count(.decision, of: "forge") == 1)
        #expect(try bench.derived() == bench.derivable())
        var findings = Findings()
        try bench.checkWire(&findings)
        #expect(findings.words == [], "\(shortage)")
      }
    }
  }
#endif
