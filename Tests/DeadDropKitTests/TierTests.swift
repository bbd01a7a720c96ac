import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("What a peer has earned is counted from what this agent has signed too")
struct TierTests {
  private func decide(_ bench: Bench, _ count: Int, by proposer: Handle, with owner: Handle) throws
  {
    for number in 0..<count {
      let id = try bench.propose(Text("decision \(number)"), by: proposer)
      try bench.ack(id, by: owner)
      try bench.settle(proposer)
    }
  }

  private func together(_ bench: Bench) throws -> Int {
    try bench.act(as: "forge") { session, _ in try session.countTogether("scribe") }
  }

  private func promote(_ bench: Bench) throws {
    try bench.act(as: "forge") { session, _ in try session.promote("scribe") }
  }

  @Test("ten decisions of both make an attested peer, and nine do not")
  func ten() throws {
    try Bench.run("forge", "scribe") { bench in
      try decide(bench, 5, by: "forge", with: "scribe")
      try decide(bench, 4, by: "scribe", with: "forge")
      #expect(try bench.tier(of: "scribe", for: "forge") == .verified)
      #expect(throws: KitError.notAttested("scribe", .verified, count: 9)) { try promote(bench) }
      try decide(bench, 1, by: "forge", with: "scribe")
      #expect(try bench.tier(of: "scribe", for: "forge") == .attested)
      try promote(bench)
      #expect(try bench.tier(of: "scribe", for: "forge") == .trusted)
      try promote(bench)
      #expect(try bench.open("forge").trust.tier(of: "scribe") == .trusted)
      // A second proof of a key takes nothing back.
      let pk = try bench.pk(of: "scribe")
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      #expect(try bench.tier(of: "scribe", for: "forge") == .trusted)
    }
  }

  @Test("ships of the peer count once this agent has acked them, each once")
  func ships() throws {
    try Bench.run("forge", "scribe") { bench in
      for number in 0..<11 {
        let id = try bench.send(Text("ship \(number)"), by: "scribe", type: .ship).eventID
        let other = try bench.send("request", by: "scribe").eventID
        if number < 10 { try bench.send("yes", by: "forge", type: .ack, re: id) }
        if number < 2 { try bench.send("again", by: "forge", type: .ack, re: id) }
        try bench.send("yes", by: "forge", type: .ack, re: other)
        #expect(try together(bench) == min(10, number + 1))
      }
      // Found by whoever asks, since no cheap look can tell.
      try promote(bench)
      #expect(try bench.tier(of: "scribe", for: "forge") == .trusted)
    }
  }

  @Test("a peer cannot raise itself: what it decides with others, or alone, does not count")
  func alone() throws {
    try Bench.run("forge", "scribe", "mason", domains: ["docs": "mason"]) { bench in
      for number in 0..<11 {
        let id = try bench.propose(Text("\(number)"), by: "scribe", domains: ["docs"])
        try bench.ack(id, by: "mason")
        try bench.settle("scribe")
      }
      #expect(try bench.act(as: "forge") { session, _ in try session.countTogether("scribe") } == 0)
      #expect(try bench.tier(of: "scribe", for: "forge") == .verified)
    }
  }

  @Test("a new verification starts the count anew, and a second proof of a known key does not")
  func anew() throws {
    try Bench.run("forge", "scribe") { bench in
      try decide(bench, 3, by: "forge", with: "scribe")
      #expect(try together(bench) == 3)
      let pk = try bench.pk(of: "scribe")
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      #expect(try together(bench) == 3)
      try bench.act(as: "forge") { session, _ in _ = try session.revoke("scribe", from: 2) }
      #expect(try together(bench) == 0)
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      #expect(try together(bench) == 0)
    }
  }

  @Test("a key that the old one introduces keeps the tier, and one named by nobody has none")
  func rotation() throws {
    var store = TrustStore()
    let pk = Bytes32.unheld("one")
    let time = Timestamp(microseconds: 1)
    let isNew = store.pin("scribe", pk, .invite, ownSeq: 7, at: time)
    #expect(isNew)
    #expect(store.tier(of: "scribe") == .verified)
    #expect(store.isPinned("scribe", pk, seq: 1) && !store.isPinned("scribe", .zero, seq: 1))
    #expect(!store.isPinned("mason", pk, seq: 1))
    try Bench.run { bench in
      var wire = try TestWire(["scribe", "forge"])
      try wire.card(by: "scribe")
      try bench.settleIn(wire, as: "forge")
      let pk = try TestKey("scribe/1").pk
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      let state = try bench.statePath(of: "forge")
      let text = String(decoding: try bench.read("trust.json", in: state), as: UTF8.self)
      let raised = text.replacing(#""pk":"#, with: #""tier":"TRUSTED","pk":"#)
      try bench.overwrite("trust.json", with: Array(raised.utf8), in: state)
      try wire.addKey(try TestKey("scribe/2"), by: "scribe")
      try wire.card(by: "scribe")
      try wire.write(to: bench.path)
      #expect(try bench.settle("forge").says("introduced by the old one: TRUSTED"))
      #expect(try bench.tier(of: "scribe", for: "forge") == .trusted)
    }
  }

  @Test(
    "a pin with anything that is not known here closes the whole store",
    arguments: [
      #""more":1"#, #""cut":{}"#, #""cut":{"seq":1}"#, #""cut":{"seq":-1,"event_id":"ID"}"#,
      #""cut":null"#, #""tier":"UNTRUSTED""#, #""tier":"BEST""#, #""tier":1"#, #""own_seq":-1"#,
      #""own_seq":"1""#, #""by":"..""#, #""by":1"#,
    ])
  func strict(field: String) throws {
    try Bench.run("forge", "scribe") { bench in
      let state = try bench.statePath(of: "forge")
      let text = String(decoding: try bench.read("trust.json", in: state), as: UTF8.self)
      let added = field.replacing("ID", with: Bytes32.zero.hex)
      let name = added.prefix { $0 != ":" }
      #expect(!text.contains(name + ":") || name == #""tier""# || name == #""own_seq""#)
      let base = try JSONParser.object(Array(text.utf8.dropLast()))
      let bytes = try with(added, in: base)
      try bench.overwrite("trust.json", with: bytes, in: state)
      #expect(throws: KitError.trustStore(state + "/trust.json")) { try bench.inbox("forge") }
      #expect(try bench.read("trust.json", in: state) == bytes)
    }
  }

  /// The store with one more member in its pin.
  private func with(_ member: String, in store: JSONObject) throws -> [UInt8] {
    var store = store
    var peers = try #require(store["peers"]?.members)
    var peer = try #require(peers["scribe"]?.members)
    var pin = try #require(peer["pins"]?.elements?.first?.members)
    let added = try JSONParser.object(Array("{\(member)}".utf8))
    for member in added.members { pin[member.key] = member.value }
    peer["pins"] = .array([.object(pin)])
    peers["scribe"] = .object(peer)
    store["peers"] = .object(peers)
    return CanonicalWriter.bytes(of: store)
  }
}
