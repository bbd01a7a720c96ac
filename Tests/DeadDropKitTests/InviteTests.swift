import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("An invite is good for one newcomer and one key")
struct InviteTests {
  private func found(_ body: (Bench, Invite) throws -> Void) throws {
    try Bench.run { bench in
      let invites = try bench.found(["forge", "scribe"])
      try body(bench, try #require(invites.first))
    }
  }

  @Test("a second key is refused, and where it stands is told")
  func reuse() throws {
    try found { bench, invite in
      try bench.join(invite)
      let before = try bench.snapshot(bench.path)
      #expect(throws: KitError.inviteUsed("scribe", log: "scribe_to_forge.jsonl")) {
        try bench.join(invite, machine: "-other")
      }
      #expect(try bench.snapshot(bench.path) == before)
      #expect(try bench.settle("forge").says("scribe joined by your invite: VERIFIED"))
      #expect(throws: KitError.inviteUsed("scribe", log: "scribe_to_forge.jsonl")) {
        try bench.join(invite, machine: "-third")
      }
      #expect(throws: KitError.alreadyJoined("scribe")) { try bench.join(invite) }
      let forge = try bench.open("forge")
      #expect(forge.trust.pins["scribe"]?.count == 1)
    }
  }

  @Test("by an inviter that has rotated its key, all that it wrote is believed")
  func rotated() throws {
    try found { bench, _ in
      try bench.send(["before"], by: "forge")
      try bench.act(as: "forge") { session, _ in _ = try session.rotateKey() }
      try bench.send(["after"], by: "forge")
      let invite = try bench.act(as: "forge") { session, _ in try session.invite("scribe") }
      try bench.join(invite)
      #expect(try bench.inbox("scribe") == ["before", "after"])
    }
  }

  @Test("a refused newcomer is left without any private file")
  func nothingLeft() throws {
    try found { bench, invite in
      try bench.join(invite)
      #expect(throws: KitError.self) { try bench.join(invite, machine: "-other") }
      #expect(try bench.snapshot(bench.root + "/home-scribe-other").isEmpty)
    }
  }

  @Test("an expired one is refused by the newcomer, and nothing is written")
  func expired() throws {
    try found { bench, invite in
      let past = Timestamp(microseconds: 1_000_000)
      let old = invite.with(expires: past)
      let before = try bench.snapshot(bench.path)
      #expect(throws: KitError.inviteExpired("scribe", by: "forge", past)) { try bench.join(old) }
      #expect(try bench.snapshot(bench.path) == before)
      #expect(try bench.snapshot(bench.root + "/home-scribe").isEmpty)
    }
  }

  @Test("one that ran out before the inviter looked leaves the newcomer unverified")
  func late() throws {
    try found { bench, invite in
      try bench.join(invite)
      let state = try bench.statePath(of: "forge")
      let book = String(decoding: try bench.read("invites.json", in: state), as: UTF8.self)
      let aged = book.replacing(invite.expires.string, with: "2020-01-01T00:00:00.000000Z")
      #expect(aged != book)
      try bench.overwrite("invites.json", with: Array(aged.utf8), in: state)
      let report = try bench.settle("forge")
      let key = try bench.open("scribe").signingKey().publicKey.bytes
      #expect(report.says("after the invite had expired"))
      #expect(report.says("deaddrop trust pin scribe --key \(key.hex)"))
      #expect(try bench.open("forge").trust.tier(of: "scribe") == .untrusted)
      #expect(try bench.count(.introduce, of: "forge") == 0)
    }
  }

  @Test("one for another handle is refused by name")
  func otherHandle() throws {
    try found { bench, invite in
      #expect(throws: KitError.inviteForOther("scribe", asked: "mason")) {
        try Joining.join(invite, directory: nil, handle: "mason", in: bench.places("mason"))
      }
      #expect(throws: KitError.notRecipients(["mason"])) {
        try bench.join(invite.with(to: "mason"))
      }
      #expect(throws: KitError.self) { try bench.join(invite.with(to: "forge")) }
    }
  }

  @Test("one for another wire is refused by its id")
  func otherWire() throws {
    try found { bench, invite in
      try found { other, _ in
        let genesis = try SharedDirectory.open(other.path).genesis().id
        #expect(
          throws: KitError.wire(
            .wrongWire(other.path, expected: invite.wire, found: genesis))
        ) {
          try Joining.join(
            invite, directory: other.path, handle: nil, in: bench.places("scribe"))
        }
        #expect(try bench.snapshot(bench.root + "/home-scribe").isEmpty)
      }
    }
  }

  @Test("one that names another key of the inviter is refused")
  func otherKey() throws {
    try found { bench, invite in
      let key = try TestKey("mallory").pk
      #expect(throws: KitError.self) { try bench.join(invite.with(pk: key)) }
      #expect(try bench.lines("scribe_to_forge.jsonl").isEmpty)
    }
  }

  @Test("one that was used opens nothing again for an inviter whose trust is gone")
  func lostTrust() throws {
    try found { bench, invite in
      try bench.join(invite)
      try bench.settle("forge")
      let state = try bench.statePath(of: "forge")
      try FileManager.default.removeItem(atPath: state + "/trust.json")
      // What is new makes the inviter look at the card again.
      _ = try bench.propose("port", by: "scribe")
      let report = try bench.settle("forge")
      let pk = try bench.pk(of: "scribe")
      #expect(report.says("this agent's trust in it is gone"))
      #expect(report.says("deaddrop trust pin scribe --key \(pk.hex)"))
      #expect(try bench.open("forge").trust == TrustStore())
      #expect(try bench.inbox("forge").isEmpty)
    }
  }

  @Test("a wrong secret raises an alarm and pins nobody")
  func alarm() throws {
    try found { bench, invite in
      try bench.join(invite.with(secret: .unheld("guess")))
      let report = try bench.settle("forge")
      #expect(report.says("ALARM"))
      #expect(try bench.open("forge").trust.tier(of: "scribe") == .untrusted)
      #expect(try bench.count(.introduce, of: "forge") == 0)
      try bench.send("let me in", by: "scribe")
      #expect(try bench.inbox("forge").isEmpty)
    }
  }

  /// Every eleventh character, which all fields of the object have some of.
  @Test("no flipped character opens the door", arguments: Array(stride(from: 4, to: 560, by: 11)))
  func flipped(position: Int) throws {
    try found { bench, invite in
      var text = Array(invite.text.utf8)
      guard position < text.count else { return }
      text[position] = text[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let altered: Invite
      do { altered = try Invite(text: String(decoding: text, as: UTF8.self)) } catch { return }
      #expect(altered != invite)
      do { try bench.join(altered) } catch is KitError { return }
      // Only what the inviter judges by its own book can pass the newcomer.
      #expect(altered.with(secret: invite.secret, expires: invite.expires) == invite)
      let report = try bench.settle("forge")
      let isSecretRight = altered.secret == invite.secret
      #expect(report.says("ALARM") == !isSecretRight)
      let tier = try bench.open("forge").trust.tier(of: "scribe")
      #expect(tier == (isSecretRight ? .verified : .untrusted))
    }
  }

  @Test("a newer invite does not make an older one bad")
  func older() throws {
    try found { bench, invite in
      let newer = try bench.act(as: "forge") { session, _ in try session.invite("scribe") }
      #expect(newer.secret != invite.secret)
      try bench.join(invite)
      try bench.settle("forge")
      #expect(try bench.open("forge").trust.tier(of: "scribe") == .verified)
    }
  }

  @Test("the secret is neither on the wire nor in the newcomer's places")
  func secret() throws {
    try found { bench, invite in
      try bench.join(invite)
      try bench.settle("forge")
      for folder in [bench.path, bench.root + "/home-scribe"] {
        for (name, bytes) in try bench.snapshot(folder) {
          let text = String(decoding: bytes, as: UTF8.self)
          #expect(!text.contains(invite.secret.hex), "\(name)")
        }
      }
    }
  }
}
