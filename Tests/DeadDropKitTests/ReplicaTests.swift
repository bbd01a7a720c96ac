import DeadDropKit
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Replicas of the same logs derive the same decisions, byte for byte")
struct ReplicaTests {
  private static let members: [Handle] = ["ada", "bob", "cyd"]

  /// A wire on which all kinds of proposals came to all kinds of ends.
  private func wire(_ random: inout RandomSource) throws -> TestWire {
    var wire = try TestWire(Self.members, domains: ["docs": "bob"], hasOperator: true)
    try wire.join(introducing: true)
    for number in 0..<12 {
      let proposer = random.pick(Self.members)
      let others = Self.members.filter { $0 != proposer }
      switch random.below(6) {
      case 0: try wire.withdraw(try wire.propose(by: proposer), by: proposer)
      case 1: try wire.decline(try wire.propose(by: proposer), by: others[0])
      case 2:
        try wire.agree(
          by: proposer, with: others, effects: TestEffects.tier(seconds: 60 + number),
          after: wire.state.history.frontier)
      case 3 where proposer != "bob":
        try wire.agree(by: proposer, with: ["bob"], subject: "é \u{2028}", domains: ["docs"])
      default: try wire.agree(by: proposer, with: others, subject: Text("number \(number)"))
      }
    }
    return wire
  }

  /// The lines that an agent writes whom the logs reach piece by piece.
  private func derived(
    _ wire: TestWire, by handle: Handle, _ random: inout RandomSource
  ) throws -> [String] {
    var lines: [String] = []
    var source = random
    try Bench.run { bench in
      var part = wire
      for member in wire.handles where member != handle { part.logs[member] = [] }
      try bench.settleIn(part, as: handle)
      try bench.settle(handle)
      var waiting = wire.handles.filter { $0 != handle }
      while let member = waiting.isEmpty ? nil : source.pick(waiting) {
        let all = wire.logs[member] ?? []
        let held = part.logs[member]?.count ?? 0
        let next = min(all.count, held + 1 + source.below(9))
        part.logs[member] = Array(all.prefix(next))
        if held == 0 {
          try part.write(to: bench.path)
        } else {
          for line in all[held..<next] { try bench.append(line, to: member) }
        }
        if next == all.count { waiting.removeAll { $0 == member } }
        #expect(try !bench.settle(handle).isUnsafe)
      }
      lines = try bench.derived()
      #expect(try bench.audit(everySignature: true).badLines == [])
      #expect(try bench.audit().missingDecisions.isEmpty)
    }
    random = source
    return lines
  }

  @Test("in whatever order the lines came and whoever settled", arguments: 0..<6)
  func sets(seed: Int) throws {
    var random = RandomSource("replicas \(seed)")
    let wire = try wire(&random)
    let state = wire.state
    let expected = state.decisionLines(under: state.history)
      .map { String(decoding: $0.line, as: UTF8.self) }
    #expect(expected.count >= 3)
    for handle in Self.members {
      let found = try derived(wire, by: handle, &random)
      #expect(Set(found) == Set(expected), "\(handle)")
      #expect(found.count == expected.count, "no line twice")
    }
  }
}
