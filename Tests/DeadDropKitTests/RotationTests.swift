import DeadDropKit
import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A rotated key goes on in its chain")
struct RotationTests {
  /// The first line that each key of a chain signs.
  static func firstLines(of handle: Handle, _ bench: Bench) throws -> [String] {
    let chain = try #require(try bench.audit().reading.chains[handle])
    let messages = try bench.messages(of: handle)
    return chain.spans.compactMap { span in
      messages.first { $0.seq == span.fromSeq && $0.pk == span.pk }?.type.word
    }
  }

  @Test("the old key introduces the new one, whose card comes first, and peers go on believing")
  func rotate() throws {
    try written { bench in
      let old = try bench.pk(of: "scribe")
      let sealed = try KeyStore(bench.places("scribe")).ensureSealingKey("scribe")
      let rotation = try bench.act(as: "scribe") { session, _ in try session.rotateKey() }
      #expect(rotation.old == old)
      #expect(try bench.pk(of: "scribe") == rotation.new)
      #expect(rotation.isOldErased)
      #expect(try bench.settle("forge").says("scribe has a new key, introduced by the old one"))
      try bench.send(["four"], by: "scribe")
      #expect(try bench.inbox("forge") == ["four"])
      let chain = try #require(try bench.audit(everySignature: true).reading.chains["scribe"])
      #expect(chain.verdict == .sound)
      #expect(chain.faults == [])
      #expect(chain.spans.map(\.pk) == [old, rotation.new])
      #expect(try Self.firstLines(of: "scribe", bench) == ["agent_card", "agent_card"])
      // What was sealed to the old sealing key must still open; new lines name the new one.
      let store = KeyStore(bench.places("scribe"))
      #expect(try store.sealingKey("scribe", for: sealed) != nil)
      #expect(try store.ensureSealingKey("scribe") != sealed)
      let card = try bench.act(as: "forge") { session, _ in try session.card(of: "scribe") }
      #expect(Card.sealKey(of: card.record.card) == (try store.ensureSealingKey("scribe")))
      #expect(card.record.card["old_verify_keys"]?.members?.members.count == 1)
      // Its beats are by the new key, and an old one counts for nothing.
      let beats = try bench.act(as: "forge") { session, _ in try session.beats() }
      #expect(beats["scribe"]?.message.pk == rotation.new)
    }
  }

  @Test("a line by the old key behind its rotation is nobody's")
  func oldKey() throws {
    try written { bench in
      let keys = bench.places("scribe").keys
      let seed = try bench.read("scribe.key", in: keys)
      try bench.act(as: "scribe") { session, _ in _ = try session.rotateKey() }
      // Whoever has a copy of the old key writes with it where the chain ends.
      let head = try #require(try bench.audit().reading.chains["scribe"]).head
      try Scratch.write(seed, to: "stolen.key", in: keys)
      try bench.restrict(keys + "/stolen.key")
      let stolen = try KeyStore.signingKey(at: keys + "/stolen.key")
      let wire = try bench.audit().reading.genesis.id
      let object = Draft(.ship, subject: "forged", body: .string("")).object(
        from: "scribe", pk: stolen.publicKey.bytes, wire: wire,
        place: .chain(seq: head.seq + 1, prev: head.eventID),
        at: Timestamp(microseconds: 1_900_000_000_000_000))
      try bench.append(LineSignature.sign(object, as: "scribe", with: stolen), to: "scribe")
      // And beats with it, so that everybody would take the true ones for replays.
      let beat = Draft(.heartbeat, subject: "beat", body: .object([:])).object(
        from: "scribe", pk: stolen.publicKey.bytes, wire: wire, place: .beat(n: 1_000_000),
        at: Timestamp(microseconds: 1_900_000_000_000_000))
      try bench.appendBytes(
        LineSignature.sign(beat, as: "scribe", with: stolen) + [UInt8(ascii: "\n")],
        to: "beats/scribe.jsonl")
      let newest = try bench.act(as: "forge") { session, _ in try session.beats()["scribe"]?.n }
      #expect(newest ?? 0 > 0 && newest ?? 0 < 1_000_000)
      let report = try bench.settle("forge")
      #expect(report.bad.isEmpty)
      #expect(report.broken.isEmpty)
      try bench.send(["four"], by: "scribe")
      #expect(try bench.inbox("forge") == ["four"])
    }
  }

  @Test("another wire of the same agent keeps the old key")
  func twoWires() throws {
    try Bench.runTwoWires { bench, other, places in
      let old = try #require(try KeyStore(places).publicKey("forge"))
      let rotation = try bench.act(as: "forge") { session, _ in try session.rotateKey() }
      #expect(!rotation.isOldErased)
      #expect(try KeyStore(places).publicKey("forge") == old)
      for path in [bench.path, other.path] {
        var session = try Session.open(directory: path, as: "forge", in: places)
        _ = try session.catchUp()
        _ = try session.send(.init(.request, subject: "on", body: .string("")))
        #expect(
          try session.signingKey().publicKey.bytes == (path == bench.path ? rotation.new : old))
      }
      let second = try bench.act(as: "forge") { session, _ in try session.rotateKey() }
      #expect(second.old == rotation.new && second.isOldErased)
      #expect(try KeyStore(places).publicKey("forge") == old)
    }
  }

  @Test("an agent that lost its private state after a rotation goes on with the new key")
  func adopted() throws {
    try written { bench in
      let rotation = try bench.act(as: "scribe") { session, _ in try session.rotateKey() }
      try bench.inbox("forge")
      try FileManager.default.removeItem(atPath: bench.statePath(of: "scribe"))
      try bench.adopt("scribe")
      try bench.send(["four"], by: "scribe")
      #expect(try bench.messages(of: "scribe").last?.pk == rotation.new)
      #expect(try bench.inbox("forge") == ["four"])
    }
  }

  @Test("without the new key's file nothing is signed, and a second history neither")
  func lostKey() throws {
    try written { bench in
      let old = try bench.read("scribe.key", in: bench.places("scribe").keys)
      try bench.act(as: "scribe") { session, _ in _ = try session.rotateKey() }
      try bench.overwrite("scribe.key", with: old, in: bench.places("scribe").keys)
      let before = try bench.lines(of: "scribe")
      do {
        try bench.send(["four"], by: "scribe")
        Issue.record("signed")
      } catch {
        guard case KitError.wire(.otherKey) = error else { throw error }
      }
      #expect(try bench.lines(of: "scribe") == before)
    }
  }

  #if FAULTS
    @Test(
      "a fault at any call of a rotation leaves an agent that goes on, with one key or the other")
    func faults() throws {
      try written { bench in
        let old = try bench.pk(of: "scribe")
        try bench.walk(.key) {
          try bench.act(as: "scribe") { session, _ in try session.rotateKey().new }
        } check: { strike, findings in
          findings.requireEqual(try bench.look("forge").broken, [], "before the recovery")
          try bench.send("after", by: "scribe")
          let look = try bench.look("forge")
          findings.requireEqual(look.broken, [], "after the recovery")
          findings.requireEqual(look.subjects, ["after"], "what the peer was shown")
          let chain = try bench.audit().reading.chains["scribe"]
          findings.require(chain?.spans.count ?? 0 <= 2, "more than one new key")
          if let new = strike.value { findings.requireEqual(chain?.key, new, "the key told of") }
          let again = try bench.act(as: "scribe") { session, _ in try session.rotateKey() }
          if chain?.key == old { findings.requireEqual(again.old, old, "the key that went before") }
          try bench.send("last", by: "scribe")
          findings.requireEqual(try bench.look("forge").subjects, ["last"], "after another one")
          let cards = try Self.firstLines(of: "scribe", bench)
          findings.require(cards.allSatisfy { $0 == "agent_card" }, "first lines: \(cards)")
          let files = try bench.snapshot(bench.places("scribe").keys).keys
          let loose = files.filter { $0.hasSuffix(".key") && !$0.hasPrefix(".") }
          // A kill between the new files and the note of them leaves a key that nobody meant.
          findings.require(loose.count <= 2, "keys: \(loose.sorted())")
          try bench.checkWire(&findings)
        }
      }
    }
  #endif
}
