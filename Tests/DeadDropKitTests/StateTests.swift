import DeadDropKit
import Foundation
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("What is kept from command to command equals a fresh reading")
struct StateTests {
  private func expectSame(_ state: WireState, _ audit: Audit, _ place: Comment) {
    let (kept, fresh) = (state.rendering, audit.reading.state.rendering)
    #expect(kept.filter { !fresh.contains($0) } == [], place)
    #expect(fresh.filter { !kept.contains($0) } == [], place)
    #expect(kept.count == fresh.count, place)
    #expect(state.decisionLines(under: state.history).map(\.id) == audit.decisions, place)
  }

  @Test("after anything that agents do", arguments: 0..<5)
  func agents(number: Int) throws {
    var random = RandomSource("agents \(number)")
    let members: [Handle] = number.isMultiple(of: 2) ? ["ada", "bob", "cyd"] : ["ada", "bob"]
    try Bench.run { bench in
      for invite in try bench.found(members, domains: ["docs": "bob"]) { try bench.join(invite) }
      for _ in 0..<2 { for member in members { try bench.settle(member) } }
      var proposals: [(id: Bytes32, by: Handle)] = []
      for step in 0..<30 {
        let agent = random.pick(members)
        let open = proposals.filter { $0.by != agent }
        switch random.below(8) {
        case 0, 1:
          let owner: Handle? = random.once(in: 4) ? nil : random.pick(members)
          let effects = random.once(in: 2) ? TestEffects.domain("docs", to: owner) : nil
          let domains: [Text]? = random.once(in: 2) ? ["docs"] : nil
          let id = try bench.propose(
            Text("p\(step)"), by: agent, domains: domains, effects: effects)
          proposals.append((id, agent))
        case 2...4 where !open.isEmpty:
          try answer(.ack, random.pick(open).id, by: agent, bench)
        case 5 where !open.isEmpty && random.once(in: 2):
          try answer(.decline, random.pick(open).id, by: agent, bench)
        case 6: try bench.inbox(agent)
        default: try bench.send(Text("r\(step)"), by: agent)
        }
        guard step.isMultiple(of: 6) else { continue }
        try bench.act(as: agent) { session, _ in
          expectSame(try session.wireState(), try bench.audit(), "\(agent) at \(step)")
        }
      }
      for _ in 0..<2 { for member in members { try bench.settle(member) } }
      for member in members {
        try bench.act(as: member) { session, report in
          #expect(!report.isUnsafe)
          expectSame(try session.wireState(), try bench.audit(), "\(member) at the end")
        }
      }
      #expect(try Set(bench.derived()) == Set(bench.derivable()))
      #expect(try bench.derived().count == bench.derivable().count)
    }
  }

  /// Answers where that can still count.
  private func answer(
    _ type: MessageType, _ proposal: Bytes32, by agent: Handle, _ bench: Bench
  ) throws {
    do {
      try bench.send("answer", by: agent, type: type, re: proposal)
    } catch KitError.settledAlready, KitError.answeredAlready, KitError.notAnOwner {
      return
    }
  }

  @Test("when logs grow out of order, with junk and repeats between", arguments: 0..<12)
  func arrivals(number: Int) throws {
    var random = RandomSource("arrivals \(number)")
    let wire = try WireGenerator.wire(random, steps: 18)
    var empty = wire
    empty.logs = [:]
    let queues = wire.handles.map { handle in
      Self.arrivals(wire.logs[handle] ?? [], &random).map { (handle, $0) }
    }
    let order = random.interleave(queues)
    try Scratch.run { root in
      let path = root + "/_coordination"
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o755])
      try empty.write(to: path)
      let shared = try SharedDirectory.open(path)
      let state = try PrivateState.open(root + "/state")
      var reader = WireReader(wire.genesis)
      for (index, (handle, line)) in order.enumerated() {
        let log = try #require(wire.writers[handle]).log
        try append(line + [UInt8(ascii: "\n")], to: "\(path)/\(log)")
        guard index == order.count - 1 || random.once(in: 4) else { continue }
        if random.once(in: 2) { reader = WireReader(wire.genesis) }
        _ = try reader.catchUp(shared, state)
        expectSame(try reader.current(state), try Audit.atPath(path), "after \(index + 1) lines")
      }
      expectSame(try wire.audit().reading.state, try Audit.atPath(path), "in whatever order")
    }
  }

  /// The lines of a log as they may come: now and then late, twice, or with junk before them.
  private static func arrivals(_ lines: [[UInt8]], _ random: inout RandomSource) -> [[UInt8]] {
    var arrivals = lines
    for index in arrivals.indices.dropLast() where random.once(in: 5) {
      arrivals.swapAt(index, index + 1)
    }
    return arrivals.flatMap { line in
      switch random.below(12) {
      case 0: [Array("{\"a\":".utf8), line]
      case 1: [line, line]
      case 2: [line, []]
      default: [line]
      }
    }
  }

  private func append(_ bytes: [UInt8], to file: String) throws {
    if !FileManager.default.fileExists(atPath: file) {
      try Data().write(to: URL(fileURLWithPath: file))
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }
}
