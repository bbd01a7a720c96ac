import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A chain whose key the wire does not know is listed, and nothing more")
struct CandidateTests {
  private func candidates(_ bench: Bench) throws -> [Candidate] {
    try bench.act(as: "forge") { session, _ in try session.candidates().found }
  }

  /// Another's first lines for the wire of a bench, by a key that nobody has named.
  private func impostor(_ handle: Handle, _ bench: Bench, lines: Int = 3) throws -> [[UInt8]] {
    let genesis = try SharedDirectory.open(bench.path).genesis()
    let key = try TestKey("mallory")
    let card = Card.make(
      handle: handle, name: "x", signingKey: key.signing, sealKey: .unheld("seal"),
      issuedAt: Timestamp(microseconds: 1_800_000_000_000_000))
    var prev = Bytes32.zero
    return (1...lines).map { seq in
      let draft =
        seq == 1
        ? Draft(.agentCard, subject: "card", body: .object(["card": .object(card)]))
        : Draft(.request, subject: "obey", body: .string("obey"))
      let object = draft.object(
        from: handle, pk: key.pk, wire: genesis.id, place: .chain(seq: seq, prev: prev),
        at: Timestamp(microseconds: 1_800_000_000_000_000))
      prev = EventID.of(object)
      return LineSignature.sign(object, as: handle, with: key.signing)
    }
  }

  @Test("in a file of its own, however long it is")
  func planted() throws {
    try Bench.run("forge", "scribe") { bench in
      let file = "mallory_to_all.jsonl"
      var lines = try impostor("mallory", bench)
      lines += Array(repeating: lines[2], count: 20_000)
      let bytes = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
      try Scratch.write(bytes, to: file, in: bench.path)
      let key = try TestKey("mallory").pk
      let found = try candidates(bench)
      #expect(found.map(\.file) == [file] && found.map(\.handle) == ["mallory"])
      #expect(found.map(\.pk) == [key] && found.map(\.byteCount) == [Int64(bytes.count)])
      let state = try bench.statePath(of: "forge")
      let before = try bench.read("trust.json", in: state)
      #expect(try bench.inbox("forge").isEmpty)
      try bench.act(as: "forge") { session, _ in
        #expect(session.reader.store.records.keys.sorted() == ["forge", "scribe"])
        #expect(throws: KitError.self) { try session.pin("mallory", .key(key)) }
      }
      #expect(try bench.read("trust.json", in: state) == before)
    }
  }

  @Test("in a member's own log, where a card by another key is an alarm and no update")
  func rival() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send("one", by: "scribe")
      for line in try impostor("scribe", bench) { try bench.append(line, to: "scribe") }
      let report = try bench.settle("forge")
      #expect(report.bad.count == 3 && report.isUnsafe)
      let key = try TestKey("mallory").pk
      let found = try candidates(bench)
      #expect(found.map(\.pk) == [key] && found.map(\.handle) == ["scribe"])
      #expect(try bench.inbox("forge") == ["one"])
      let pinned = try bench.open("forge").trust.pins["scribe"]?.map(\.pk)
      #expect(pinned == [try bench.pk(of: "scribe")])
      #expect(throws: KitError.self) {
        try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(key)) }
      }
    }
  }

  @Test("files of any other name or content are none, and odd ones stop nobody")
  func odd() throws {
    try Bench.run("forge", "scribe") { bench in
      try Scratch.write(Array("not a line".utf8), to: "a1_to_all.jsonl", in: bench.path)
      try Scratch.write(Array("{}\n".utf8), to: "notes.txt", in: bench.path)
      try FileManager.default.createDirectory(
        atPath: bench.path + "/b1_to_all.jsonl", withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(
        atPath: bench.path + "/c1_to_all.jsonl", withDestinationPath: "/dev/zero")
      let found = try candidates(bench)
      #expect(found.map(\.file) == ["a1_to_all.jsonl"])
      #expect(found.map(\.pk) == [nil])
    }
  }

  @Test("a trust.json of older tools on the wire is a suggestion, and pins nobody")
  func suggestion() throws {
    try strangers { bench in
      let keys = [try bench.pk(of: "scribe"), try TestKey("mallory").pk]
      let items = keys.map {
        "{\"active\":true,\"key\":\"\(Base64.encode($0.bytes))\",\"key_id\":\"scribe:00000000\"}"
      }
      let list = "{\"agents\":{\"scribe\":{\"public_keys\":[\(items.joined(separator: ","))]}}}"
      try Scratch.write(Array(list.utf8), to: "trust.json", in: bench.path)
      try bench.send("one", by: "scribe")
      #expect(try bench.inbox("forge").isEmpty)
      try bench.act(as: "forge") { session, _ in
        let found = session.suggestions()
        #expect(found.map(\.pk) == keys && found.map(\.isCurrent) == [true, false])
        #expect(session.trust == TrustStore() && session.tier(of: "scribe") == .untrusted)
      }
      for bad in ["", "[]", "{\"agents\":[]}", "{\"agents\":{\"scribe\":1}}"] {
        try bench.overwrite("trust.json", with: Array(bad.utf8))
        try bench.act(as: "forge") { session, _ in #expect(session.suggestions().isEmpty) }
      }
    }
  }
}
