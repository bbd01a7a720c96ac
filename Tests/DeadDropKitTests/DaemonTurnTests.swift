import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A turn of a daemon that stays takes nothing for done that is to be done again")
struct DaemonTurnTests {
  private func ackCount(of incident: Bytes32, _ bench: Bench) throws -> Int {
    try bench.messages(of: "forge").count { $0.type.known == .ack && $0.re == incident }
  }

  @Test("an incident is acked, once, also where its writer is believed only later")
  func laterTrust() throws {
    try Bench.run("forge", "scribe") { bench in
      let pk = try bench.open("scribe").signingKey().publicKey.bytes
      try bench.act(as: "forge") { session, _ in _ = try session.revoke("scribe", from: 2) }
      var daemon = Daemon(try bench.open("forge"))
      let incident = try bench.act(as: "scribe") { session, _ in
        try session.raise(.init(subject: "disk full", body: .string("help"))).eventID
      }
      for _ in 0..<2 { #expect(try daemon.turn().failure == nil) }
      #expect(try ackCount(of: incident, bench) == 0)
      try bench.act(as: "forge") { session, _ in _ = try session.pin("scribe", .key(pk)) }
      for _ in 0..<3 { #expect(try daemon.turn().failure == nil) }
      #expect(try ackCount(of: incident, bench) == 1)
    }
  }

  @Test("a key that is missing is told of at the start, and later by whatever has to be signed")
  func missingKey() throws {
    try Bench.run("forge", "scribe") { bench in
      let clock = VirtualClock()
      var session = try bench.open("forge")
      clock.rule(&session)
      var daemon = Daemon(session)
      #expect(try daemon.turn().failure == nil)
      let keys = "\(bench.root)/home-forge/keys"
      try FileManager.default.moveItem(atPath: keys, toPath: keys + ".away")
      #expect(throws: KitError.self) {
        var late = Daemon(try bench.open("forge"))
        _ = try late.turn()
      }
      #expect(try daemon.turn().failure == nil)
      try bench.send("news", by: "scribe")
      clock.advance(to: clock.milliseconds + 2_000)
      let turn = try daemon.turn()
      #expect(turn.failure != nil && turn.beat == nil)
      try FileManager.default.moveItem(atPath: keys + ".away", toPath: keys)
      #expect(try daemon.turn().beat != nil)
    }
  }
}
