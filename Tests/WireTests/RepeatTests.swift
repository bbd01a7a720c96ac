import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A line that is held already is ignored")
struct RepeatTests {
  private func six() throws -> TestWire {
    var wire = try TestWire()
    try wire.join()
    for number in 2...5 { try wire.note("note \(number)", by: "ada") }
    try wire.note("six", by: "ada")
    return wire
  }

  private func check(_ wire: TestWire) throws {
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      #expect(audit.badLines.isEmpty)
      #expect(audit.reading.chains["ada"]?.head.seq == 6)
      #expect(audit.reading.chains["ada"]?.forkSeq == nil)
    }
  }

  @Test("one line, right behind itself and at the end", arguments: 0..<6)
  func one(index: Int) throws {
    var wire = try six()
    wire.repeatLines(index..<(index + 1), of: "ada", at: index + 1)
    try check(wire)
    wire.repeatLines(index..<(index + 1), of: "ada")
    try check(wire)
  }

  @Test("a range, at every place")
  func range() throws {
    let whole = try six()
    for start in 0..<6 {
      for place in [0, 3, 6] {
        var wire = whole
        wire.repeatLines(start..<min(6, start + 3), of: "ada", at: place)
        try check(wire)
      }
    }
  }

  @Test("the whole log, twice over, and backwards")
  func whole() throws {
    var wire = try six()
    wire.repeatLines(0..<6, of: "ada")
    wire.repeatLines(0..<6, of: "ada")
    try check(wire)
    wire.logs["ada"]?.reverse()
    try check(wire)
  }

  @Test("each line twice in a row")
  func doubled() throws {
    var wire = try six()
    wire.logs["ada"] = wire.logs["ada"]?.flatMap { [$0, $0] }
    try check(wire)
  }

  @Test("a range that goes on from the end extends the chain")
  func overlap() throws {
    var wire = try six()
    let lines = try #require(wire.logs["ada"])
    wire.logs["ada"] = Array(lines[..<4]) + Array(lines[2...])
    try check(wire)
  }

  @Test("facts of repeated lines are folded once, and the state is the same")
  func facts() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.agree(by: "ada", with: ["bob"])
    let expected = try wire.audit().reading.state.rendering
    for handle in wire.handles {
      wire.repeatLines(0..<(wire.logs[handle]?.count ?? 0), of: handle)
    }
    #expect(try wire.audit().reading.state.rendering == expected)
  }

  @Test(
    "a copy with a wrong signature is reported, and takes nothing from the line", arguments: 0..<6)
  func spoiledCopy(index: Int) throws {
    var wire = try six()
    wire.repeatLines(index..<(index + 1), of: "ada")
    try wire.spoilSignature(6, of: "ada")
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      #expect(audit.badLines == ["ada_to_bob.jsonl:7 bad_signature"])
      #expect(audit.reading.chains["ada"]?.head.seq == 6)
    }
  }

  @Test("a repeated line whose content is refused is reported once")
  func contentFault() throws {
    var wire = try six()
    try wire.note(by: "ada") { $0["crit"] = .strings(["novel"]) }
    try wire.note(by: "ada")
    let lines = try #require(wire.logs["ada"])
    wire.repeatLines(5..<8, of: "ada")
    #expect(try wire.audit().faults(of: "ada") == ["7 crit_unknown"])
    wire.logs["ada"] = Array(lines[..<7]) + Array(lines[5...])
    #expect(try wire.audit().faults(of: "ada") == ["7 crit_unknown"])
    #expect(try wire.chain(of: "ada").head.seq == 8)
  }
}
