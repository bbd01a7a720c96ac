import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("A decision counts only if it cites exactly the owners' acks")
struct DecisionTests {
  @Test("of two owners", arguments: cited)
  func status(row: MachineCase) throws {
    #expect(try row.status() == row.expected)
  }

  /// Bob's and cyd's acks, as ids and sorted, and what ada cites.
  private static func row(
    _ description: String, ratified: Bool = false,
    _ cite: @escaping @Sendable (inout TestWire, Bytes32, [Bytes32]) throws -> [Bytes32]
  ) -> MachineCase {
    MachineCase(
      description: description, members: ["ada", "bob", "cyd"],
      expected: ratified ? .ratified : .acked
    ) { wire in
      let id = try wire.propose(by: "ada")
      let acks = [try wire.ack(id, by: "bob"), try wire.ack(id, by: "cyd")].sorted()
      try wire.decide(id, by: "ada", acks: cite(&wire, id, acks))
      return id
    }
  }

  private static let cited: [MachineCase] = [
    row("all acks", ratified: true) { _, _, acks in acks },
    row("one is missing") { _, _, acks in [acks[0]] },
    row("none") { _, _, _ in [] },
    row("unsorted") { _, _, acks in acks.reversed() },
    row("one twice") { _, _, acks in [acks[0], acks[0], acks[1]] },
    row("one too many") { _, id, acks in (acks + [id]).sorted() },
    row("one that is not held") { _, _, acks in [acks[0], .unheld("x")].sorted() },
    row("a second ack in place of the first") { wire, id, acks in
      let first = wire.messages(of: "bob").first { $0.re == id }?.eventID
      let second = try wire.ack(id, by: "bob")
      return (acks.filter { $0 != first } + [second]).sorted()
    },
    row("a second ack beside the first", ratified: true) { wire, id, acks in
      try wire.ack(id, by: "bob")
      return acks
    },
    row("the proposer's own too") { wire, id, acks in
      (acks + [try wire.ack(id, by: "ada")]).sorted()
    },
    row("acks of another proposal") { wire, _, _ in
      let other = try wire.propose(by: "ada")
      return [try wire.ack(other, by: "bob"), try wire.ack(other, by: "cyd")].sorted()
    },
  ]

  @Test("an ack holds until its own date, and a week without one", arguments: Deadline.all)
  func deadline(row: Deadline) throws {
    var wire = try TestWire()
    try wire.join()
    let id = try wire.propose(by: "ada")
    let until = row.untilMicroseconds.map { after in
      Timestamp(microseconds: wire.now.microseconds + after)
    }
    let ack = try wire.ack(id, by: "bob", until: until)
    let base = wire.now
    let time = Timestamp(microseconds: base.microseconds + row.decidedMicroseconds)
    try wire.decide(id, by: "ada", acks: [ack], at: time)
    #expect(wire.state.status(of: id) == (row.counts ? .ratified : .acked))
  }

  /// Microseconds: until from the proposal on, the decision from the ack on.
  struct Deadline: Sendable, CustomStringConvertible {
    let description: String
    let untilMicroseconds: Int64?
    let decidedMicroseconds: Int64
    let counts: Bool

    private static let second: Int64 = 1_000_000
    private static let week = 7 * 86_400 * second

    static let all = [
      Deadline(
        description: "week", untilMicroseconds: nil, decidedMicroseconds: week, counts: true),
      Deadline(
        description: "past week", untilMicroseconds: nil, decidedMicroseconds: week + 1,
        counts: false),
      Deadline(
        description: "date", untilMicroseconds: 90 * second, decidedMicroseconds: 89 * second,
        counts: true),
      Deadline(
        description: "past date", untilMicroseconds: 90 * second,
        decidedMicroseconds: 89 * second + 1, counts: false),
      Deadline(
        description: "a date beyond the week", untilMicroseconds: 2 * week,
        decidedMicroseconds: week + second, counts: true),
      Deadline(
        description: "a clock set back", untilMicroseconds: nil, decidedMicroseconds: -week,
        counts: true),
    ]
  }

  @Test("one expired ack of two is enough to fail")
  func oneExpired() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let id = try wire.propose(by: "ada")
    let acks = [
      try wire.ack(id, by: "bob", until: wire.now), try wire.ack(id, by: "cyd"),
    ]
    try wire.decide(id, by: "ada", acks: acks.sorted())
    #expect(wire.state.status(of: id) == .acked)
  }

  @Test("only the proposer's decision counts")
  func proposerOnly() throws {
    var wire = try TestWire()
    try wire.join()
    let id = try wire.propose(by: "ada")
    let ack = try wire.ack(id, by: "bob")
    try wire.decide(id, by: "bob", acks: [ack])
    #expect(wire.state.status(of: id) == .acked)
    try wire.decide(id, by: "ada", acks: [ack])
    #expect(wire.state.status(of: id) == .ratified)
  }

  @Test("a second decision repairs nothing")
  func second() throws {
    var wire = try TestWire()
    try wire.join()
    let id = try wire.propose(by: "ada")
    let ack = try wire.ack(id, by: "bob")
    try wire.decide(id, by: "ada", acks: [])
    try wire.decide(id, by: "ada", acks: [ack])
    #expect(wire.state.status(of: id) == .acked)
  }

  @Test("a second decision spoils nothing")
  func secondAfterGood() throws {
    var wire = try TestWire()
    try wire.join()
    let (id, _) = try wire.agree(by: "ada", with: ["bob"])
    try wire.decide(id, by: "ada", acks: [])
    #expect(wire.state.status(of: id) == .ratified)
  }

  @Test("a first decision without a list of acks is still the first, and never counts")
  func malformedFirst() throws {
    var wire = try TestWire()
    try wire.join()
    let id = try wire.propose(by: "ada")
    let ack = try wire.ack(id, by: "bob")
    try wire.write(Draft(.decision, subject: "bare", body: .string("yes"), re: id), by: "ada")
    #expect(wire.state.status(of: id) == .acked)
    try wire.decide(id, by: "ada", acks: [ack])
    #expect(wire.state.status(of: id) == .acked)
  }

  @Test("the operator's consent is by the genesis's key, over this proposal")
  func operatorConsent() throws {
    let stranger = try TestKey("stranger")
    let write = Draft(.decision, subject: "d", body: .null)
    for (hasOperator, key, isOver) in [
      (true, nil, true), (true, stranger, true), (false, stranger, true), (true, nil, false),
    ] {
      var wire = try TestWire(["ada"], hasOperator: hasOperator)
      try wire.join()
      let id = try wire.propose(by: "ada")
      let isGood = hasOperator && key == nil && isOver
      if isOver {
        try wire.decide(id, by: "ada", acks: [], operatorKey: key ?? wire.operatorKey)
      } else {
        let other = try wire.propose(by: "ada")
        try wire.decide(other, by: "ada", acks: [], operatorKey: wire.operatorKey)
        let body = wire.messages(of: "ada").last?.body ?? .null
        try wire.write(Draft(write.type, subject: "d", body: body, re: id), by: "ada")
      }
      #expect(wire.state.status(of: id) == (isGood ? .ratified : .escalated))
    }
  }

  @Test("the operator's consent does not stand in for an owner's ack")
  func operatorIsNoOwner() throws {
    var wire = try TestWire(hasOperator: true)
    try wire.join()
    let id = try wire.propose(by: "ada")
    try wire.decide(id, by: "ada", acks: [], operatorKey: wire.operatorKey)
    #expect(wire.state.status(of: id) == .open)
  }
}
