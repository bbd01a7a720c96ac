import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A chain is opened by the key that the wire names, else by the first valid card")
struct KeyTests {
  private func three(introducing: Bool = false) throws -> TestWire {
    var wire = try TestWire()
    try wire.join(introducing: introducing)
    try wire.note(by: "bob")
    try wire.note(by: "bob")
    return wire
  }

  /// A card that mallory signs as bob, valid in itself.
  private func planted(_ wire: TestWire, isBad: Bool = false) throws -> [UInt8] {
    var copy = try TestWire(wire.genesis.members.map(\.handle))
    copy.switchKey(of: "bob", to: try TestKey("mallory"))
    try copy.card(by: "bob") { if isBad { $0["name"] = .string("Eve") } }
    return copy.logs["bob"]?.first ?? []
  }

  @Test("a line by another key is unknown, and in nobody's way", arguments: 0...3)
  func stranger(place: Int) throws {
    var wire = try three(introducing: true)
    let index = min(place, 2)
    let line = try wire.variant(of: index, of: "bob", key: try TestKey("mallory"))
    wire.insert(line, at: place, of: "bob")
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      #expect(audit.faults(of: "bob") == ["\(place + 1) unknown_key"])
      #expect(audit.reading.chains["bob"]?.head.seq == 3)
    }
  }

  @Test("of two cards the first opens the log, where nobody named a key")
  func candidate() throws {
    var wire = try three()
    wire.insert(try planted(wire), at: 0, of: "bob")
    #expect(
      try wire.audit().faults(of: "bob") == ["2 unknown_key", "3 unknown_key", "4 unknown_key"])
    #expect(try wire.chain(of: "bob").key == (try TestKey("mallory").pk))
    #expect(try wire.chain(of: "bob").adoptedKey == (try TestKey("mallory").pk))
  }

  @Test("the founder's introduction comes before the first card")
  func introduced() throws {
    var wire = try three(introducing: true)
    wire.insert(try planted(wire), at: 0, of: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["1 unknown_key"])
    #expect(try wire.chain(of: "bob").head.seq == 3)
  }

  @Test("another's introduction is none")
  func introducedByAnother() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    wire.insert(try planted(wire), at: 0, of: "bob")
    try wire.introduce("bob", by: "cyd")
    #expect(try wire.audit().faults(of: "bob") == ["2 unknown_key"])
  }

  @Test("nobody introduces another key for the founder")
  func founder() throws {
    var wire = try three()
    try wire.introduce("ada", by: "ada", pk: try TestKey("mallory").pk)
    try wire.note(by: "ada")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.chain(of: "ada").head.seq == 3)
  }

  @Test("a card that does not check opens nothing")
  func badCard() throws {
    var wire = try three()
    wire.insert(try planted(wire, isBad: true), at: 0, of: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["1 unknown_key"])
    #expect(try wire.chain(of: "bob").head.seq == 3)
  }

  @Test("a log without a valid card has no key", arguments: ["note", "card"])
  func noCard(first: String) throws {
    var wire = try TestWire()
    try wire.card(by: "ada")
    if first == "note" {
      try wire.note(by: "bob")
    } else {
      try wire.card(by: "bob") { $0["signature"] = .string("") }
    }
    try wire.note(by: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["1 unknown_key", "2 unknown_key"])
    #expect(try wire.chain(of: "bob").facts.isEmpty)
  }

  @Test("a key that is no key opens nothing, whoever names it")
  func noKey() throws {
    var wire = try three()
    try wire.introduce("bob", by: "ada", pk: .zero)
    #expect(try wire.audit().faults(of: "bob").count == 3)
    #expect(try wire.chain(of: "bob").head.seq == 0)
  }

  @Test("from as a did is the same agent, another's handle is unknown")
  func from() throws {
    var wire = try three()
    try wire.note(by: "bob") { $0["from"] = .string("did:wire:bob") }
    try wire.note(by: "bob") { $0["from"] = .string("ada") }
    #expect(try wire.audit().faults(of: "bob") == ["5 unknown_key"])
    #expect(try wire.chain(of: "bob").head.seq == 4)
  }

  @Test("a line of another's log is unknown in this one")
  func otherLog() throws {
    var wire = try three()
    wire.insert(try #require(wire.logs["ada"]?.first), at: 1, of: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["2 unknown_key"])
    #expect(try wire.chain(of: "bob").head.seq == 3)
  }

  @Test("a line of another wire is that, whatever else it is")
  func otherWire() throws {
    var wire = try three()
    var other = try TestWire(nonce: 2)
    try other.join()
    try other.note(by: "bob")
    wire.insert(try #require(other.logs["bob"]?[1]), at: 2, of: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["3 wrong_wire"])
    wire.logs["ada"] = other.logs["ada"]
    #expect(try wire.audit().faults(of: "ada") == ["1 wrong_wire"])
    #expect(try wire.chain(of: "bob").head.seq == 3)
  }

  @Test("a proven key_add changes the key from the next seq on")
  func keyAdd() throws {
    var wire = try three()
    let old = try #require(wire.writers["bob"]?.key)
    let new = try TestKey("bob/2")
    try wire.addKey(new, by: "bob")
    try wire.card(by: "bob")
    try wire.note(by: "bob")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.chain(of: "bob").spans.map(\.fromSeq) == [1, 5])
    #expect(try wire.chain(of: "bob").key == new.pk)
    wire.switchKey(of: "bob", to: old)
    try wire.note(by: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["7 unknown_key"])
    #expect(try wire.chain(of: "bob").head.seq == 6)
  }

  @Test("the old key's line past its places is unknown before it is anything else")
  func oldKeyAltered() throws {
    var wire = try three()
    let old = try #require(wire.writers["bob"]?.key)
    try wire.addKey(try TestKey("bob/2"), by: "bob")
    try wire.card(by: "bob")
    let line = try wire.variant(of: 4, of: "bob", key: old)
    wire.append(line, to: "bob")
    try wire.rewrite(5, of: "bob") { $0["event_id"] = .string(Bytes32.unheld("x").hex) }
    #expect(try wire.audit().faults(of: "bob") == ["6 unknown_key"])
  }

  @Test("a key_add without proof is a good line without effect")
  func badKeyAdd() throws {
    var wire = try three()
    let old = try #require(wire.writers["bob"]?.key)
    let new = try TestKey("bob/2")
    try wire.addKey(new, by: "bob", isProven: false)
    #expect(try wire.audit().badLines.isEmpty)
    var other = wire
    other.switchKey(of: "bob", to: new)
    try other.note(by: "bob")
    #expect(try other.audit().faults(of: "bob") == ["5 unknown_key"])
    wire.switchKey(of: "bob", to: old)
    try wire.note(by: "bob")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.chain(of: "bob").head.seq == 5)
  }

  @Test("a key_add whose content is refused has no effect, though its proof is good")
  func refusedKeyAdd() throws {
    var wire = try three()
    try wire.addKey(try TestKey("bob/2"), by: "bob") { $0["crit"] = .strings(["novel"]) }
    try wire.note(by: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["4 crit_unknown", "5 unknown_key"])
  }

  @Test("keys change more than once, and back")
  func thrice() throws {
    var wire = try three()
    for name in ["bob/2", "bob/3", "bob/1"] {
      try wire.addKey(try TestKey(name), by: "bob")
      try wire.card(by: "bob")
    }
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.chain(of: "bob").spans.map(\.fromSeq) == [1, 5, 7, 9])
  }
}
