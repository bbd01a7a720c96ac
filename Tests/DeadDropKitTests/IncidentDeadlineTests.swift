import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

/// Times are seconds of clocks that the test holds; a heartbeat is 90 of them.
@Suite("Who does not ack an incident in time is recorded, by the clock of who records it")
struct IncidentDeadlineTests {
  @Test("one heartbeat after its beat showed that it knows the incident, and not a second earlier")
  func seen() throws {
    try Bench.run("forge", "scribe") { bench in
      let incident = try bench.raise(at: 1_000)
      try bench.beat("scribe", at: 1_000)
      for time in [1_050, 1_100, 1_139] {
        #expect(try bench.settle("forge", at: time).notes.isEmpty)
      }
      let report = try bench.settle("forge", at: 1_140)
      let id = incident.hex.prefix(12)
      #expect(report.notes == ["safe mode: incident \(id) of forge: no ack of scribe within 90 s"])
      for time in [1_141, 9_000] { #expect(try bench.settle("forge", at: time).notes.isEmpty) }
      #expect(try bench.records().map(\.re) == [incident])
      #expect(try bench.records().map(\.ackRequired) == [false])
      for member in ["forge", "scribe"] as [Handle] {
        #expect(try bench.isStopped(member, by: incident))
      }
      #expect(try !bench.isWatching("forge"))
      #expect(try bench.audit(everySignature: true).bad.isEmpty)
    }
  }

  @Test("an ack in time leaves nothing to record")
  func acked() throws {
    try Bench.run("forge", "scribe") { bench in
      let incident = try bench.raise(at: 1_000)
      try bench.beat("scribe", at: 1_000)
      try bench.settle("forge", at: 1_050)
      #expect(try bench.isWatching("forge"))
      try bench.ack(incident, by: "scribe")
      #expect(try bench.settle("forge", at: 9_000).notes.isEmpty)
      #expect(try bench.records().isEmpty)
      #expect(try !bench.isWatching("forge"))
    }
  }

  @Test("who has not shown that it knows is given its heartbeat from when it is gone")
  func gone() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.beat("scribe", at: 900)
      _ = try bench.raise(at: 1_000)
      // Looked at first at 1,000: gone after 270 s, which the look at 1,300 finds.
      for time in [1_000, 1_200, 1_300, 1_389] {
        #expect(try bench.settle("forge", at: time).notes.isEmpty)
      }
      #expect(try bench.settle("forge", at: 1_390).says("no ack of scribe within 90 s"))
    }
  }

  @Test("who comes back has a heartbeat from then on")
  func back() throws {
    try Bench.run("forge", "scribe") { bench in
      let incident = try bench.raise(at: 1_000)
      for time in [1_000, 1_300] { try bench.settle("forge", at: time) }
      try bench.beat("scribe", at: 1_380)
      for time in [1_395, 1_484] {
        #expect(try bench.settle("forge", at: time).notes.isEmpty)
      }
      #expect(try bench.settle("forge", at: 1_485).says("no ack of scribe"))
      #expect(try bench.isStopped("forge", by: incident))
    }
  }

  @Test("a machine that slept makes no false alarm: silence runs by a clock that sleeps too")
  func suspended() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.beat("scribe", at: 1_000)
      _ = try bench.raise(at: 1_000)
      try bench.settle("forge", at: 1_010)
      // An hour of sleep: the clock since boot has it, the other has not.
      #expect(try bench.settle("forge", at: 4_610, awake: 1_020).notes.isEmpty)
      #expect(try bench.settle("forge", at: 4_800, awake: 1_110).notes.isEmpty)
      #expect(try bench.liveness(of: "scribe", at: 4_800, awake: 1_110) == .alive)
      try bench.beat("scribe", at: 4_800)
      for (time, awake) in [(4_801, 1_111), (9_000, 1_200)] {
        #expect(try bench.settle("forge", at: time, awake: awake).notes.isEmpty)
      }
      #expect(try bench.settle("forge", at: 9_001, awake: 1_201).says("safe mode"))
    }
  }

  @Test("after a start of the machine, and where the memory is lost, the time starts anew")
  func restart() throws {
    try Bench.run("forge", "scribe") { bench in
      _ = try bench.raise(at: 1_000)
      try bench.beat("scribe", at: 1_000)
      try bench.settle("forge", at: 1_010)
      for time in [5_000, 5_089] {
        #expect(try bench.settle("forge", at: time, boot: "second").notes.isEmpty)
      }
      let file = try bench.statePath(of: "forge") + "/incidents.json"
      for left in ["", "{", "[]", #"{"boot":"second"}"#, #"{"boot":"second","debts":{"x":{}}}"#] {
        try Data(left.utf8).write(to: URL(fileURLWithPath: file))
        try bench.restrict(file)
        #expect(try bench.settle("forge", at: 6_000, boot: "second").notes.isEmpty)
      }
      #expect(try bench.settle("forge", at: 6_089, boot: "second").notes.isEmpty)
      #expect(try bench.settle("forge", at: 6_090, boot: "second").says("safe mode"))
    }
  }

  @Test("any member records it, and nobody a second time, nor its own")
  func others() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      let incident = try bench.raise(at: 1_000, to: ["scribe"])
      try bench.beat("scribe", at: 1_000)
      for time in [1_010, 9_000] { #expect(try bench.settle("scribe", at: time).notes.isEmpty) }
      #expect(try !bench.isWatching("scribe"))
      try bench.settle("mason")
      try bench.pin("forge", by: "mason")
      for time in [1_010, 1_099] { try bench.settle("mason", at: time) }
      #expect(try bench.records(of: "mason").isEmpty)
      #expect(try bench.settle("mason", at: 1_100).says("safe mode"))
      for member in ["forge", "mason", "scribe"] as [Handle] {
        for time in [1_200, 9_000] {
          #expect(try !bench.settle(member, at: time).says("safe mode"))
        }
        #expect(try bench.isStopped(member, by: incident))
      }
      #expect(try bench.records().isEmpty)
      #expect(try bench.records(of: "mason").map(\.re) == [incident])
    }
  }

  @Test("not while lines of who is silent are missing: its ack may be among them")
  func gap() throws {
    try Bench.run("forge", "scribe") { bench in
      let incident = try bench.raise(at: 1_000)
      try bench.beat("scribe", at: 1_000)
      try bench.settle("forge", at: 1_010)
      try bench.ack(incident, by: "scribe")
      try bench.send("next", by: "scribe")
      let whole = try bench.lines(of: "scribe")
      var cut = whole
      cut.remove(at: whole.count - 2)
      try bench.setLines(cut, of: "scribe")
      #expect(try bench.settle("forge", at: 2_000).says("lines of scribe are missing"))
      #expect(try bench.records().isEmpty)
      try bench.setLines(whole, of: "scribe")
      #expect(try !bench.settle("forge", at: 3_000).says("safe mode"))
      #expect(try bench.records().isEmpty)
    }
  }

  @Test("very many incidents cost one command a few records, and the next goes on")
  func flood() throws {
    try Bench.run("forge", "scribe") { bench in
      let alarm = Session.Alarm(subject: "again", body: .string("x"))
      try bench.act(as: "forge", at: 1_000) { session, _ in
        for _ in 0..<20 { _ = try session.raise(alarm) }
      }
      try bench.beat("scribe", at: 1_000)
      try bench.settle("forge", at: 1_000)
      try bench.settle("forge", at: 1_090)
      #expect(try bench.records().count == 16)
      try bench.settle("forge", at: 1_091)
      #expect(try Set(bench.records().map(\.re)).count == 20)
      try bench.settle("forge", at: 9_000)
      #expect(try bench.records().count == 20)
    }
  }

  @Test("the heartbeat is that of the tables in force")
  func cadence() throws {
    try Bench.run("forge", "scribe") { bench in
      let tiers: JSONValue = .object([
        "tiers": .object(["T1_active": .object(["cadence_seconds": .integer(10)])])
      ])
      let change = try bench.propose("faster", by: "forge", effects: tiers)
      try bench.ack(change, by: "scribe")
      try bench.settle("forge")
      _ = try bench.raise(at: 1_000)
      try bench.beat("scribe", at: 1_000)
      for time in [1_000, 1_009] { #expect(try bench.settle("forge", at: time).notes.isEmpty) }
      #expect(try bench.settle("forge", at: 1_010).says("within 10 s"))
    }
  }

  @Test(
    "one that wants no ack is watched by nobody, and nothing waits for a wire without incidents")
  func quiet() throws {
    try Bench.run("forge", "scribe") { bench in
      #expect(try !bench.isWatching("forge"))
      var alarm = Session.Alarm(subject: "fyi", body: .string("x"))
      alarm.ackRequired = false
      try bench.act(as: "forge") { session, _ in _ = try session.raise(alarm) }
      for time in [1_000, 9_000] { #expect(try bench.settle("forge", at: time).notes.isEmpty) }
      #expect(try !bench.isWatching("forge"))
      let files = FileManager.default
      for name in ["incidents.json", "peers.json"] {
        #expect(!files.fileExists(atPath: try bench.statePath(of: "forge") + "/" + name))
      }
    }
  }

  @Test("who has left is asked for no ack, and its silence is no miss")
  func departed() throws {
    try Bench.run("forge", "scribe") { bench in
      let before = try bench.raise(at: 1_000)
      try bench.act(as: "scribe") { session, _ in _ = try session.leave(because: "bye") }
      let after = try bench.raise(at: 1_001)
      for time in [1_001, 2_000, 9_000] {
        #expect(try !bench.settle("forge", at: time).says("safe mode"))
      }
      #expect(try bench.records().isEmpty)
      let standings = try bench.act(as: "forge") { session, _ in try session.incidents() }
      #expect(standings.first { $0.incident.eventID == before }?.status == .acked)
      #expect(standings.first { $0.incident.eventID == after }?.status == .noted)
    }
  }

  @Test("a forked chain is asked for no ack: none could count")
  func forked() throws {
    try Bench.run("forge", "scribe") { bench in
      let before = try bench.raise(at: 1_000)
      let other = try bench.replica()
      try bench.send("here", by: "scribe")
      try other.send("there", by: "scribe")
      try bench.settle("forge")
      try bench.merge("scribe", from: other)
      let after = try bench.raise(at: 1_001)
      for time in [1_001, 2_000, 9_000] {
        #expect(try !bench.settle("forge", at: time).says("safe mode"))
      }
      let standings = try bench.act(as: "forge") { session, _ in try session.incidents() }
      #expect(standings.first { $0.incident.eventID == before }?.status == .open)
      #expect(standings.first { $0.incident.eventID == after }?.status == .noted)
    }
  }

  @Test("who has not joined owes nothing, nor whoever joins after it")
  func newcomers() throws {
    try Bench.run { bench in
      let invites = try bench.found(["forge", "scribe", "mason"])
      try bench.join(invites[0])
      try bench.settle("forge")
      let incident = try bench.raise(at: 1_000)
      try bench.join(invites[1])
      for time in [1_000, 2_000] { try bench.settle("forge", at: time) }
      let standing = try bench.act(as: "forge") { session, _ in try session.incidents()[0] }
      #expect(standing.incident.eventID == incident)
      #expect(standing.missing == ["scribe"])
    }
  }
}

@Suite("Peers are alive, late or gone by what this agent saw of them")
struct PeerLivenessTests {
  @Test("by the cadence that they announced, and only a new beat counts")
  func ages() throws {
    try Bench.run("forge", "scribe") { bench in
      #expect(try bench.liveness(of: "scribe", at: 1_000) == .unknown)
      try bench.beat("scribe", at: 1_000)
      #expect(try bench.liveness(of: "scribe", at: 2_000) == .alive)
      let beats = try bench.read("beats/scribe.jsonl")
      #expect(try bench.liveness(of: "scribe", at: 2_135) == .alive)
      #expect(try bench.liveness(of: "scribe", at: 2_136) == .late)
      // Said again it is no new one.
      try bench.appendBytes(beats, to: "beats/scribe.jsonl")
      #expect(try bench.liveness(of: "scribe", at: 2_270) == .late)
      #expect(try bench.liveness(of: "scribe", at: 2_271) == .gone)
      try bench.beat("scribe", at: 2_272)
      #expect(try bench.liveness(of: "scribe", at: 2_273) == .alive)
    }
  }

  @Test("a beat that is gone leaves what was seen of it")
  func withheld() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.beat("scribe", at: 1_000)
      #expect(try bench.liveness(of: "scribe", at: 1_000) == .alive)
      try FileManager.default.removeItem(atPath: bench.path + "/beats/scribe.jsonl")
      #expect(try bench.liveness(of: "scribe", at: 1_100) == .alive)
      #expect(try bench.liveness(of: "scribe", at: 1_271) == .gone)
    }
  }

  @Test("a beat that names more than is shown is testimony, with its witness, after another look")
  func testimony() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      let before = try bench.lines(of: "mason")
      try bench.send("late", by: "mason")
      try bench.beat("scribe", at: 1_000)
      let all = try bench.lines(of: "mason")
      func testimonies() throws -> [Status.Testimony] {
        try bench.act(as: "forge") { session, _ in
          try session.status(sessionName: Session.defaultSession).testimonies
        }
      }
      try bench.setLines(before, of: "mason")
      let found = try testimonies()
      #expect(found.map(\.witness) == ["scribe"])
      #expect(found.map(\.writer) == ["mason"])
      #expect(found.first?.seen.seq == all.count && found.first?.shownSeq == before.count)
      try bench.setLines(all, of: "mason")
      #expect(try testimonies().isEmpty)
    }
  }
}

extension Bench {
  func raise(at seconds: Int, to handles: [Handle] = []) throws -> Bytes32 {
    var alarm = Session.Alarm(subject: "disk full", body: .string("help"))
    alarm.to = handles
    return try act(as: "forge", at: seconds) { session, _ in try session.raise(alarm).eventID }
  }

  func beat(_ handle: Handle, at seconds: Int) throws {
    try act(as: handle, at: seconds) { session, _ in _ = try session.heartbeat(.init()) }
  }

  /// The lines that say that an incident was not acked in time.
  func records(of handle: Handle = "forge") throws -> [Message] {
    try messages(of: handle).filter { $0.body?.members?["code"] == .string("unacked") }
  }

  func isStopped(_ handle: Handle, by incident: Bytes32) throws -> Bool {
    try act(as: handle) { session, _ in try session.standstills().map(\.cause) == [incident] }
  }

  fileprivate func isWatching(_ handle: Handle) throws -> Bool {
    try act(as: handle) { session, _ in
      try HeadStore.load(session.state, wire: session.genesis.id).isWatching
    }
  }

  func liveness(of peer: Handle, at seconds: Int, awake: Int? = nil) throws -> Liveness? {
    try act(as: "forge", at: seconds, awake: awake) { session, _ in
      try session.status(sessionName: Session.defaultSession).members
        .first { $0.handle == peer }?.liveness
    }
  }

  /// Lets an agent believe the key that a peer writes with.
  func pin(_ peer: Handle, by handle: Handle) throws {
    let pk = try pk(of: peer)
    try act(as: handle) { session, _ in _ = try session.pin(peer, .key(pk)) }
  }
}
