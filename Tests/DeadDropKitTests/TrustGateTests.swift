import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("What an unverified peer wrote is held back until its key is pinned")
struct TrustGateTests {
  /// Scribe founded the wire and wrote; forge, of this machine, believes nobody yet.
  private func strangers(
    change: (inout TestWire) throws -> Void = { _ in }, body: (Bench, TestWire) throws -> Void
  ) throws {
    var wire = try TestWire(["scribe", "forge"])
    try wire.card(by: "scribe")
    try wire.request("one", by: "scribe")
    try wire.request("two", by: "scribe")
    try change(&wire)
    try wire.request("three", by: "scribe")
    try Bench.run { bench in
      try bench.settleIn(wire, as: "forge")
      try body(bench, wire)
    }
  }

  private func heldBack(_ bench: Bench) throws -> Int? {
    try bench.act(as: "forge") { session, _ in
      let inbox = try session.inbox(session: "main", limit: nil, isPeek: true)
      #expect(inbox.lines.isEmpty)
      return inbox.heldBack["scribe"]
    }
  }

  @Test("nothing is shown, however often it is asked for, and the cursor waits")
  func closed() throws {
    try strangers { bench, wire in
      for _ in 0..<3 { #expect(try bench.inbox("forge").isEmpty) }
      #expect(try heldBack(bench) == 4)
      let id = try #require(wire.ids(of: "scribe").last)
      try bench.act(as: "forge") { session, _ in
        var cursors = CursorSet()
        let history = try session.history(.init(), after: &cursors)
        #expect(history.map { $0.message?.type.known } == [.agentCard])
        #expect(throws: KitError.heldBack("scribe")) { try session.line(id.hex) }
        var ack = Session.Outgoing(.ack, subject: "yes", body: .string(""))
        ack.re = id.hex
        #expect(throws: KitError.heldBack("scribe")) { try session.send(ack) }
      }
    }
  }

  @Test("the pinned key opens all of it in order", arguments: [false, true])
  func pin(byFingerprint: Bool) throws {
    try strangers { bench, wire in
      #expect(try bench.inbox("forge").isEmpty)
      let scribe = try #require(wire.writers["scribe"]).key.pk
      let forge = try TestKey("forge/1").pk
      let digits = Fingerprint.shown(("scribe", scribe), ("forge", forge))
      try bench.act(as: "forge") { session, _ in
        _ = try session.pin("scribe", byFingerprint ? .fingerprint(digits) : .key(scribe))
      }
      #expect(try bench.inbox("forge") == ["one", "two", "three"])
      #expect(try bench.inbox("forge").isEmpty)
    }
  }

  @Test("a wrong key and wrong digits are refused and change nothing")
  func wrongProof() throws {
    try strangers { bench, wire in
      let scribe = try #require(wire.writers["scribe"]).key.pk
      let mallory = try TestKey("mallory").pk
      let wrong: [PinProof] = [
        .key(mallory), .key(try TestKey("forge/1").pk), .key(.zero), .fingerprint(""),
        .fingerprint(String(repeating: "0", count: 60)),
        .fingerprint(Fingerprint.shown(("scribe", scribe), ("forge", mallory))),
        .fingerprint(Fingerprint.shown(("forge", scribe), ("scribe", try TestKey("forge/1").pk))),
      ]
      for proof in wrong {
        try bench.act(as: "forge") { session, _ in
          #expect(throws: KitError.self) { try session.pin("scribe", proof) }
        }
      }
      #expect(try bench.inbox("forge").isEmpty)
      #expect(try bench.open("forge").trust == TrustStore())
    }
  }

  @Test("a peer that changed its key before it was pinned is delivered whole")
  func rotatedBeforePin() throws {
    var pk = Bytes32.zero
    try strangers { wire in
      let next = try TestKey("scribe/2")
      try wire.addKey(next, by: "scribe")
      try wire.card(by: "scribe")
      pk = next.pk
    } body: { bench, _ in
      #expect(try bench.inbox("forge").isEmpty)
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      #expect(try bench.inbox("forge") == ["one", "two", "three"])
    }
  }

  @Test("a key that a pinned one introduces keeps the tier, and goes on being delivered")
  func rotatedAfterPin() throws {
    try strangers { bench, wire in
      var wire = wire
      let scribe = try #require(wire.writers["scribe"]).key.pk
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(scribe)) }
      try wire.addKey(try TestKey("scribe/2"), by: "scribe")
      try wire.card(by: "scribe")
      try wire.request("four", by: "scribe")
      try wire.write(to: bench.path)
      #expect(try bench.inbox("forge") == ["one", "two", "three", "four"])
      let pins = try bench.open("forge").trust.pins["scribe"]
      #expect(pins?.map(\.means) == [.operatorPin, .rotation])
    }
  }

  @Test("a trust.json on the wire is nothing to this agent")
  func planted() throws {
    try strangers { bench, wire in
      let pk = try #require(wire.writers["scribe"]).key.pk
      let pin = #"{"at":"2026-01-01T00:00:00.000000Z","from_seq":1,"how":"operator","pk":"\#(pk)"}"#
      let store = #"{"peers":{"scribe":{"pins":[\#(pin)],"tier":"VERIFIED"}},"version":1}"#
      try Scratch.write(Array(store.utf8), to: "trust.json", in: bench.path)
      #expect(try bench.inbox("forge").isEmpty)
      #expect(try bench.open("forge").trust == TrustStore())
      // The same bytes in the private place do pin: it is the place that counts.
      let state = bench.places("forge").state(wire: wire.genesis.id, handle: "forge")
      try Scratch.write(Array(store.utf8), to: "trust.json", in: state)
      try bench.restrict("\(state)/trust.json")
      #expect(try bench.inbox("forge") == ["one", "two", "three"])
    }
  }

  @Test(
    "a damaged store trusts nobody and is left as it is",
    arguments: [
      "", "{", "[]", "null", "{}", #"{"version":2,"peers":{}}"#, #"{"version":1}"#,
      #"{"version":1,"peers":[]}"#, #"{"version":1,"peers":{"scribe":{}}}"#,
      #"{"version":1,"peers":{"..":{"pins":[]}}}"#,
      #"{"version":1,"peers":{"scribe":{"pins":[{}]}}}"#,
      #"{"version":1,"peers":{"scribe":{"pins":[{"pk":"00"}]}}}"#,
    ])
  func damaged(text: String) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send("one", by: "scribe")
      let state = try bench.statePath(of: "forge")
      try bench.overwrite("trust.json", with: Array(text.utf8), in: state)
      #expect(throws: KitError.trustStore(state + "/trust.json")) { try bench.inbox("forge") }
      #expect(try bench.read("trust.json", in: state) == Array(text.utf8))
    }
  }

  @Test("a store that is gone trusts nobody")
  func missing() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send("one", by: "scribe")
      try FileManager.default.removeItem(
        atPath: try bench.statePath(of: "forge") + "/trust.json")
      #expect(try bench.open("forge").trust.tier(of: "scribe") == .untrusted)
      #expect(try heldBack(bench) == 2)
    }
  }

  @Test("the founder's word pins the third member at the second one, and only the founder's")
  func introduced() throws {
    try Bench.run { bench in
      let invites = try bench.found(["forge", "scribe", "mason"])
      for invite in invites { try bench.join(invite) }
      try bench.send("hello", by: "mason")
      #expect(try bench.inbox("scribe").isEmpty)
      #expect(try bench.open("scribe").trust.tier(of: "mason") == .untrusted)
      try bench.settle("forge")
      #expect(try bench.settle("scribe").says("mason is introduced by forge: VERIFIED"))
      let pins = try bench.open("scribe").trust.pins["mason"]
      #expect(pins?.map(\.means) == [.introduction])
      #expect(pins?.map(\.by) == ["forge"])
      #expect(try bench.inbox("scribe") == ["hello"])
    }
  }
}

extension TestWire {
  fileprivate mutating func request(_ subject: Text, by handle: Handle) throws {
    try write(Draft(.request, subject: subject, body: .string("text")), by: handle)
  }
}
