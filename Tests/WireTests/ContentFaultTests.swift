import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A line whose content is refused holds its place and is never folded")
struct ContentFaultTests {
  struct Row: Sendable, CustomStringConvertible {
    let description: String
    /// Nil for content that is fine.
    let reason: String?
    let change: @Sendable (inout JSONObject) -> Void

    init(
      _ description: String, _ reason: String?,
      _ change: @escaping @Sendable (inout JSONObject) -> Void
    ) {
      (self.description, self.reason, self.change) = (description, reason, change)
    }
  }

  private static let rows: [Row] = [
    Row("another known kind", "kind_mismatch") { $0["kind"] = .integer(1501) },
    Row("an unknown kind", "kind_mismatch") { $0["kind"] = .integer(4242) },
    Row("another known type", "kind_mismatch") { $0["type"] = .string("decline") },
    Row("an unknown type", "kind_mismatch") { $0["type"] = .string("novel") },
    Row("an unknown crit", "crit_unknown") { $0["crit"] = .strings(["novel"]) },
    Row("an unknown crit beside a known", "crit_unknown") { $0["crit"] = .strings(["re", "x"]) },
    Row("a crit of another case", "crit_unknown") { $0["crit"] = .strings(["RE"]) },
    Row("a known crit", nil) { $0["crit"] = .strings(["re"]) },
    Row("nobody", "malformed") { $0["to"] = .array([]) },
    Row("unsorted recipients", "malformed") { $0["to"] = .strings(["cyd", "bob"]) },
    Row("a recipient twice", "malformed") { $0["to"] = .strings(["bob", "bob"]) },
    Row("a recipient that is no handle", "malformed") { $0["to"] = .strings(["Bob"]) },
    Row("all by name", "malformed") { $0["to"] = .strings(["all"]) },
    Row("everyone beside one", "malformed") { $0["to"] = .strings(["*", "bob"]) },
    Row("a number", "malformed") { $0["to"] = .array([.integer(1)]) },
    Row("handles of no members", nil) { $0["to"] = .strings(["eve", "fay"]) },
    Row("a field that nobody knows", nil) { $0["novel"] = .integer(1) },
    Row("kind before crit", "kind_mismatch") { object in
      (object["kind"], object["crit"]) = (.integer(1), .strings(["x"]))
    },
    Row("crit before recipients", "crit_unknown") { object in
      (object["to"], object["crit"]) = (.array([]), .strings(["x"]))
    },
  ]

  @Test("an ack in the middle of a run, and at its end", arguments: rows, [true, false])
  func ack(row: Row, isLast: Bool) throws {
    var wire = try TestWire()
    try wire.join()
    let id = try wire.propose(by: "ada")
    let ack = try wire.write(
      Draft(.ack, subject: "ack", body: .string("yes"), re: id), by: "bob", change: row.change)
    if !isLast { try wire.note(by: "bob") }
    try wire.decide(id, by: "ada", acks: [ack])
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      #expect(audit.faults(of: "bob") == (row.reason.map { ["2 \($0)"] } ?? []))
      #expect(audit.reading.chains["bob"]?.head.seq == (isLast ? 2 : 3))
      #expect(audit.decisions == (row.reason == nil ? [id] : []))
    }
  }

  @Test("both type and kind unknown are kept without effect")
  func unknown() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.note(by: "bob") { object in
      (object["type"], object["kind"]) = (.string("novel"), .integer(4242))
    }
    try wire.note(by: "bob")
    #expect(try wire.audit().badLines.isEmpty)
    #expect(try wire.chain(of: "bob").head.seq == 3)
  }

  @Test("a refused proposal is none, and the one after it stands")
  func proposal() throws {
    var wire = try TestWire()
    try wire.join()
    let refused = try wire.propose(by: "ada") { $0["crit"] = .strings(["novel"]) }
    let (good, _) = try wire.agree(by: "ada", with: ["bob"])
    let audit = try wire.audit()
    #expect(audit.badLines == ["ada_to_bob.jsonl:2 crit_unknown"])
    #expect(audit.reading.state.proposals[refused] == nil)
    #expect(audit.decisions == [good])
  }

  @Test("a wrong signature is said before a wrong content")
  func signature() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.note(by: "bob") { $0["crit"] = .strings(["novel"]) }
    try wire.note(by: "bob")
    try wire.spoilSignature(1, of: "bob")
    #expect(try wire.audit().faults(of: "bob") == ["2 crit_unknown"])
    #expect(try wire.audit(everySignature: true).faults(of: "bob") == ["2 bad_signature"])
  }

  @Test("a card that is refused opens no log, and opens one whose key is named")
  func card() throws {
    var wire = try TestWire()
    try wire.card(by: "ada")
    let body = wire.messages(of: "ada").first?.body
    #expect(body != nil)
    var copy = wire
    try copy.card(by: "bob")
    let line = try copy.variant(of: 0, of: "bob") { $0["crit"] = .strings(["novel"]) }
    wire.logs["bob"] = [line]
    #expect(try wire.audit().faults(of: "bob") == ["1 unknown_key"])
    try wire.introduce("bob", by: "ada")
    #expect(try wire.audit().faults(of: "bob") == ["1 crit_unknown"])
    #expect(try wire.chain(of: "bob").head.seq == 1)
  }
}
