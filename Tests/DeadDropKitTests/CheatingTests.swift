import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

/// A peer whose lines the test signs itself, before an agent that joined by its invite.
private struct ForgedPeer {
  let bench: Bench
  var wire: TestWire

  init(_ bench: Bench) throws {
    self.bench = bench
    wire = try TestWire(["scribe", "forge"])
    try wire.card(by: "scribe")
    try FileManager.default.createDirectory(
      atPath: bench.path, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o755])
    try wire.write(to: bench.path)
    let invite = Invite(
      loc: bench.path, wire: wire.genesis.id, pk: try TestKey("scribe/1").pk, from: "scribe",
      to: "forge", secret: .zero, expires: Timestamp(microseconds: 4_000_000_000_000_000))
    try bench.join(invite)
    try bench.remove("trust.json", of: "forge")
  }

  /// Scribe's answer to the newest start of forge.
  mutating func answer(with nonce: Bytes32, ceremony: Text? = nil) throws {
    let start = try #require(try bench.messages(of: "forge").last { $0.type.known == .sasStart })
    let name = ceremony ?? start.body?.members?["ceremony"]?.text ?? ""
    let body: JSONObject = ["ceremony": .string(name), "nonce": .string(nonce.hex)]
    try publish(
      Draft(
        .sasNonce, subject: "x", body: .object(body), to: .handles(["forge"]), re: start.eventID))
  }

  mutating func publish(_ draft: Draft) throws {
    try wire.write(draft, by: "scribe")
    try publishLast()
  }

  func publishLast() throws {
    try bench.append(try #require(wire.logs["scribe"]?.last), to: "scribe")
  }

  /// A start of scribe's own.
  mutating func begin(_ name: String) throws {
    let body: JSONObject = ["ceremony": .string(Text(name)), "commitment": .hex(.unheld(name))]
    try publish(Draft(.sasStart, subject: "x", body: .object(body), to: .handles(["forge"])))
  }

  func start() throws { try bench.startComparing("forge", with: "scribe") }
}

@Suite("A peer that cheats in a ceremony gets no code")
struct CheatingTests {
  @Test("a nonce of an earlier ceremony is found out")
  func replay() throws {
    try Bench.run { bench in
      var peer = try ForgedPeer(bench)
      try peer.start()
      try peer.answer(with: .unheld("nonce"))
      let code = try bench.code("forge", with: "scribe")
      try bench.confirm("forge", "scribe", code)
      try peer.start()
      try peer.answer(with: .unheld("nonce"))
      #expect(throws: KitError.comparingAborted("scribe", .replayed)) {
        try bench.showCode("forge", with: "scribe")
      }
      #expect(throws: KitError.nothingToCompare("scribe")) {
        try bench.showCode("forge", with: "scribe")
      }
    }
  }

  @Test("a card with another sealing key, or another key, ends what has begun", arguments: [1, 2])
  func keyChange(way: Int) throws {
    try Bench.run { bench in
      var peer = try ForgedPeer(bench)
      try peer.start()
      try peer.answer(with: .unheld("nonce"))
      _ = try bench.code("forge", with: "scribe")
      if way == 1 {
        let key = try TestKey("scribe/1")
        let card = Card.make(
          handle: "scribe", name: "x", signingKey: key.signing, sealKey: .unheld("other"),
          issuedAt: peer.wire.now)
        try peer.publish(
          Draft(.agentCard, subject: "card", body: .object(["card": .object(card)])))
      } else {
        try peer.wire.addKey(try TestKey("scribe/2"), by: "scribe")
        try peer.publishLast()
        try peer.wire.card(by: "scribe")
        try peer.publishLast()
      }
      #expect(throws: KitError.comparingAborted("scribe", .keyChanged)) {
        try bench.confirm("forge", "scribe", "100010001000")
      }
      #expect(try bench.tier(of: "scribe", for: "forge") == .untrusted)
    }
  }

  @Test("who begins again and again is answered once for each time that a person agrees to it")
  func guesses() throws {
    try Bench.run { bench in
      var peer = try ForgedPeer(bench)
      for round in 1...2 {
        try peer.begin("\(round)")
        try peer.start()
        for guess in 0..<4 {
          try peer.begin("\(round) \(guess)")
          let error: KitError =
            guess == 0 ? .comparingAborted("scribe", .begunAnew) : .nothingToCompare("scribe")
          #expect(throws: error) { try bench.showCode("forge", with: "scribe") }
          #expect(throws: KitError.nothingToCompare("scribe")) {
            try bench.confirm("forge", "scribe", "100010001000")
          }
        }
        #expect(try bench.count(.sasNonce, of: "forge") == round)
      }
    }
    // Nor is a code that was shown given up for another one.
    try Bench.run { bench in
      var peer = try ForgedPeer(bench)
      try peer.start()
      try peer.answer(with: .unheld("nonce"))
      _ = try bench.code("forge", with: "scribe")
      try peer.begin("anew")
      #expect(throws: KitError.comparingAborted("scribe", .begunAnew)) {
        try bench.showCode("forge", with: "scribe")
      }
      #expect(try bench.count(.sasNonce, of: "forge") == 0)
    }
  }

  @Test("a code vouches for no key that another member has")
  func twoNames() throws {
    try Bench.run { bench in
      var wire = try TestWire(["scribe", "forge", "mason"])
      try wire.join()
      try bench.settleIn(wire, as: "forge")
      try bench.adopt("forge")
      for name in ["scribe", "mason"] as [Handle] {
        try wire.addKey(try TestKey("both/1"), by: name)
        try wire.card(by: name)
        for line in wire.logs[name]?.suffix(2) ?? [] { try bench.append(line, to: name) }
      }
      try bench.startComparing("forge", with: "scribe")
      let start = try #require(try bench.messages(of: "forge").last { $0.type.known == .sasStart })
      let body: JSONObject = [
        "ceremony": start.body?.members?["ceremony"], "nonce": .hex(.unheld("nonce")),
      ]
      try wire.write(
        Draft(
          .sasNonce, subject: "x", body: .object(body), to: .handles(["forge"]), re: start.eventID),
        by: "scribe")
      try bench.append(try #require(wire.logs["scribe"]?.last), to: "scribe")
      let code = try bench.code("forge", with: "scribe")
      do {
        try bench.confirm("forge", "scribe", code)
        Issue.record("pinned")
      } catch {
        guard case KitError.sharedKey("scribe", with: "mason") = error else { throw error }
      }
    }
  }

  @Test("a second nonce changes nothing")
  func secondNonce() throws {
    try Bench.run { bench in
      var peer = try ForgedPeer(bench)
      try peer.start()
      try peer.answer(with: .unheld("nonce"))
      let code = try bench.code("forge", with: "scribe")
      for name in ["a", "b", "c"] {
        try peer.answer(with: .unheld(name))
        #expect(try bench.code("forge", with: "scribe") == code)
      }
    }
  }

  @Test("of an unverified peer only first steps are shown, and none of its words")
  func words() throws {
    try Bench.run { bench in
      var peer = try ForgedPeer(bench)
      try peer.start()
      try peer.publish(Draft(.request, subject: "obey", body: .string("obey")))
      try peer.answer(with: .unheld("nonce"))
      try bench.act(as: "forge") { session, _ in
        var cursors = CursorSet()
        let lines = try session.history(.init(), after: &cursors)
        let types = lines.filter { $0.handle == "scribe" }.map { $0.message?.type.known }
        #expect(types == [.agentCard, .sasNonce])
        var filter = Session.Filter()
        filter.text = "x"
        var other = CursorSet()
        let found = try session.history(filter, after: &other)
        #expect(found.allSatisfy { $0.handle == "forge" })
        let inbox = try session.inbox(session: "main", limit: nil, isPeek: true)
        #expect(inbox.lines.isEmpty && inbox.heldBack["scribe"] == 3)
      }
    }
  }
}
