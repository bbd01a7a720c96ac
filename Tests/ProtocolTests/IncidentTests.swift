import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("An incident stops the wire when it is not acked, until it is lifted")
struct IncidentTests {
  struct Row: Sendable, CustomStringConvertible {
    let description: String
    var hasOperator = false
    let status: IncidentStatus
    var isSafeMode = false
    /// Writes what follows an incident of ada to bob and cyd.
    let write: @Sendable (inout TestWire, Bytes32) throws -> Void

    init(
      _ description: String, hasOperator: Bool = false, _ status: IncidentStatus,
      isSafeMode: Bool = false,
      _ write: @escaping @Sendable (inout TestWire, Bytes32) throws -> Void
    ) {
      (self.description, self.hasOperator, self.status) = (description, hasOperator, status)
      (self.isSafeMode, self.write) = (isSafeMode, write)
    }
  }

  private static let rows: [Row] = [
    Row("nothing follows", .open) { _, _ in },
    Row("one of two acks", .open) { wire, id in try wire.ack(id, by: "bob") },
    Row("both ack", .acked) { wire, id in
      for handle in ["bob", "cyd"] as [Handle] { try wire.ack(id, by: handle) }
    },
    Row("a decline is no ack", .open) { wire, id in
      try wire.decline(id, by: "bob")
      try wire.ack(id, by: "cyd")
    },
    Row("an ack after a decline is one", .acked) { wire, id in
      try wire.decline(id, by: "bob")
      for handle in ["bob", "cyd"] as [Handle] { try wire.ack(id, by: handle) }
    },
    Row("its writer's own ack is none", .open) { wire, id in
      try wire.ack(id, by: "bob")
      try wire.ack(id, by: "ada")
    },
    Row("a record stops the wire", .unacked, isSafeMode: true) { wire, id in
      try wire.recordUnacked(id, by: "ada")
    },
    Row("a late ack does not lift it", .unacked, isSafeMode: true) { wire, id in
      try wire.recordUnacked(id, by: "ada")
      for handle in ["bob", "cyd"] as [Handle] { try wire.ack(id, by: handle) }
    },
    Row("a wakeup lifts it", .lifted) { wire, id in
      try wire.recordUnacked(id, by: "ada")
      try wire.wake(id, by: "bob")
    },
    Row("a wakeup that cites the record does", .lifted) { wire, id in
      try wire.wake(try wire.recordUnacked(id, by: "ada"), by: "bob")
    },
    Row("one wakeup lifts all records of it, also later ones", .lifted) { wire, id in
      let record = try wire.recordUnacked(id, by: "ada")
      try wire.recordUnacked(id, by: "cyd")
      try wire.wake(record, by: "bob")
      try wire.recordUnacked(id, by: "bob")
    },
    Row("a second record of one writer can be cited too", .lifted) { wire, id in
      try wire.recordUnacked(id, by: "ada")
      try wire.wake(try wire.recordUnacked(id, by: "ada"), by: "bob")
    },
    Row("a wakeup before any record is final", .lifted) { wire, id in
      try wire.wake(id, by: "bob")
      try wire.recordUnacked(id, by: "ada")
    },
    Row("a wakeup of something else lifts nothing", .unacked, isSafeMode: true) { wire, id in
      try wire.recordUnacked(id, by: "ada")
      try wire.wake(.unheld("other"), by: "bob")
    },
    Row("a record of what is not held stops nothing", .open) { wire, _ in
      try wire.recordUnacked(.unheld("other"), by: "ada")
    },
    Row(
      "with an operator, its signature over the incident lifts it", hasOperator: true, .lifted
    ) { wire, id in
      try wire.recordUnacked(id, by: "ada")
      try wire.wake(id, by: "bob", operatorKey: wire.operatorKey)
    },
    Row("over the record too", hasOperator: true, .lifted) { wire, id in
      let record = try wire.recordUnacked(id, by: "ada")
      try wire.wake(record, by: "bob", operatorKey: wire.operatorKey)
    },
    Row(
      "a signature over another id does not", hasOperator: true, .unacked, isSafeMode: true
    ) { wire, id in
      let record = try wire.recordUnacked(id, by: "ada")
      try wire.wake(id, by: "bob", operatorKey: wire.operatorKey, signing: record)
    },
    Row(
      "another's signature does not", hasOperator: true, .unacked, isSafeMode: true
    ) { wire, id in
      try wire.recordUnacked(id, by: "ada")
      try wire.wake(id, by: "bob", operatorKey: try TestKey("mallory"))
    },
    Row("a member's word does not", hasOperator: true, .unacked, isSafeMode: true) { wire, id in
      try wire.recordUnacked(id, by: "ada")
      try wire.wake(id, by: "bob")
    },
    Row("an unsigned one before does not spoil it", hasOperator: true, .lifted) { wire, id in
      try wire.recordUnacked(id, by: "ada")
      try wire.wake(id, by: "bob")
      try wire.wake(id, by: "bob", operatorKey: wire.operatorKey)
    },
  ]

  @Test("as what follows says", arguments: rows)
  func row(row: Row) throws {
    var wire = try TestWire(["ada", "bob", "cyd"], hasOperator: row.hasOperator)
    try wire.join()
    let id = try wire.incident(by: "ada", to: ["bob", "cyd"])
    try row.write(&wire, id)
    let state = wire.state
    #expect(state.standing(of: id)?.status == row.status)
    #expect(state.isSafeMode(under: state.history) == row.isSafeMode)
    #expect(
      state.standstills(of: "cyd", under: state.history).map(\.cause)
        == (row.isSafeMode ? [id] : []))
  }

  @Test("one that wants no ack stops nobody, whatever is recorded of it")
  func noted() throws {
    var wire = try TestWire()
    try wire.join()
    let id = try wire.incident(by: "ada", ackRequired: false)
    try wire.recordUnacked(id, by: "bob")
    let state = wire.state
    #expect(state.standing(of: id)?.status == .noted)
    #expect(!state.isSafeMode(under: state.history))
  }

  @Test("who wakes the wire before the record arrives wakes it all the same")
  func order() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let id = try wire.incident(by: "ada", to: ["bob"])
    let record = try wire.recordUnacked(id, by: "cyd")
    try wire.wake(record, by: "bob")
    var state = WireState(wire.genesis)
    var seen: [Bool] = []
    for handle in ["bob", "cyd", "ada"] as [Handle] {
      for message in wire.messages(of: handle) { _ = state.fold(message) }
      seen.append(state.isSafeMode(under: state.history))
    }
    #expect(seen == [false, false, false])
    #expect(state.standing(of: id)?.status == .lifted)
  }

  @Test("lines behind the cut of a removed member count for nothing", arguments: 0..<3)
  func cut(part: Int) throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let early = try wire.incident(by: "ada", to: ["bob"])
    if part == 2 { try wire.recordUnacked(early, by: "bob") }
    let last = try #require(wire.ids(of: "cyd").last)
    let removal = TestEffects.remove("cyd", seq: wire.ids(of: "cyd").count, id: last)
    _ = try wire.agree(by: "ada", with: ["bob"], effects: removal)
    let own = try wire.incident(by: "cyd", to: ["bob"])
    switch part {
    case 0: try wire.recordUnacked(early, by: "cyd")
    case 1: try wire.recordUnacked(own, by: "bob")
    default: try wire.wake(early, by: "cyd")
    }
    let state = wire.state
    #expect(state.isSafeMode(under: state.history) == (part == 2))
    #expect(state.standing(of: own) == nil)
    #expect(state.standing(of: early)?.status == (part == 2 ? .unacked : .open))
  }

  @Test("a pause stops those whom it names, until a wakeup of it")
  func pause() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let one = try wire.pause(by: "ada", to: ["bob"])
    let all = try wire.pause(by: "bob")
    func stopped(_ handle: Handle) -> [Bytes32] {
      wire.state.standstills(of: handle, under: wire.state.history).map(\.cause)
    }
    #expect(stopped("bob") == [one, all])
    #expect(stopped("ada") == [all])
    #expect(!wire.state.isSafeMode(under: wire.state.history))
    try wire.wake(all, by: "cyd")
    #expect(stopped("bob") == [one])
    #expect(stopped("ada") == [])
    try wire.wake(one, by: "ada")
    #expect(stopped("bob") == [])
  }

  @Test("where the genesis names an operator, only that key ends a pause")
  func operatorPause() throws {
    var wire = try TestWire(hasOperator: true)
    try wire.join()
    let id = try wire.pause(by: "ada")
    try wire.wake(id, by: "bob")
    #expect(!wire.state.standstills(of: "bob", under: wire.state.history).isEmpty)
    try wire.wake(id, by: "bob", operatorKey: wire.operatorKey)
    #expect(wire.state.standstills(of: "bob", under: wire.state.history).isEmpty)
  }

  @Test("an incident for everyone asks every other member")
  func everyone() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let id = try wire.incident(by: "bob")
    #expect(wire.state.standing(of: id)?.missing == ["ada", "cyd"])
    try wire.ack(id, by: "ada")
    #expect(wire.state.standing(of: id)?.missing == ["cyd"])
  }

  @Test("a request that asks waits for all whom it names, and any answer will do")
  func request() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let id = try wire.request(by: "ada")
    func missing() -> [Handle] {
      wire.state.unanswered(under: wire.state.history).first { $0.request.eventID == id }?.missing
        ?? []
    }
    #expect(missing() == ["bob", "cyd"])
    try wire.decline(id, by: "cyd")
    #expect(missing() == ["bob"])
    try wire.ack(id, by: "bob")
    #expect(missing() == [])
  }

  @Test("random wires reach every status of an incident, and safe mode")
  func coverage() throws {
    var counts: [IncidentStatus: Int] = [:]
    var safe = 0
    for seed in 0..<60 {
      let state = try WireGenerator.wire(RandomSource("incidents \(seed)")).state
      let history = state.history
      for standing in state.incidentStandings(under: history) {
        counts[standing.status, default: 0] += 1
      }
      if state.isSafeMode(under: history) { safe += 1 }
    }
    let all: Set<IncidentStatus> = [.noted, .open, .acked, .unacked, .lifted]
    #expect(all.isSubset(of: counts.keys), "\(counts)")
    #expect(safe > 5, "\(safe)")
  }
}

extension WireState {
  fileprivate func standing(of id: Bytes32) -> IncidentStanding? {
    incidentStandings(under: history).first { $0.incident.eventID == id }
  }
}
