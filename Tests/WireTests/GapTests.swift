import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A missing line is a gap until it comes back")
struct GapTests {
  private func six() throws -> TestWire {
    var wire = try TestWire()
    try wire.join()
    for number in 2...6 { try wire.note("note \(number)", by: "ada") }
    return wire
  }

  @Test("the first line after it is reported, the rest waits", arguments: 0..<5)
  func gap(index: Int) throws {
    var wire = try six()
    let line = try #require(wire.logs["ada"]?[index])
    wire.dropLine(index, of: "ada")
    let audit = try wire.audit()
    let chain = try #require(audit.reading.chains["ada"])
    #expect(audit.badLines == ["ada_to_bob.jsonl:\(index + 1) gap"])
    #expect(chain.head.seq == index)
    #expect(chain.beyond.map(\.lastSeq) == [6])
    wire.insert(line, at: 5, of: "ada")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.chain(of: "ada").head.seq == 6)
    #expect(try wire.chain(of: "ada").beyond.isEmpty)
  }

  @Test("a last line that is missing leaves no trace")
  func last() throws {
    var wire = try six()
    wire.dropLine(5, of: "ada")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.chain(of: "ada").head.seq == 5)
  }

  @Test("two gaps are two reports, and close one by one")
  func two() throws {
    var wire = try six()
    let lines = try #require(wire.logs["ada"])
    wire.logs["ada"] = [lines[0], lines[2], lines[4], lines[5]]
    #expect(try wire.audit().faults(of: "ada") == ["2 gap", "3 gap"])
    wire.append(lines[1], to: "ada")
    #expect(try wire.audit().faults(of: "ada") == ["3 gap"])
    #expect(try wire.chain(of: "ada").head.seq == 3)
    wire.append(lines[3], to: "ada")
    #expect(try wire.audit().faults(of: "ada").isEmpty)
    #expect(try wire.chain(of: "ada").head.seq == 6)
  }

  @Test("what follows a gap proves nothing in a decision until the line comes back")
  func decision() throws {
    var wire = try TestWire()
    try wire.join()
    let note = try wire.note(by: "bob")
    let (id, _) = try wire.agree(by: "ada", with: ["bob"])
    #expect(note == wire.ids(of: "bob")[1])
    let line = try #require(wire.logs["bob"]?[1])
    wire.dropLine(1, of: "bob")
    #expect(try wire.audit().decisions.isEmpty)
    wire.append(line, to: "bob")
    #expect(try wire.audit().decisions == [id])
  }

  @Test("a refused line leaves a gap, and the good one that comes later closes it")
  func refused() throws {
    var wire = try six()
    let line = try #require(wire.logs["ada"]?[2])
    wire.alterByte(line.count / 2, ofLine: 2, of: "ada")
    #expect(try wire.audit().faults(of: "ada").last == "4 gap")
    wire.append(line, to: "ada")
    #expect(try wire.audit().faults(of: "ada").count == 1)
    #expect(try wire.chain(of: "ada").head.seq == 6)
  }

  @Test("a key_add that is missing makes the lines of its key unknown until it comes back")
  func keyAdd() throws {
    var wire = try six()
    try wire.addKey(try TestKey("ada/2"), by: "ada")
    try wire.card(by: "ada")
    let line = try #require(wire.logs["ada"]?[6])
    wire.dropLine(6, of: "ada")
    #expect(try wire.audit().faults(of: "ada") == ["7 unknown_key"])
    wire.append(line, to: "ada")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.chain(of: "ada").head.seq == 8)
  }
}
