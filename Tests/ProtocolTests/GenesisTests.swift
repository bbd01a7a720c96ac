import Identity
import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("A genesis is one canonical signed object")
struct GenesisTests {
  @Test("what was written is read")
  func good() throws {
    let wire = try TestWire(["ada", "bob"], domains: ["docs": "bob"], hasOperator: true)
    let genesis = try Genesis(checking: wire.genesisLine + [UInt8(ascii: "\n")])
    #expect(genesis.id == EventID.of(try JSONParser.object(wire.genesisLine)))
    #expect(genesis.founder == "ada")
    #expect(genesis.founderKey == (try TestKey("ada/1").pk))
    #expect(genesis.members.map(\.log) == ["ada_to_bob.jsonl", "bob_to_ada.jsonl"])
    #expect(genesis.domains["docs"]?.owner == "bob")
    #expect(genesis.operatorKey == wire.operatorKey.pk)
  }

  struct Row: Sendable, CustomStringConvertible {
    let description: String
    let fault: Genesis.Fault
    let change: @Sendable (inout JSONObject) -> Void
  }

  private static let fields: [Row] = [
    Row(description: "v", fault: .field("v")) { $0["v"] = .integer(2) },
    Row(description: "v as text", fault: .field("v")) { $0["v"] = .string("1") },
    Row(description: "type", fault: .field("type")) { $0["type"] = .string("agent_card") },
    Row(description: "protocol", fault: .field("protocol")) { $0["protocol"] = .string("3.3") },
    Row(description: "from", fault: .field("from")) { $0["from"] = .string("Ada") },
    Row(description: "pk", fault: .field("pk")) { $0["pk"] = .string("00") },
    Row(description: "timestamp", fault: .field("timestamp")) { $0["timestamp"] = .string("now") },
    Row(description: "founder is no member", fault: .field("members")) {
      $0["members"] = .array([member("bob", "bob_to_all.jsonl")])
    },
    Row(description: "no members", fault: .field("members")) { $0["members"] = .array([]) },
    Row(description: "a member twice", fault: .field("members")) {
      $0["members"] = .array([member("ada", "ada_to_all.jsonl"), member("ada", "ada_to_bob.jsonl")])
    },
    Row(description: "a log twice", fault: .field("members")) {
      $0["members"] = .array([member("ada", "ada_to_all.jsonl"), member("bob", "ada_to_all.jsonl")])
    },
    Row(description: "a log that is a path", fault: .field("members")) {
      $0["members"] = .array([member("ada", "../ada_to_all.jsonl")])
    },
    Row(description: "a log of another name", fault: .field("members")) {
      $0["members"] = .array([member("ada", "decisions.jsonl")])
    },
    Row(description: "domains", fault: .field("domains")) { $0["domains"] = .array([]) },
    Row(description: "tiers", fault: .field("tiers")) { $0["tiers"] = nil },
    Row(description: "operator", fault: .field("operator")) { $0["operator"] = .string("me") },
  ]

  private static func member(_ handle: String, _ log: String) -> JSONValue {
    .object(["handle": .string(handle), "log": .string(log)])
  }

  @Test("a field that is missing or wrong is named", arguments: fields)
  func field(row: Row) throws {
    #expect(throws: row.fault) { try TestWire(["ada", "bob"], change: row.change) }
  }

  @Test(
    "a cadence is clamped to between one second and a day",
    arguments: [(-1, 1), (0, 1), (1, 1), (86_400, 86_400), (90_000, 86_400)])
  func cadence(_ seconds: Int, _ clamped: Int) throws {
    let wire = try TestWire { object in
      object["tiers"] = .object(["slow": .object(["cadence_seconds": .integer(seconds)])])
    }
    #expect(wire.genesis.tiers["slow"]?.cadenceSeconds == clamped)
  }

  @Test("its id is the hash of its content")
  func mismatch() throws {
    var object = try JSONParser.object(try TestWire().genesisLine)
    object["nonce"] = .string("00")
    let line = CanonicalWriter.bytes(of: object)
    #expect(throws: Genesis.Fault.eventIDMismatch) { try Genesis(line) }
  }

  @Test("the founder must have signed it, which only a stranger asks", arguments: [true, false])
  func signature(isOfAnother: Bool) throws {
    var object = try JSONParser.object(try TestWire().genesisLine)
    let other = try TestKey("other")
    let signature = Base64.encode(other.signing.sign(EventID.of(object).bytes))
    object[isOfAnother ? "signature" : "public_key_id"] = .string(signature)
    let line = CanonicalWriter.bytes(of: object)
    #expect(throws: Genesis.Fault.badSignature) { try Genesis(checking: line) }
    #expect(throws: Never.self) { try Genesis(line) }
  }

  @Test("another spelling is none")
  func spelling() throws {
    let line = try TestWire().genesisLine
    #expect(throws: Genesis.Fault.notCanonical) { try Genesis([UInt8(ascii: " ")] + line) }
    #expect(throws: Genesis.Fault.malformed(Malformation(.truncated, at: 20))) {
      try Genesis(Array(line.prefix(20)))
    }
  }
}
