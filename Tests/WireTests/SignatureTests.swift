import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A wrong signature is harmless where a later line proves the content")
struct SignatureTests {
  /// Ada proposes, bob's log: card, note, ack, note, note; ada decided on the ack.
  private func agreed() throws -> (TestWire, Bytes32) {
    var wire = try TestWire()
    try wire.join(introducing: true)
    try wire.note(by: "bob")
    let (id, _) = try wire.agree(by: "ada", with: ["bob"])
    try wire.note(by: "bob")
    try wire.note(by: "bob")
    return (wire, id)
  }

  @Test("in the middle of a run only those who look at it report it", arguments: 0..<4)
  func middle(index: Int) throws {
    var (wire, id) = try agreed()
    try wire.spoilSignature(index, of: "bob")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(
      try wire.audit(everySignature: true).faults(of: "bob") == ["\(index + 1) bad_signature"])
    for everySignature in [false, true] {
      #expect(try wire.audit(everySignature: everySignature).decisions == [id])
    }
    #expect(try wire.chain(of: "bob").head.seq == 5)
  }

  @Test("a wrong key id is always reported, and as harmless", arguments: 0..<4)
  func keyID(index: Int) throws {
    var (wire, id) = try agreed()
    try wire.spoilKeyID(index, of: "bob")
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      #expect(audit.faults(of: "bob") == ["\(index + 1) bad_signature"])
      #expect(audit.decisions == [id])
      #expect(audit.reading.chains["bob"]?.head.seq == 5)
    }
  }

  @Test("at the end of a run it is refused, and so on back to one that holds", arguments: 1...5)
  func end(count: Int) throws {
    var (wire, id) = try agreed()
    for index in (5 - count)..<5 { try wire.spoilSignature(index, of: "bob") }
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      #expect(audit.faults(of: "bob") == ((6 - count)...5).map { "\($0) bad_signature" })
      #expect(audit.reading.chains["bob"]?.head.seq == 5 - count)
      #expect(audit.decisions == (count < 3 ? [id] : []))
    }
  }

  @Test("a wrong key id at the end is refused as well")
  func keyIDAtEnd() throws {
    var (wire, _) = try agreed()
    try wire.spoilKeyID(4, of: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["5 bad_signature"])
    #expect(try wire.chain(of: "bob").head.seq == 4)
  }

  @Test("a refused line behind it ends the run, so it is refused too")
  func beforeJunk() throws {
    var (wire, _) = try agreed()
    try wire.spoilSignature(1, of: "bob")
    wire.insert([], at: 2, of: "bob")
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      #expect(audit.faults(of: "bob") == ["2 bad_signature", "3 malformed", "4 gap"])
      #expect(audit.reading.chains["bob"]?.head.seq == 1)
      #expect(audit.decisions.isEmpty)
    }
  }

  @Test("a change of key ends the run")
  func beforeNewKey() throws {
    var (wire, id) = try agreed()
    try wire.addKey(try TestKey("bob/2"), by: "bob")
    try wire.card(by: "bob")
    try wire.spoilSignature(5, of: "bob")
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      #expect(audit.faults(of: "bob") == ["6 bad_signature", "7 unknown_key"])
      #expect(audit.reading.chains["bob"]?.head.seq == 5)
      #expect(audit.decisions == [id])
    }
  }

  @Test("a key_add without effect changes no key and ends no run")
  func voidKeyAdd() throws {
    var (wire, id) = try agreed()
    try wire.addKey(try TestKey("bob/2"), by: "bob", isProven: false)
    try wire.note(by: "bob")
    try wire.spoilSignature(5, of: "bob")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.audit(everySignature: true).faults(of: "bob") == ["6 bad_signature"])
    #expect(try wire.audit().decisions == [id])
    #expect(try wire.chain(of: "bob").head.seq == 7)
  }

  @Test("an id that is not the hash is refused wherever it stands", arguments: 0..<5)
  func eventID(index: Int) throws {
    var (wire, _) = try agreed()
    try wire.rewrite(index, of: "bob") { $0["event_id"] = .string(Bytes32.unheld("x").hex) }
    let audit = try wire.audit()
    let gap = index < 4 ? ["\(index + 2) gap"] : []
    #expect(audit.faults(of: "bob") == ["\(index + 1) event_id_mismatch"] + gap)
    #expect(audit.reading.chains["bob"]?.head.seq == index)
  }

  @Test("a signature in another spelling is none", arguments: ["A", "=", " "])
  func spelling(suffix: String) throws {
    var (wire, _) = try agreed()
    try wire.rewrite(4, of: "bob") { object in
      let text = object["signature"]?.text?.string ?? ""
      object["signature"] = .string(text + suffix)
    }
    #expect(try wire.audit().faults(of: "bob") == ["5 bad_signature"])
  }
}
