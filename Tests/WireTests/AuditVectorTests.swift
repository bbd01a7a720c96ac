import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("An audit finds in every vector what an independent implementation found")
struct AuditVectorTests {
  @Test("by chain, and by every signature", arguments: WireVector.all, [false, true])
  func expectation(vector: WireVector, everySignature: Bool) throws {
    let audit = try vector.audit(everySignature: everySignature)
    let expected = vector.expected
    #expect(audit.reading.genesis.id.hex == expected.wire)
    #expect(audit.badLines == expected.bad.map { "\($0.file):\($0.line) \($0.reason)" })
    #expect(audit.decisions.map(\.hex) == expected.decisions)
    #expect(audit.missingDecisions.map(\.hex) == expected.missing_decisions ?? [])
    #expect((audit.bad.isEmpty ? 0 : 3) == expected.exit)
  }

  @Test("all vectors are there")
  func whole() {
    #expect(WireVector.all.count >= 21)
    #expect(WireVector.all.contains { $0.expected.exit == 0 })
    #expect(Set(WireVector.all.flatMap { $0.expected.bad.map(\.reason) }).count >= 10)
  }

  @Test("a line of decisions.jsonl that stands there twice is ignored, any other is not derived")
  func derived() throws {
    var wire = try TestWire()
    try wire.join()
    let (id, _) = try wire.agree(by: "ada", with: ["bob"])
    let line = try #require(wire.state.decisionLines(under: wire.state.history).first?.line)
    #expect(try wire.audit().missingDecisions == [id])
    wire.derived = [line, line]
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.audit().missingDecisions.isEmpty)
    wire.derived = [[], line, line + [0x20], [UInt8](repeating: 0x61, count: 300_000)]
    #expect(
      try wire.audit().badLines == [1, 3, 4].map { "decisions.jsonl:\($0) not_derived" })
    #expect(try wire.audit().decisions == [id])
  }

  @Test("the audit says how many signatures it did not look at")
  func unseen() throws {
    var wire = try TestWire()
    try wire.join()
    for _ in 0..<5 { try wire.note(by: "ada") }
    for _ in 0..<3 { try wire.note(by: "bob") }
    #expect(try wire.audit().lineCount == 10)
    #expect(try wire.audit().unseenSignatures == 8)
    #expect(try wire.audit(everySignature: true).unseenSignatures == 0)
    wire.insert([], at: 3, of: "ada")
    #expect(try wire.audit().lineCount == 11)
    #expect(try wire.audit().unseenSignatures == 7)
  }
}
