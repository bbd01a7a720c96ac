import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Lines older than the wire are covered by the genesis, shown, and without effect")
struct LegacyPrefixTests {
  private static let log = "bob_to_ada.jsonl"
  private static let unsigned = Array(
    #"{"from":"bob","type":"request","subject":"old","timestamp":"2026-01-01T00:00:00Z"}"#.utf8)

  private static func covering(_ files: [String: [[UInt8]]]) -> JSONValue {
    var object = JSONObject()
    for (name, lines) in files {
      let bytes = Array(lines.map { $0 + [UInt8(10)] }.joined())
      object[Text(name)] = .object([
        "bytes": .integer(bytes.count), "sha256": .string(SHA256Hasher.hash(bytes).hex),
      ])
    }
    return .object(object)
  }

  /// A wire founded over these files, with a chain of bob behind the older lines of his log.
  private func wire(over files: [String: [[UInt8]]]) throws -> TestWire {
    var wire = try TestWire { $0["legacy"] = Self.covering(files) }
    wire.logs["bob"] = files[Self.log] ?? []
    wire.derived = files[SharedDirectory.decisionsName] ?? []
    try wire.join(introducing: true)
    try wire.note("one", by: "bob")
    try wire.note("two", by: "bob")
    return wire
  }

  private func history(_ path: String, _ trust: LegacyTrust? = nil) throws -> LegacyHistory {
    let shared = try SharedDirectory.open(path)
    return try LegacyHistory(shared, shared.genesis(), trust: trust, keeps: true)
  }

  @Test("the chain begins behind them, wherever the log is cut into files")
  func behind() throws {
    let old = [Self.unsigned, Array("not json".utf8), Self.unsigned]
    let wire = try wire(over: [Self.log: old])
    for cuts in [[], [4], [3, 5], [4, 5, 6]] {
      try Scratch.run { path in
        try wire.write(to: path)
        try TestWire.write(wire.files(of: "bob", cutAfter: cuts), to: path)
        let audit = try Audit.atPath(path, everySignature: true, partByteCount: 100)
        #expect(audit.badLines == [])
        #expect(audit.reading.chains["bob"]?.head.seq == 3)
        #expect(audit.legacyLineCount == 3)
        #expect(audit.reading.scans["bob"]?.end.lineCount == 6)
        // The same line twice is one message, and what is no message has no id to be known by.
        #expect(try history(path).lines.map(\.standing) == [.unsigned, .unreadable])
      }
    }
  }

  @Test("one that a resuming reader has begun behind them goes on, and an archive takes them along")
  func resuming() throws {
    var wire = try wire(over: [Self.log: [Self.unsigned]])
    try Scratch.run { root in
      let path = root + "/wire"
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
      try wire.write(to: path)
      func catchUp() throws -> (bad: [Audit.BadLine], record: HeadRecord?) {
        let state = try PrivateState.open(root + "/state")
        var reader = WireReader(wire.genesis)
        let news = try reader.catchUp(SharedDirectory.open(path), state)
        return (news.bad, reader.store.records["bob"])
      }
      #expect(try catchUp().bad.isEmpty)
      try wire.note("three", by: "bob")
      let name = TestWire.archiveName(Self.log, 1, 3, year: 2027)
      try FileManager.default.createDirectory(
        atPath: path + "/archive/2027", withIntermediateDirectories: true)
      try FileManager.default.moveItem(atPath: "\(path)/\(Self.log)", toPath: "\(path)/\(name)")
      try TestWire.write([.init(name: Self.log, lines: [wire.logs["bob"]?.last ?? []])], to: path)
      let read = try catchUp()
      #expect(read.bad.isEmpty && read.record?.verdict == .sound && read.record?.head.seq == 4)
      let record = try #require(read.record)
      let lines = try ChainHistory.lines(
        of: "bob", record, wire: wire.genesis.id, SharedDirectory.open(path)
      ) { _ in true }
      #expect(lines?.map(\.seq) == [1, 2, 3, 4])
    }
  }

  @Test("a file that somebody planted before them takes nothing from them")
  func planted() throws {
    let wire = try wire(over: [Self.log: [Self.unsigned]])
    try Scratch.run { path in
      try wire.write(to: path)
      try TestWire.write(wire.files(of: "bob", cutAfter: [2]), to: path)
      let name = TestWire.archiveName(Self.log, 1, 1, year: 1990)
      try TestWire.write([.init(name: name, lines: [Array("junk".utf8)])], to: path)
      let audit = try Audit.atPath(path)
      #expect(audit.badLines == ["\(name):1 malformed"])
      #expect(audit.reading.chains["bob"]?.head.seq == 3 && audit.legacyLineCount == 1)
    }
  }

  @Test(
    "a changed, lost or cut beginning is told, and its lines are no history any more",
    arguments: ["change", "drop", "remove"])
  func changed(how: String) throws {
    let old = [Self.unsigned, Self.unsigned + Array(" ".utf8)]
    let files = [Self.log: old, "odd+name.jsonl": old, SharedDirectory.decisionsName: old]
    let wire = try wire(over: files)
    try Scratch.run { path in
      try wire.write(to: path)
      try TestWire.write([.init(name: "odd+name.jsonl", lines: old)], to: path)
      #expect(try Audit.atPath(path).badLines == [])
      #expect(try history(path).lines.count == 2)
      for name in files.keys {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        var bytes = Array(try Data(contentsOf: file))
        switch how {
        case "change": bytes[10] ^= 1
        case "drop": bytes.removeFirst(Self.unsigned.count + 1)
        default: bytes = []
        }
        try Data(bytes).write(to: file)
      }
      let bad = try Audit.atPath(path).badLines
      for name in files.keys {
        #expect(bad.contains("\(name):1 event_id_mismatch"), "\(bad)")
      }
      #expect(try history(path).lines.isEmpty)
      #expect(try history(path).lost == files.keys.sorted())
      // The chain proves itself.
      let head = try Audit.atPath(path).reading.chains["bob"]?.head.seq
      #expect(head == (how == "remove" ? 0 : 3))
    }
  }

  @Test("an older line that speaks of owners and decisions changes no state")
  func noEffect() throws {
    var twin = try TestWire()
    try twin.join(introducing: true)
    let proposal = try twin.propose(by: "bob")
    try twin.decide(proposal, by: "bob", acks: [try twin.ack(proposal, by: "ada")])
    // Whole, signed lines of v3.2 too: they are covered, so they are in no chain.
    let old = try #require(twin.logs["bob"])
    let wire = try wire(over: [Self.log: old, SharedDirectory.decisionsName: [Self.unsigned]])
    let audit = try wire.audit()
    #expect(audit.badLines == [])
    #expect(audit.decisions == [] && audit.reading.state.proposals.isEmpty)
    #expect(audit.reading.chains["bob"]?.head.seq == 3)
  }

  @Test("a signature is judged by the private list of older keys, and only by it")
  func standing() throws {
    let key = try TestKey("older")
    let object: JSONObject = ["from": .string("bob"), "subject": .string("signed")]
    let lines = [LegacyScheme.v30, .v31].map {
      LegacySignature.sign(object, handle: "bob", key: key.signing, scheme: $0)
    }
    var forged = lines[1]
    forged[forged.count - 40] ^= 1
    let wire = try wire(over: [Self.log: lines + [forged]])
    let entry: JSONObject = [
      "key_id": .string(PublicKey.keyID(of: key.pk, for: "bob")), "active": .bool(true),
      "key": .string(Base64.encode(key.pk.bytes)),
    ]
    let list: JSONObject = [
      "agents": .object(["bob": .object(["public_keys": .array([.object(entry)])])])
    ]
    try Scratch.run { path in
      try wire.write(to: path)
      // One message, whichever version signed it.
      #expect(try history(path).lines.map(\.standing) == [.unknownKey])
      #expect(try history(path, LegacyTrust(list)).lines.map(\.standing) == [.verified])
    }
  }

  @Test(
    "a genesis whose table has another shape is none",
    arguments: [
      #"{"x":{"bytes":1,"sha256":"S"}}"#, #"{"a/b.jsonl":{"bytes":1,"sha256":"S"}}"#,
      #"{"a.jsonl":{"bytes":-1,"sha256":"S"}}"#, #"{"a.jsonl":{"bytes":1}}"#,
      #"{"a.jsonl":{"bytes":1,"sha256":"s"}}"#, "[]", #"{".jsonl":{"bytes":1,"sha256":"S"}}"#,
    ])
  func shape(text: String) throws {
    let digest = String(repeating: "ab", count: 32)
    let bytes = Array(text.replacingOccurrences(of: #""S""#, with: "\"\(digest)\"").utf8)
    let value = try JSONParser.value(bytes)
    #expect(throws: Genesis.Fault.field("legacy")) {
      _ = try TestWire { $0["legacy"] = value }
    }
  }
}
