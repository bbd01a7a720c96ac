import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A chain that forks folds up to the seq before, for everyone")
struct ForkTests {
  private func six() throws -> TestWire {
    var wire = try TestWire()
    try wire.join(introducing: true)
    for number in 2...6 { try wire.note("note \(number)", by: "bob") }
    return wire
  }

  private func check(_ wire: TestWire, forkSeq: Int) throws {
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      let chain = try #require(audit.reading.chains["bob"])
      #expect(chain.forkSeq == forkSeq)
      #expect(chain.foldedThrough == forkSeq - 1)
      #expect(chain.facts.allSatisfy { $0.seq < forkSeq })
      #expect(audit.bad.contains { $0.reason == .fork })
      #expect(audit.bad.allSatisfy { $0.reason == .fork || $0.reason == .gap })
    }
  }

  @Test("two lines of one seq, the second at any later place", arguments: 0..<6)
  func second(index: Int) throws {
    let whole = try six()
    let rival = try whole.variant(of: index, of: "bob")
    for place in 0...6 {
      var wire = whole
      wire.insert(rival, at: place, of: "bob")
      try check(wire, forkSeq: index + 1)
      guard place > index else { continue }
      #expect(try wire.audit().badLines == ["bob_to_ada.jsonl:\(place + 1) fork"])
    }
  }

  @Test("two lines of one seq, all lines in any order")
  func anyOrder() throws {
    var random = RandomSource("fork order")
    for _ in 0..<24 {
      var wire = try six()
      let index = random.below(6)
      wire.append(try wire.variant(of: index, of: "bob"), to: "bob")
      wire.logs["bob"]?.shuffle(using: &random)
      try check(wire, forkSeq: index + 1)
    }
  }

  @Test("two histories, either of them first and either of them longer", arguments: [true, false])
  func histories(isLongerFirst: Bool) throws {
    var one = try six()
    var other = one
    for number in 7...8 { try one.note("one \(number)", by: "bob") }
    for number in 7...11 { try other.note("other \(number)", by: "bob") }
    let oneTail = Array(try #require(one.logs["bob"]).dropFirst(6))
    let otherTail = Array(try #require(other.logs["bob"]).dropFirst(6))
    var wire = try six()
    wire.logs["bob"]? += isLongerFirst ? otherTail + oneTail : oneTail + otherTail
    try check(wire, forkSeq: 7)
    wire.logs["bob"]?.reverse()
    try check(wire, forkSeq: 7)
  }

  @Test("a line that links to another than the head convicts the seq of the head")
  func otherPrev() throws {
    var wire = try six()
    wire.setPlace(of: "bob", seq: 6, prev: .unheld("x"))
    try wire.note(by: "bob")
    try check(wire, forkSeq: 6)
  }

  @Test("a line in the middle that links to another convicts the seq before it")
  func otherPrevWithin() throws {
    var wire = try six()
    wire.setPlace(of: "bob", seq: 4, prev: .unheld("x"))
    try wire.note("seq 5, of another past", by: "bob")
    try check(wire, forkSeq: 4)
    wire.logs["bob"]?.reverse()
    try check(wire, forkSeq: 4)
  }

  @Test("two forks: the first seq counts")
  func twice() throws {
    var wire = try six()
    let rivals = [try wire.variant(of: 4, of: "bob"), try wire.variant(of: 2, of: "bob")]
    wire.logs["bob"]? += rivals
    try check(wire, forkSeq: 3)
  }

  @Test("two seq 1 by one key leave nothing")
  func atFirst() throws {
    var wire = try six()
    wire.append(try wire.variant(of: 0, of: "bob"), to: "bob")
    try check(wire, forkSeq: 1)
    #expect(try wire.chain(of: "bob").facts.isEmpty)
  }

  @Test("two key_adds of one seq fork there, whichever key went on", arguments: [true, false])
  func keyAdds(isSecondFirst: Bool) throws {
    var one = try six()
    var other = one
    try one.addKey(try TestKey("bob/2"), by: "bob")
    try one.card(by: "bob")
    try other.addKey(try TestKey("bob/3"), by: "bob")
    try other.card(by: "bob")
    let tails = [one, other].map { Array(($0.logs["bob"] ?? []).dropFirst(6)) }
    var wire = try six()
    wire.logs["bob"]? += isSecondFirst ? tails[1] + tails[0] : tails[0] + tails[1]
    let chain = try wire.chain(of: "bob")
    #expect(chain.forkSeq == 7)
    #expect(chain.foldedThrough == 6)
    let reasons = try wire.audit().bad.map(\.reason)
    #expect(Set(reasons) == [.fork, .unknownKey] && reasons.count == 2)
  }

  @Test("decisions that rest on the fork no longer follow, earlier ones do")
  func decisions() throws {
    var wire = try TestWire()
    try wire.join()
    let first = try wire.agree(by: "ada", with: ["bob"]).proposal
    let second = try wire.agree(by: "ada", with: ["bob"]).proposal
    #expect(try wire.audit().decisions == [first, second])
    wire.append(try wire.variant(of: 2, of: "bob"), to: "bob")
    #expect(try wire.audit().decisions == [first])
    wire.append(try wire.variant(of: 1, of: "bob"), to: "bob")
    #expect(try wire.audit().decisions == [])
  }

  @Test("the proposer's own fork takes its decisions")
  func proposersFork() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.agree(by: "ada", with: ["bob"])
    wire.append(try wire.variant(of: 2, of: "ada"), to: "ada")
    #expect(try wire.audit().decisions == [])
  }

  @Test("nobody is convicted by a line that they did not sign")
  func unsigned() throws {
    var wire = try six()
    wire.append(try wire.variant(of: 3, of: "bob", key: try TestKey("mallory")), to: "bob")
    wire.append(try wire.variant(of: 3, of: "bob"), to: "bob")
    try wire.spoilSignature(7, of: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["7 unknown_key", "8 bad_signature"])
    #expect(try wire.chain(of: "bob").forkSeq == nil)
    #expect(try wire.chain(of: "bob").head.seq == 6)
  }

  @Test("a fork behind a gap is said, and the chain ends before the gap")
  func behindGap() throws {
    var wire = try six()
    wire.append(try wire.variant(of: 4, of: "bob"), to: "bob")
    let line = try #require(wire.logs["bob"]?[2])
    wire.dropLine(2, of: "bob")
    #expect(try wire.chain(of: "bob").foldedThrough == 2)
    #expect(try wire.audit().faults(of: "bob") == ["3 gap", "6 fork"])
    wire.append(line, to: "bob")
    try check(wire, forkSeq: 5)
  }

  @Test("a recovery cuts the chain before its fork, and another key goes on")
  func recovery() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    try wire.note(by: "bob")
    try wire.note(by: "bob")
    let held = wire.ids(of: "bob")[1]
    wire.append(try wire.variant(of: 2, of: "bob"), to: "bob")
    #expect(try wire.chain(of: "bob").forkSeq == 3)
    let key = try TestKey("bob/2")
    let effects = TestEffects.recover("bob", seq: 2, id: held, pk: key.pk)
    try wire.agree(by: "ada", with: ["cyd"], effects: effects)
    wire.switchKey(of: "bob", to: key)
    wire.setPlace(of: "bob", seq: 2, prev: held)
    try wire.card(by: "bob")
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      let chain = try #require(audit.reading.chains["bob"])
      #expect(audit.badLines.isEmpty)
      #expect(chain.forkSeq == nil)
      #expect(chain.head.seq == 3)
      #expect(chain.spans.map(\.fromSeq) == [1, 3])
      #expect(chain.facts.map(\.seq) == [1, 3])
    }
  }
}
