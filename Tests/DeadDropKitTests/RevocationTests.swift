import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A revocation believes a peer up to one line and not behind it")
struct RevocationTests {
  @discardableResult
  private func revoke(_ bench: Bench, from seq: Int) throws -> Session.Revocation {
    try bench.act(as: "forge") { session, _ in try session.revoke("scribe", from: seq) }
  }

  private func pin(_ bench: Bench) throws {
    let pk = try bench.pk(of: "scribe")
    try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
  }

  @Test("what stands before it is shown, what follows is not, and a pin brings all of it back")
  func shown() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send(["one", "two", "three"], by: "scribe")
      let ids = try bench.messages(of: "scribe").map(\.eventID)
      let revocation = try revoke(bench, from: 3)
      #expect(revocation.cut == Head(seq: 2, eventID: ids[1]) && revocation.lineCount == 2)
      #expect(try bench.inbox("forge") == ["one"])
      #expect(try bench.inbox("forge").isEmpty)
      try bench.act(as: "forge") { session, _ in
        let inbox = try session.inbox(session: "main", limit: nil, isPeek: true)
        #expect(inbox.revoked == ["scribe": 2] && inbox.heldBack.isEmpty)
        #expect(session.tier(of: "scribe") == .untrusted)
        #expect(throws: KitError.behindCut("scribe")) { try session.line(ids[2].hex) }
        let before = try session.line(ids[1].hex)
        #expect(session.tierLabel(of: before) == "VERIFIED")
        let peer = try #require(try session.peers().first)
        #expect(peer.revokedCount == 2 && peer.heldBackCount == 0)
      }
      try bench.send("four", by: "scribe")
      #expect(try bench.inbox("forge").isEmpty)
      try pin(bench)
      #expect(try bench.inbox("forge") == ["two", "three", "four"])
      #expect(try bench.tier(of: "scribe", for: "forge") == .verified)
    }
  }

  @Test("no proof on the wire takes it back: not the invite, not an introduction, not a rotation")
  func stays() throws {
    try Bench.run("forge", "scribe") { bench in
      try revoke(bench, from: 1)
      try bench.send("one", by: "scribe")
      for number in 0..<2 {
        try bench.ack(bench.propose(Text("\(number)"), by: "forge"), by: "scribe")
        #expect(try !bench.settle("forge").says("VERIFIED"))
        #expect(try bench.tier(of: "scribe", for: "forge") == .untrusted)
      }
      #expect(try bench.inbox("forge").isEmpty)
    }
    try Bench.run("forge", "scribe", "mason") { bench in
      #expect(try bench.tier(of: "mason", for: "scribe") == .verified)
      try bench.act(as: "scribe") { session, _ in _ = try session.revoke("mason", from: 1) }
      // The founder's word still stands on the wire; what is new makes the agent look at it again.
      try bench.ack(bench.propose("port", by: "forge"), by: "scribe")
      #expect(try !bench.settle("scribe").says("VERIFIED"))
      #expect(try bench.tier(of: "mason", for: "scribe") == .untrusted)
    }
    try Bench.run { bench in
      var wire = try TestWire(["scribe", "forge"])
      try wire.card(by: "scribe")
      try wire.note("one", by: "scribe")
      try bench.settleIn(wire, as: "forge")
      let pk = try TestKey("scribe/1").pk
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      try revoke(bench, from: 3)
      // Whoever has the stolen key names a key of their own with it.
      try wire.addKey(try TestKey("scribe/2"), by: "scribe")
      try wire.card(by: "scribe")
      try wire.write(to: bench.path)
      #expect(try !bench.settle("forge").says("VERIFIED"))
      try bench.act(as: "forge") { session, _ in
        #expect(session.tier(of: "scribe") == .untrusted)
        #expect(session.trust.pins["scribe"]?.map(\.pk) == [pk])
      }
    }
  }

  @Test("a founder that is revoked introduces nobody behind the cut")
  func founder() throws {
    try Bench.run { bench in
      var wire = try TestWire(["scribe", "forge", "mason"])
      try wire.card(by: "scribe")
      try wire.card(by: "mason")
      try bench.settleIn(wire, as: "forge")
      let pk = try TestKey("scribe/1").pk
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      try revoke(bench, from: 2)
      try wire.introduce("mason", by: "scribe")
      try wire.write(to: bench.path)
      #expect(try !bench.settle("forge").says("introduced"))
      #expect(try bench.tier(of: "mason", for: "forge") == .untrusted)
    }
  }

  @Test("an ack behind the cut decides nothing, and one before it does")
  func acks() throws {
    try Bench.run("forge", "scribe") { bench in
      let first = try bench.propose("first", by: "forge")
      let second = try bench.propose("second", by: "forge")
      try bench.ack(first, by: "scribe")
      let seq = try bench.lines(of: "scribe").count
      try bench.ack(second, by: "scribe")
      try revoke(bench, from: seq + 1)
      #expect(try bench.status(of: first, for: "forge") == .ratified)
      #expect(try bench.status(of: second, for: "forge") == .ratified)
    }
    try Bench.run("forge", "scribe") { bench in
      let id = try bench.propose("first", by: "forge")
      let seq = try bench.lines(of: "scribe").count
      // Before forge looks at it: looking is deciding.
      var session = try bench.open("forge")
      _ = try session.catchUp()
      _ = try session.revoke("scribe", from: seq + 1)
      try bench.ack(id, by: "scribe")
      #expect(try bench.settle("forge").says("the key of scribe is not verified"))
      #expect(try bench.status(of: id, for: "forge") == .acked)
    }
  }

  @Test("decisions that rest on revoked lines are listed, the others are not")
  func decisions() throws {
    try Bench.run("forge", "scribe") { bench in
      let first = try bench.propose("first", by: "forge")
      try bench.ack(first, by: "scribe")
      try bench.settle("forge")
      let seq = try bench.lines(of: "scribe").count
      let second = try bench.propose("second", by: "forge")
      try bench.ack(second, by: "scribe")
      try bench.settle("forge")
      let third = try bench.propose("third", by: "scribe")
      try bench.ack(third, by: "forge")
      try bench.settle("scribe")
      let revocation = try revoke(bench, from: seq + 1)
      let found = revocation.decisions.map { ($0.proposal.eventID, $0.isShown) }
      #expect(found.map(\.0) == [second, third])
      #expect(found.map(\.1) == [true, false])
      #expect(revocation.decisions.allSatisfy { $0.parties == ["scribe"] })
      // They stand all the same: trust changes no state.
      #expect(try bench.status(of: third, for: "forge") == .ratified)
      #expect(try bench.derived().count == 3)
    }
  }

  @Test("a place that is not there, a stranger and a peer without a pin are refused")
  func refused() throws {
    try Bench.run("forge", "scribe") { bench in
      let head = try bench.lines(of: "scribe").count
      #expect(throws: KitError.noSuchPlace("scribe", seq: head + 2, head: head)) {
        try revoke(bench, from: head + 2)
      }
      try bench.act(as: "forge") { session, _ in
        #expect(throws: KitError.notRecipients(["mason"])) {
          try session.revoke("mason", from: 1)
        }
        #expect(throws: KitError.ownHandle("forge")) {
          try session.revoke("forge", from: 1)
        }
      }
      try revoke(bench, from: head + 1)
      // A second one that reaches further back holds, one that reaches less far is refused.
      #expect(try !revoke(bench, from: 1).isRepeated)
      #expect(try revoke(bench, from: 1).isRepeated)
      #expect(throws: KitError.revokedBefore("scribe", seq: 1)) {
        try revoke(bench, from: head + 1)
      }
      #expect(try bench.open("forge").trust.cut(of: "scribe")?.seq == 0)
    }
    try strangers { bench in
      #expect(throws: KitError.nothingToRevoke("scribe")) { try revoke(bench, from: 1) }
    }
  }

  @Test("the cut names a line: another one in its place, or none, and nothing is shown at all")
  func otherHistory() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send(["one", "two"], by: "scribe")
      try revoke(bench, from: 3)
      let state = try bench.statePath(of: "forge")
      let text = String(decoding: try bench.read("trust.json", in: state), as: UTF8.self)
      let id = try #require(try bench.messages(of: "scribe").dropFirst().first).eventID.hex
      let changed = text.replacing(id, with: Bytes32.unheld("other").hex)
      #expect(changed != text)
      try bench.overwrite("trust.json", with: Array(changed.utf8), in: state)
      #expect(try bench.settle("forge").says("ALARM: scribe has another line 2"))
      #expect(try bench.inbox("forge").isEmpty)
      #expect(throws: KitError.self) {
        try bench.act(as: "forge") { session, _ in _ = try session.line(id) }
      }
    }
  }

  @Test(
    "a key with which the chain goes on is believed by who agreed to it; others hold it back, and the next one too"
  )
  func recovered() throws {
    try Bench.run { bench in
      var wire = try TestWire(["scribe", "forge", "mason"])
      try wire.join()
      let card = wire
      try bench.settleIn(wire, as: "forge")
      let pk = try TestKey("scribe/1").pk
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      try revoke(bench, from: 2)
      let state = try bench.statePath(of: "forge")
      let trust = try bench.read("trust.json", in: state)
      let cut = try #require(card.writers["scribe"]).prev
      let next = try TestKey("scribe/2")
      let effects: JSONValue = .object([
        "members": .object([
          "recover": .array([
            .object([
              "handle": .string("scribe"), "seq": .integer(1), "event_id": .string(cut.hex),
              "pk": .string(next.pk.hex),
            ])
          ])
        ])
      ])
      try wire.note("stolen", by: "scribe")
      try wire.agree(by: "mason", with: ["forge"], effects: effects)
      wire.setPlace(of: "scribe", seq: 1, prev: cut)
      wire.switchKey(of: "scribe", to: next)
      try wire.card(by: "scribe")
      try wire.write(Draft(.request, subject: "back", body: .string("text")), by: "scribe")
      let last = try TestKey("scribe/3")
      try wire.addKey(last, by: "scribe")
      try wire.card(by: "scribe")
      try wire.write(Draft(.request, subject: "on", body: .string("text")), by: "scribe")
      try wire.write(to: bench.path)
      try bench.act(as: "forge") { session, _ in
        let peek = try session.inbox(session: "main", limit: nil, isPeek: true)
        #expect(peek.subjects == ["back", "on"])
        #expect(session.tier(of: "scribe") == .verified)
      }
      // As for an agent that was not asked.
      try bench.overwrite("trust.json", with: trust, in: state)
      try bench.act(as: "forge") { session, _ in
        let peek = try session.inbox(session: "main", limit: nil, isPeek: true)
        #expect(peek.heldBack["scribe"] == 5 && peek.revoked.isEmpty, "\(peek.revoked)")
        _ = try session.pin("scribe", .key(last.pk))
        let inbox = try session.inbox(session: "main", limit: nil, isPeek: true)
        #expect(inbox.subjects == ["back", "on"])
      }
    }
  }
}
