import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Decisions name members, keys and logs, until nothing changes")
struct MembershipTests {
  /// Ada and bob add eve by this key.
  private func withEve(named key: TestKey, writesAs other: TestKey? = nil) throws -> TestWire {
    var wire = try TestWire()
    try wire.join()
    try wire.agree(by: "ada", with: ["bob"], effects: TestEffects.add("eve", pk: key.pk))
    try wire.admit("eve", key: other ?? key)
    try wire.card(by: "eve")
    try wire.note(by: "eve")
    return wire
  }

  @Test("a member that a decision added is read by the key that it names")
  func added() throws {
    let wire = try withEve(named: try TestKey("eve/1"))
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.chain(of: "eve").head.seq == 2)
  }

  @Test("by another key the newcomer is unknown")
  func otherKey() throws {
    let wire = try withEve(named: try TestKey("eve/1"), writesAs: try TestKey("mallory"))
    #expect(try wire.audit().faults(of: "eve") == ["1 unknown_key", "2 unknown_key"])
  }

  @Test("a log that no table names is not read")
  func unnamed() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.admit("eve")
    try wire.card(by: "eve")
    wire.insert([], at: 0, of: "eve")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.audit().reading.chains["eve"] == nil)
  }

  @Test("the newcomer's own decisions count for those who knew of it")
  func newcomersDecision() throws {
    var wire = try withEve(named: try TestKey("eve/1"))
    let after = wire.state.history.frontier
    let (id, _) = try wire.agree(by: "eve", with: ["ada", "bob"], after: after)
    #expect(try wire.audit().decisions.contains(id))
  }

  @Test("a wire may grow one by one, each newcomer asked for the next", arguments: [3, 8, 20])
  func growth(count: Int) throws {
    var wire = try TestWire()
    try wire.join()
    var members: [Handle] = ["ada", "bob"]
    var after: [Bytes32] = []
    while members.count < count {
      let newcomer = try #require(Handle(Text("agent\(members.count)")))
      let key = try TestKey("\(newcomer)/1")
      let (_, decision) = try wire.agree(
        by: "ada", with: Array(members.dropFirst()),
        effects: TestEffects.add(newcomer, pk: key.pk), after: after)
      after = (after + [decision]).sorted()
      members.append(newcomer)
      try wire.admit(newcomer)
      try wire.card(by: newcomer)
    }
    let audit = try wire.audit()
    #expect(audit.badLines.isEmpty)
    #expect(audit.decisions.count == count - 2)
    #expect(audit.reading.chains.values.allSatisfy { $0.head.seq > 0 })
    #expect(audit.reading.chains.count == count)
  }

  @Test("of two keys for one newcomer that of the lowest decision holds, as in the tables")
  func concurrentKeys() throws {
    var wire = try TestWire()
    try wire.join()
    let keys = [try TestKey("eve/1"), try TestKey("eve/2")]
    // The lower of the two adding decisions comes later: it waits for a third, the highest.
    let base = try agree(&wire, TestEffects.tier(seconds: 40)) {
      $0.hex.first.map { $0 >= "c" } ?? false
    }
    let high = try agree(&wire, TestEffects.add("eve", pk: keys[1].pk)) {
      $0.hex.first.map { ("4"..<"c").contains($0) } ?? false
    }
    let low = try agree(&wire, TestEffects.add("eve", pk: keys[0].pk), after: [base.decision]) {
      $0.hex.first.map { $0 < "4" } ?? false
    }
    try #require(low.proposal < high.proposal && high.proposal < base.proposal)
    #expect(try wire.audit().decisions.count == 3)
    let directory = try wire.audit().reading.directory
    #expect(directory.entries["eve"]?.namedKey == keys[0].pk)
  }

  /// An agreed proposal whose id is as wanted.
  private func agree(
    _ wire: inout TestWire, _ effects: JSONValue, after: [Bytes32] = [],
    where isWanted: (Bytes32) -> Bool
  ) throws -> (proposal: Bytes32, decision: Bytes32) {
    for attempt in 0..<200 {
      var copy = wire
      let found = try copy.agree(
        by: "ada", with: ["bob"], subject: Text("try \(attempt)"), effects: effects, after: after)
      guard isWanted(found.proposal) else { continue }
      wire = copy
      return found
    }
    throw TestWireError.noVectors
  }

  @Test("lines of a removed member behind the cut are not at fault, and prove nothing")
  func removed() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let id = try wire.propose(by: "ada")
    let cut = wire.ids(of: "cyd")[0]
    let acks = [try wire.ack(id, by: "bob"), try wire.ack(id, by: "cyd")].sorted()
    let removal = try wire.agree(
      by: "bob", with: ["ada"], effects: TestEffects.remove("cyd", seq: 1, id: cut))
    try wire.decide(id, by: "ada", acks: acks)
    try wire.note(by: "cyd")
    let audit = try wire.audit()
    #expect(audit.badLines.isEmpty)
    #expect(audit.decisions == [removal.proposal])
    #expect(audit.reading.chains["cyd"]?.head.seq == 3)
  }

  @Test("a member whose log is not there yet hides no other's fault", arguments: [true, false])
  func absentNewcomer(hasWritten: Bool) throws {
    var wire = try TestWire()
    try wire.join()
    let key = try TestKey("eve/1")
    try wire.agree(by: "ada", with: ["bob"], effects: TestEffects.add("eve", pk: key.pk))
    if hasWritten {
      try wire.admit("eve")
      try wire.card(by: "eve")
    }
    wire.insert([], at: 1, of: "bob")
    let audit = try wire.audit()
    #expect(audit.badLines == ["bob_to_ada.jsonl:2 malformed"])
    #expect(audit.reading.chains["bob"]?.head.seq == 2)
    #expect(audit.decisions.count == 1)
  }
}
