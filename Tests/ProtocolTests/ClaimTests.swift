import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("Claims")
struct ClaimTests {
  private func three(nonce: UInt8 = 1) throws -> TestWire {
    var wire = try TestWire(["ada", "bob", "cyd"], nonce: nonce)
    try wire.join()
    return wire
  }

  @Test("hold where nothing overlaps them")
  func alone() throws {
    var wire = try three()
    let one = try wire.claim(["src/a/**"], by: "ada")
    let two = try wire.claim(["src/b/**"], by: "bob")
    #expect(wire.holding == [one, two])
  }

  @Test("one that knew of another that is open does not hold", arguments: 0..<6)
  func known(nonce: UInt8) throws {
    var wire = try three(nonce: nonce)
    let one = try wire.claim(["src/**"], by: "ada")
    let two = try wire.claim(["src/a"], by: "bob", heads: wire.heads)
    #expect(wire.holding == [one])
    #expect(wire.claimStatus(of: two) == .lost(to: one))
  }

  @Test("of two that did not know each other the lower event_id holds", arguments: 0..<6)
  func unknown(nonce: UInt8) throws {
    var wire = try three(nonce: nonce)
    let ids = [try wire.claim(["src/**"], by: "ada"), try wire.claim(["src/a"], by: "bob")].sorted()
    #expect(wire.holding == [ids[0]])
    #expect(wire.claimStatus(of: ids[1]) == .lost(to: ids[0]))
  }

  @Test("of two that each say they knew the other the lower event_id holds", arguments: 0..<6)
  func bothLie(nonce: UInt8) throws {
    var wire = try three(nonce: nonce)
    let ids = [
      try wire.claim(["src/**"], by: "ada", heads: ["bob": 99]),
      try wire.claim(["src/a"], by: "bob", heads: ["ada": 99]),
    ].sorted()
    #expect(wire.holding == [ids[0]])
  }

  @Test("a circle of lies is broken by the lowest event_id", arguments: 0..<6)
  func circle(nonce: UInt8) throws {
    var wire = try three(nonce: nonce)
    let ids = [
      try wire.claim(["x"], by: "ada", heads: ["bob": 99]),
      try wire.claim(["x"], by: "bob", heads: ["cyd": 99]),
      try wire.claim(["x"], by: "cyd", heads: ["ada": 99]),
    ].sorted()
    #expect(wire.holding == [ids[0]])
  }

  @Test("what a writer once said it had read it cannot un-know", arguments: 0..<6)
  func unknowing(nonce: UInt8) throws {
    var wire = try three(nonce: nonce)
    let one = try wire.claim(["x"], by: "ada")
    try wire.release(wire.claim(["y"], by: "bob", heads: wire.heads), by: "bob")
    try wire.claim(["x"], by: "bob", heads: [:])
    #expect(wire.holding == [one])
  }

  @Test("a lost one holds nothing against a third")
  func lostIsHarmless() throws {
    var wire = try three()
    let one = try wire.claim(["a"], by: "ada")
    try wire.claim(["a", "b"], by: "bob", heads: wire.heads)
    let three = try wire.claim(["b"], by: "cyd", heads: wire.heads)
    #expect(wire.holding == [one, three])
  }

  @Test("in a row of claims that each knew of the one before every second holds", arguments: 0..<6)
  func row(nonce: UInt8) throws {
    var wire = try three(nonce: nonce)
    let one = try wire.claim(["a"], by: "ada")
    try wire.claim(["a", "b"], by: "bob", heads: wire.heads)
    let three = try wire.claim(["b", "c"], by: "ada", heads: wire.heads)
    try wire.claim(["c"], by: "bob", heads: wire.heads)
    #expect(wire.holding == [one, three])
  }

  @Test("a release ends the own one alone")
  func release() throws {
    var wire = try three()
    let one = try wire.claim(["x"], by: "ada")
    try wire.release(one, by: "bob")
    #expect(wire.lastOutcome(of: "bob") == .refused(.releaseOfNothing))
    #expect(wire.holding == [one])
    try wire.release(one, by: "ada")
    #expect(wire.holding.isEmpty)
    try wire.release(one, by: "ada")
    #expect(wire.lastOutcome(of: "ada") == .repeated)
    let two = try wire.claim(["x"], by: "bob", heads: wire.heads)
    #expect(wire.holding == [two])
  }

  @Test("a renewal makes the own one longer, and only as it was")
  func renewal() throws {
    var wire = try three()
    let one = try wire.claim(["x"], by: "ada", seconds: 60)
    let two = try wire.claim(["x"], by: "ada", seconds: 90, re: one)
    try wire.claim(["x", "y"], by: "ada", seconds: 600, re: two)
    #expect(wire.lastOutcome(of: "ada") == .refused(.renewalOfOther))
    let entry = try #require(wire.standings.entries.first)
    #expect(entry.term.until == wire.messages(of: "ada")[2].timestamp.adding(seconds: 90))
    #expect(wire.holding == [one])
    try wire.release(two, by: "ada")
    #expect(wire.holding.isEmpty)
    try wire.claim(["x"], by: "ada", re: one)
    #expect(wire.lastOutcome(of: "ada") == .refused(.renewalOfReleased))
  }

  @Test(
    "an old one can be taken over, not before its time and the grace are over", arguments: [-1, 0])
  func takeover(late: Int64) throws {
    var wire = try three()
    let one = try wire.claim(["x"], by: "ada", seconds: 60)
    let start = try #require(wire.messages(of: "ada").last?.timestamp)
    let two = try wire.claim(
      ["x"], by: "bob", heads: wire.heads, re: one, at: start.adding(seconds: 360 + late))
    #expect(wire.holding == (late < 0 ? [one] : [two]))
    #expect(wire.standings.takenOver[one] == (late < 0 ? nil : two))
  }

  @Test("expiry alone changes nothing")
  func expiry() throws {
    var wire = try three()
    let one = try wire.claim(["x"], by: "ada", seconds: 1)
    wire.pass(seconds: 1_000_000)
    try wire.claim(["x"], by: "bob", heads: wire.heads)
    #expect(wire.holding == [one])
  }

  @Test("a renewal in time, or one that was known, keeps what another would take over")
  func renewedInTime() throws {
    var wire = try three()
    let one = try wire.claim(["x"], by: "ada", seconds: 60)
    let start = wire.now
    let heads = wire.heads
    try wire.claim(["x"], by: "ada", seconds: 60, re: one, at: start.adding(seconds: 300))
    try wire.claim(["x"], by: "bob", heads: heads, re: one, at: start.adding(seconds: 400))
    #expect(wire.holding == [one])
    try wire.claim(["x"], by: "cyd", heads: wire.heads, re: one, at: start.adding(seconds: 9_000))
    #expect(wire.holding == [one])
  }

  @Test("a renewal that came too late, and was not known, does not bring back what was taken over")
  func renewedLate() throws {
    var wire = try three()
    let one = try wire.claim(["x"], by: "ada", seconds: 60)
    let start = wire.now
    let two = try wire.claim(
      ["x"], by: "bob", seconds: 9_999, heads: wire.heads, re: one, at: start.adding(seconds: 400))
    try wire.claim(["x"], by: "ada", re: one, at: start.adding(seconds: 500))
    #expect(wire.holding == [two])
  }

  @Test("of two who take over the same the lower event_id holds")
  func twoTakers() throws {
    var wire = try three()
    let one = try wire.claim(["x"], by: "ada", seconds: 60)
    let late = wire.now.adding(seconds: 400)
    let heads = wire.heads
    let ids = [
      try wire.claim(["x"], by: "bob", heads: heads, re: one, at: late),
      try wire.claim(["x"], by: "cyd", heads: heads, re: one, at: late),
    ].sorted()
    #expect(wire.holding == [ids[0]])
    #expect(wire.standings.takenOver[one] == ids[0])
  }

  @Test("one that cites what is not held waits for it")
  func pending() throws {
    var wire = try three()
    let one = try wire.claim(["x"], by: "ada", re: .unheld("claim"))
    #expect(wire.claimStatus(of: one) == .pending)
    let two = try wire.claim(["x"], by: "bob", heads: wire.heads)
    #expect(wire.holding == [two])
  }

  @Test("names overlap only the same name")
  func names() throws {
    var wire = try three()
    func named(_ name: String) -> (inout JSONObject) -> Void { { $0["resource"] = .string(name) } }
    let one = try wire.claim([], by: "ada", change: named("deploy"))
    try wire.claim([], by: "bob", heads: wire.heads, change: named("deploy"))
    let two = try wire.claim([], by: "cyd", heads: wire.heads, change: named("deploy/**"))
    let three = try wire.claim(["deploy"], by: "cyd", heads: wire.heads)
    #expect(wire.holding == [one, two, three])
  }

  @Test("lines behind a cut neither take, renew, release nor take over")
  func cut() throws {
    var wire = try three()
    let one = try wire.claim(["x"], by: "cyd")
    let old = try wire.claim(["z"], by: "ada", seconds: 60)
    let cutSeq = wire.ids(of: "cyd").count
    try wire.claim(["y"], by: "cyd")
    try wire.claim(["x"], by: "cyd", seconds: 9_999, re: one)
    try wire.claim(["z"], by: "cyd", heads: wire.heads, re: old, at: wire.now.adding(seconds: 400))
    try wire.release(one, by: "cyd")
    #expect(wire.standings.takenOver[old] != nil && !wire.holding.contains(one))
    try wire.agree(
      by: "ada", with: ["bob"], effects: TestEffects.remove("cyd", seq: cutSeq, id: one))
    #expect(wire.holding == [old])
    #expect(wire.standings.takenOver.isEmpty)
  }

  @Test(
    "who leaves or is removed holds nothing, and what it took over stays so",
    arguments: [true, false])
  func ended(isRemoval: Bool) throws {
    var wire = try three()
    let old = try wire.claim(["z"], by: "ada", seconds: 60)
    let one = try wire.claim(["x"], by: "cyd")
    let two = try wire.claim(["x"], by: "bob", heads: wire.heads)
    let taker = try wire.claim(["z"], by: "cyd", re: old, at: wire.now.adding(seconds: 400))
    #expect(wire.holding == [one, taker])
    if isRemoval {
      let end = wire.ids(of: "cyd").count
      try wire.agree(
        by: "ada", with: ["bob"], effects: TestEffects.remove("cyd", seq: end, id: taker))
    } else {
      try wire.leave(by: "cyd")
    }
    #expect(wire.holding == [two])
    #expect(wire.standings.takenOver == [old: taker])
  }

  @Test("beyond 64 open ones of a writer are refused, until it releases some")
  func tooMany() throws {
    var wire = try three()
    var ids: [Bytes32] = []
    for index in 0..<64 { ids.append(try wire.claim(["f\(index)"], by: "ada")) }
    try wire.claim(["more"], by: "ada")
    #expect(wire.lastOutcome(of: "ada") == .refused(.tooManyClaims))
    try wire.release(ids[0], by: "ada")
    let next = try wire.claim(["more"], by: "ada")
    #expect(wire.holding == Set(ids.dropFirst() + [next]))
  }

  @Test(
    "of another shape are refused with the reason",
    arguments: [
      ("resource", JSONValue.null, RefusedReason.claimResourceMalformed),
      ("resource", .array([]), .claimResourceMalformed),
      ("resource", .string(""), .claimResourceMalformed),
      ("resource", .strings(["a//b"]), .claimResourceMalformed),
      ("resource", .strings(Array(repeating: "a", count: 17)), .claimResourceMalformed),
      (
        "resource",
        .strings([String(repeating: "a", count: 600), String(repeating: "b", count: 600)]),
        .claimResourceMalformed
      ),
      ("ttl_seconds", .integer(0), .claimSecondsOutOfRange),
      ("ttl_seconds", .integer(86_401), .claimSecondsOutOfRange),
      ("ttl_seconds", .real(60), .claimSecondsOutOfRange),
      ("heads", .null, .claimHeadsMalformed),
      ("heads", .object(["bob": .integer(-1)]), .claimHeadsMalformed),
      ("heads", .object(["B": .integer(1)]), .claimHeadsMalformed),
    ])
  func malformed(field: String, value: JSONValue, reason: RefusedReason) throws {
    var wire = try three()
    try wire.claim(["x"], by: "ada") { $0[Text(field)] = value }
    #expect(wire.lastOutcome(of: "ada") == .refused(reason))
    #expect(wire.standings.entries.isEmpty)
  }

  @Test("heads that name more than 64 handles, over the whole chain, are refused")
  func manyHeads() throws {
    var wire = try three()
    func heads(_ range: Range<Int>) -> [Handle: Int] {
      range.reduce(into: [:]) { heads, index in
        if let handle = Handle(Text("h\(index)")) { heads[handle] = 1 }
      }
    }
    try wire.claim(["x"], by: "ada", heads: heads(10..<60))
    try wire.claim(["y"], by: "ada", heads: heads(60..<75))
    #expect(wire.lastOutcome(of: "ada") == .refused(.claimHeadsMalformed))
    try wire.claim(["z"], by: "ada", heads: heads(60..<70))
    #expect(wire.lastOutcome(of: "ada") == .folded)
  }
}

extension TestWire {
  var standings: ClaimStandings { state.claimStandings(under: state.history) }

  var holding: Set<Bytes32> {
    Set(standings.entries.filter { $0.status == .holds }.map(\.claim.eventID))
  }

  func claimStatus(of id: Bytes32) -> ClaimStandings.Status? {
    standings.entries.first { $0.claim.eventID == id }?.status
  }
}
