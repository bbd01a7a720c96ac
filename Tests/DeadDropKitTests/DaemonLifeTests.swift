import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A daemon's days, by clocks that the test holds")
struct DaemonLifeTests {
  @Test(
    "it beats on the second at the cadence of its tier, and goes down the tiers as the table says")
  func quiet() throws {
    try DaemonBench.run { life in
      let start = life.clock.milliseconds
      try life.pass(3 * 3_600)
      for handle in ["forge", "scribe"] as [Handle] {
        let times = try life[handle].beats.map { ($0.at - start) / 1_000 }
        let slow = Array(stride(from: 270, through: 2_700, by: 270))
        let slowest = Array(stride(from: 3_900, through: 10_800, by: 1_200))
        #expect(times == [0, 90, 180] + slow + slowest)
        let tiers = try life[handle].beats.map(\.tier)
        #expect(tiers.prefix(3).allSatisfy { $0 == .active })
        #expect(tiers[3..<12].allSatisfy { $0 == .idle })
        #expect(tiers.dropFirst(12).allSatisfy { $0 == .longIdle })
        // Woken by its own beats, and by its calls when the tier changed.
        #expect(try life[handle].turnCount <= times.count + 4)
      }
    }
  }

  @Test("traffic brings both back at once, and what is unread keeps its reader from idling")
  func traffic() throws {
    try DaemonBench.run { life in
      try life.pass(2 * 3_600 + 17)
      let sent = life.clock.milliseconds
      try life.send("one", by: "scribe")
      for handle in ["forge", "scribe"] as [Handle] {
        #expect(try life[handle].beats.last == .init(at: sent, tier: .active, actCount: 1))
      }
      try life.pass(3_600)
      #expect(try life["forge"].beats.suffix(39).allSatisfy { $0.tier == .active })
      #expect(try life["scribe"].beats.last?.tier == .longIdle)
      try life.inbox("forge")
      let read = life.clock.milliseconds
      try life.pass(400)
      let idle = try #require(try life["forge"].beats.first { $0.at > read && $0.tier == .idle })
      #expect((270...360).contains((idle.at - read) / 1_000))
    }
  }

  @Test("a command that goes heads-down wakes a daemon that sleeps for minutes")
  func headsDown() throws {
    try DaemonBench.run { life in
      try life.pass(2 * 3_600 + 17)
      let start = life.clock.milliseconds
      try life.act("forge") { session in
        var beat = Heartbeat()
        beat.headsDown = true
        _ = try session.heartbeat(beat)
      }
      try life.pass(100)
      let beats = try life["forge"].beats.filter { $0.at > start }
      #expect(beats.map { ($0.at - start) / 1_000 } == [30, 60, 90])
      #expect(beats.allSatisfy { $0.tier == .headsDown })
      try life.propose(by: "forge")
      #expect(try life["forge"].beats.last?.tier == .active)
    }
  }

  @Test("an ack is a decision at once; a counter holds both in T0 until it is settled")
  func agreement() throws {
    try DaemonBench.run { life in
      try life.pass(600)
      let proposal = try life.propose(by: "forge")
      try life.pass(60)
      try life.ack(proposal, by: "scribe")
      #expect(try life["forge"].notes.last?.words.hasPrefix("ratified") == true)
      #expect(try life["forge"].notes.last?.at == life.clock.milliseconds)
      let second = try life.propose(by: "forge")
      let counter = try life.act("scribe") { session in
        var outgoing = Session.Outgoing(.proposal, subject: "rather", body: .string("so"))
        outgoing.re = second.hex
        return try session.send(outgoing).eventID
      }
      let start = life.clock.milliseconds
      try life.pass(95)
      for handle in ["forge", "scribe"] as [Handle] {
        let beats = try life[handle].beats.filter { $0.at > start + 1_000 }
        #expect(beats.allSatisfy { $0.tier == .headsDown })
        #expect(beats.count == 3)
      }
      try life.ack(counter, by: "forge")
      try life.pass(2)
      for handle in ["forge", "scribe"] as [Handle] {
        #expect(try life[handle].beats.last?.tier == .active)
      }
      #expect(try life.bench.derived().count == 2)
    }
  }

  @Test("silence is reverted at its deadline, also by a daemon that slept through all before")
  func silence() throws {
    try DaemonBench.run { life in
      try life.pass(2 * 3_600 + 500)
      let sent = life.clock.milliseconds
      let proposal = try life.propose(by: "forge")
      try life.pass(179)
      #expect(try life.bench.count(.incident, of: "forge") == 0)
      try life.pass(1)
      #expect(try life.bench.count(.incident, of: "forge") == 1)
      #expect(try life["forge"].notes.last?.at == sent + 180_000)
      #expect(
        try life["forge"].notes.last?.words.contains("reverted \(proposal.hex.prefix(12))") == true)
    }
  }

  @Test(
    "an incident is acked on arrival; of one who is gone the miss is recorded one look later at most"
  )
  func incidents() throws {
    try DaemonBench.run { life in
      try life.pass(500)
      let incident = try life.raise(by: "forge")
      let acks = try life.bench.messages(of: "scribe").filter { $0.re == incident }
      #expect(acks.count == 1)
      #expect(acks.first?.body?.members?["by"] == .string("daemon"))
      for handle in ["forge", "scribe"] as [Handle] { try life.inbox(handle) }
      try life.pass(1_000)
      // Its last beat announced T2: gone after three of 270 s, a heartbeat is 90 s.
      try life["scribe"].isAsleep = true
      let beat = try #require(try life["scribe"].beats.last)
      #expect(beat.tier == .idle)
      let second = try life.raise(by: "forge")
      let raised = life.clock.milliseconds
      try life.pass(2 * 3_600)
      let record = try #require(
        try life["forge"].notes.first {
          $0.words.contains("safe mode: incident \(second.hex.prefix(12))")
        })
      let earliest = beat.at + 3 * 270_000 + 90_000
      #expect(record.at >= earliest)
      // Forge counts from when it first saw that beat, which was no later than now.
      #expect(record.at <= raised + 900_000 + 10_000)
      #expect(try life["forge"].beats.last?.tier == .headsDown)
      try life["scribe"].isAsleep = false
      try life["scribe"].due = life.clock.milliseconds
      try life.pass(1)
      try life.act("scribe") { session in
        _ = try session.resume(second.hex, text: "seen", asOperator: true, keyFile: nil)
      }
      try life.pass(2)
      for handle in ["forge", "scribe"] as [Handle] {
        #expect(try life[handle].beats.last?.tier == .active)
      }
      #expect(try life.bench.audit(everySignature: true).bad.isEmpty)
    }
  }

  @Test("the first turn of a year archives what the last one holds")
  func year() throws {
    try DaemonBench.run { life in
      let lines = try life.bench.lines(of: "forge").count
      try life.pass(4 * 86_400 - 1)
      #expect(try life.bench.archive(of: life.bench.log(of: "forge")).isEmpty)
      try life.pass(1_200)
      for handle in ["forge", "scribe"] as [Handle] {
        #expect(try life.bench.archive(of: life.bench.log(of: handle)).count == 1)
        #expect(try life[handle].failures.isEmpty)
      }
      #expect(try life.bench.lines(of: "forge").count == lines)
      try life.send("a new year", by: "forge")
      #expect(try life.bench.audit(everySignature: true).bad.isEmpty)
    }
  }

  enum Jump: CaseIterable {
    case hourOn, hourBack, yearOn, yearOnAndBack, suspend, reboot
  }

  @Test(
    "a clock that jumps, a sleep and a new start cost at most one beat and lose nothing",
    arguments: Jump.allCases)
  func jump(jump: Jump) throws {
    try DaemonBench.run { life in
      try life.pass(2 * 3_600 + 40)
      let proposal = try life.propose(by: "forge")
      try life.ack(proposal, by: "scribe")
      try life.inbox("forge")
      try life.inbox("scribe")
      try life.pass(30)
      let before = try life["forge"].beats.count
      let start = life.clock.milliseconds
      switch jump {
      case .hourOn: life.clock.change { $0.wall += 3_600_000_000 }
      case .hourBack: life.clock.change { $0.wall -= 3_600_000_000 }
      case .yearOn, .yearOnAndBack: life.clock.change { $0.wall += 366 * 86_400_000_000 }
      case .suspend: life.clock.change { $0.boot += 8 * 3_600_000 }
      case .reboot:
        life.clock.change { ($0.start, $0.boot, $0.awake) = ("second", 20_000, 20_000) }
        for handle in ["forge", "scribe"] as [Handle] { try life.start(handle) }
      }
      try life.pass(300)
      if jump == .yearOnAndBack { life.clock.change { $0.wall -= 366 * 86_400_000_000 } }
      try life.pass(300)
      let count = try life["forge"].beats.count - before
      // T1 for 270 s since the last line was read, then T2: at most nine beats in ten minutes.
      let least = jump == .suspend ? 1 : 2
      #expect((least...9).contains(count), "\(count) beats from \(start)")
      try life.send("after", by: "scribe")
      #expect(try life.bench.inbox("forge") == ["after"])
      #expect(try life.bench.derived().count == 1)
      for handle in ["forge", "scribe"] as [Handle] { #expect(try life[handle].failures.isEmpty) }
      #expect(try life.bench.audit(everySignature: true).bad.isEmpty)
    }
  }
}

extension DaemonBench {
  @discardableResult
  func send(_ subject: Text, by handle: Handle) throws -> Bytes32 {
    try act(handle) { session in
      try session.send(.init(.request, subject: subject, body: .string("text"))).eventID
    }
  }

  @discardableResult
  func propose(by handle: Handle) throws -> Bytes32 {
    try act(handle) { session in
      try session.send(.init(.proposal, subject: "port", body: .string("8443"))).eventID
    }
  }

  func answer(_ proposal: Bytes32, by handle: Handle, _ type: MessageType) throws {
    try act(handle) { session in
      var outgoing = Session.Outgoing(type, subject: "answer", body: .string("so"))
      outgoing.re = proposal.hex
      _ = try session.send(outgoing)
    }
  }

  func ack(_ proposal: Bytes32, by handle: Handle) throws {
    try answer(proposal, by: handle, .ack)
  }

  func inbox(_ handle: Handle) throws {
    try act(handle) { session in
      _ = try session.inbox(session: Session.defaultSession, limit: nil, isPeek: false)
      _ = try session.commitRead()
    }
  }

  func raise(by handle: Handle) throws -> Bytes32 {
    try act(handle) { session in
      var alarm = Session.Alarm(subject: "disk full", body: .string("help"))
      alarm.ackRequired = true
      return try session.raise(alarm).eventID
    }
  }
}
