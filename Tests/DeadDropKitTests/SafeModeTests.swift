import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("While something stops the wire, no new work is signed, and all else is")
struct SafeModeTests {
  /// A wire in safe mode, and the incident that is the cause.
  private func stopped(_ body: (Bench, Bytes32) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      let incident = try bench.stop(at: 1_000)
      try body(bench, incident)
    }
  }

  @Test("a ship, a proposal and a counter are refused by both, with the incident named")
  func refused() throws {
    try stopped { bench, incident in
      for handle in ["forge", "scribe"] as [Handle] {
        let before = try bench.lines(of: handle)
        for type in [MessageType.ship, .proposal] {
          do {
            try bench.send("work", by: handle, type: type)
            Issue.record("\(type) of \(handle) was stored")
          } catch KitError.standstill(let cause, let key) {
            #expect(cause.cause == incident && key == nil)
          }
        }
        #expect(try bench.lines(of: handle) == before)
      }
    }
  }

  @Test("a counter is refused, an answer is not")
  func answers() throws {
    try Bench.run("forge", "scribe") { bench in
      let first = try bench.propose("one", by: "forge")
      let second = try bench.propose("two", by: "forge")
      try bench.stop(at: 1_000)
      #expect(throws: KitError.self) {
        try bench.send("other", by: "scribe", type: .proposal, re: first)
      }
      try bench.ack(first, by: "scribe")
      try bench.send("no", by: "scribe", type: .decline, re: second)
      #expect(try bench.status(of: second, for: "forge") == .declined)
      #expect(try bench.status(of: first, for: "forge") == .ratified)
    }
  }

  @Test(
    "the rest is stored",
    arguments: [MessageType.request, .warning, .feedback, .ack, .decline, .correction])
  func allowed(type: MessageType) throws {
    try stopped { bench, _ in
      let re = [.ack, .decline].contains(type) ? try bench.send("x", by: "scribe").eventID : nil
      let own = type == .correction ? try bench.send("x", by: "forge").eventID : re
      try bench.send("still", by: "forge", type: type, re: own)
      #expect(try bench.audit().bad.isEmpty)
    }
  }

  @Test("no reader refuses a line for it")
  func readers() throws {
    try stopped { bench, _ in
      let state = try bench.audit().reading.state
      #expect(state.isSafeMode(under: state.history))
      #expect(try bench.audit(everySignature: true).bad.isEmpty)
    }
  }

  @Test("a resume must be said to be the operator's, and then lifts it for good")
  func resume() throws {
    try stopped { bench, incident in
      #expect(throws: KitError.operatorUnsaid) { try bench.resume(incident, by: "scribe") }
      #expect(throws: KitError.noOperatorKey) {
        try bench.resume(incident, by: "scribe", asOperator: true, keyFile: "/nowhere")
      }
      let wakeup = try bench.resume(incident, by: "scribe", asOperator: true)
      let message = try #require(try bench.messages(of: "scribe").last)
      #expect(message.eventID == wakeup && message.re == incident)
      #expect(message.body?.members?["by"] == .string("operator"))
      for handle in ["forge", "scribe"] as [Handle] {
        try bench.send("work", by: handle, type: .ship)
      }
      #expect(throws: KitError.self) {
        try bench.resume(incident, by: "forge", asOperator: true)
      }
    }
  }

  @Test("a record of the incident can be cited as well, and what stops nobody cannot")
  func cited() throws {
    try stopped { bench, incident in
      let record = try #require(try bench.records().first)
      #expect(throws: KitError.self) {
        try bench.resume(.unheld("x"), by: "forge", asOperator: true)
      }
      var alarm = Session.Alarm(subject: "fyi", body: .string("x"))
      alarm.ackRequired = false
      let noted = try bench.act(as: "forge") { session, _ in try session.raise(alarm).eventID }
      #expect(throws: KitError.nothingToLift("incident \(noted.hex.prefix(12)) stops nobody")) {
        try bench.resume(noted, by: "forge", asOperator: true)
      }
      try bench.resume(record.eventID, by: "forge", asOperator: true)
      let standings = try bench.act(as: "scribe") { session, _ in try session.incidents() }
      #expect(standings.first { $0.incident.eventID == incident }?.status == .lifted)
    }
  }

  @Test("no agent signs with the operator's key: its lines would be the operator's consent to them")
  func agentsKey() throws {
    try Bench.run { bench in
      let keys = try ["forge", "scribe"].map { handle in
        try KeyStore(bench.places("forge")).ensureSigningKey(handle).publicKey.bytes
      }
      for (key, isLocal) in [(keys[0], false), (keys[1], true)] {
        var request = Founding.Request(
          directory: bench.path, founder: "forge", peers: ["scribe"], domains: [:],
          tiers: TiersFile.standard, isLocal: isLocal)
        request.operatorKey = key
        #expect(throws: KitError.operatorsKey(isLocal ? "scribe" : "forge")) {
          try Founding.found(request, in: bench.places("forge"))
        }
        #expect(!FileManager.default.fileExists(atPath: bench.path + "/wire.json"))
      }
      var request = Founding.Request(
        directory: bench.path, founder: "forge", peers: ["scribe"], domains: [:],
        tiers: TiersFile.standard, isLocal: false)
      request.operatorKey = try KeyStore(bench.places("scribe")).ensureSigningKey("scribe")
        .publicKey.bytes
      let invites = try Founding.found(request, in: bench.places("forge")).invites
      #expect(throws: KitError.operatorsKey("scribe")) { try bench.join(invites[0]) }
    }
  }

  @Test("where the genesis names an operator, only its key lifts anything")
  func operatorKey() throws {
    try Bench.run { bench in
      let seed = SHA256Hasher.hash(Array("operator".utf8)).bytes
      for (name, bytes) in [("operator.key", seed), ("other.key", seed.reversed())] {
        try Scratch.write(Array(bytes), to: name, in: bench.root)
        try bench.restrict("\(bench.root)/\(name)")
      }
      let path = "\(bench.root)/operator.key"
      var request = Founding.Request(
        directory: bench.path, founder: "forge", peers: ["scribe"], domains: [:],
        tiers: TiersFile.standard, isLocal: false)
      request.operatorKey = try KeyStore.signingKey(at: path).publicKey.bytes
      request.idleCycles = IdleCycles(active: 2, idle: 4)
      let invite = try #require(
        try Founding.found(request, in: bench.places("forge")).invites.first)
      try bench.join(invite)
      for handle in ["forge", "scribe"] as [Handle] { try bench.settle(handle) }
      #expect(try bench.audit().reading.genesis.idleCycles == request.idleCycles)
      let incident = try bench.stop(at: 1_000)
      let pk = try #require(request.operatorKey)
      let refusal = KitError.notTheOperator(pk)
      #expect(throws: refusal) { try bench.resume(incident, by: "forge", asOperator: true) }
      #expect(throws: refusal) {
        try bench.resume(incident, by: "forge", keyFile: "\(bench.root)/other.key")
      }
      let pause = try bench.act(as: "scribe") { session, _ in
        try session.shutdown(to: [], subject: "stop", body: .string(""), asOperator: true).eventID
      }
      for id in [incident, pause] { try bench.resume(id, by: "scribe", keyFile: path) }
      try bench.send("work", by: "forge", type: .ship)
      #expect(try bench.audit(everySignature: true).bad.isEmpty)
    }
  }

  @Test("one of an unverified peer stops the agent all the same, is not quoted, and can be lifted")
  func unverified() throws {
    try Bench.run { bench in
      var wire = try TestWire(["ada", "bob", "cyd"])
      try wire.join()
      let incident = try wire.incident(by: "ada", to: ["bob", "cyd"])
      try bench.settleIn(wire, as: "bob")
      try bench.act(as: "bob") { session, _ in
        let standing = try #require(try session.incidents().first)
        #expect(standing.status == .open && standing.missing == ["bob", "cyd"])
        let isShown = session.isShown(standing.incident)
        #expect(!isShown)
        #expect(try session.debts().isEmpty)
        #expect(try !HeadStore.load(session.state, wire: wire.genesis.id).isWatching)
      }
      try wire.recordUnacked(incident, by: "ada")
      try wire.write(to: bench.path)
      try bench.act(as: "bob") { session, _ in
        #expect(try session.standstills().map(\.cause) == [incident])
        let status = try session.status(sessionName: Session.defaultSession)
        #expect(status.isSafeMode && status.incidents.map(\.isShown) == [false])
      }
    }
  }

  @Test("a pause stops those whom it names, and says so")
  func pause() throws {
    try Bench.run("forge", "scribe") { bench in
      #expect(throws: KitError.operatorUnsaid) {
        try bench.act(as: "forge") { session, _ in
          try session.shutdown(to: [], subject: "stop", body: .string(""), asOperator: false)
        }
      }
      let id = try bench.act(as: "forge") { session, _ in
        try session.shutdown(
          to: ["scribe"], subject: "stop", body: .string("x"), asOperator: true
        ).eventID
      }
      try bench.send("work", by: "forge", type: .ship)
      #expect(throws: KitError.self) { try bench.send("work", by: "scribe", type: .ship) }
      let status = try bench.act(as: "scribe") { session, _ in
        try session.status(sessionName: Session.defaultSession)
      }
      #expect(status.standstills.map(\.cause) == [id] && !status.isSafeMode)
      try bench.resume(id, by: "scribe", asOperator: true)
      try bench.send("work", by: "scribe", type: .ship)
    }
  }

  @Test("what is owed is told to debtor, creditor and in beats, until it is answered")
  func debts() throws {
    try Bench.run("forge", "scribe") { bench in
      var alarm = Session.Alarm(subject: "disk", body: .string("full"))
      alarm.priority = .medium
      let incident = try bench.act(as: "forge") { session, _ in try session.raise(alarm).eventID }
      let request = try bench.send("look", by: "forge") { $0.ackRequired = true }.eventID
      try bench.send("no need", by: "forge")
      let proposal = try bench.propose("port", by: "forge")
      func owed(_ handle: Handle) throws -> [Bytes32] {
        try bench.act(as: handle) { session, _ in try session.owed().map(\.eventID) }
      }
      #expect(try owed("scribe") == [incident, request, proposal])
      #expect(try owed("forge").isEmpty)
      for handle in ["forge", "scribe"] as [Handle] {
        let debts = try bench.act(as: handle) { session, _ in try session.debts() }
        #expect(debts.map(\.kind) == [.incident, .request, .proposal])
        #expect(debts.allSatisfy { $0.debtor == "scribe" && $0.creditor == "forge" })
      }
      try bench.beat("scribe", at: 1_000)
      let beat = try bench.act(as: "forge") { session, _ in try session.beats()["scribe"] }
      let owes = beat?.message.body?.members?["owes"]?.texts?.map(\.string)
      #expect(owes == [incident, request, proposal].map(\.hex))
      for id in [incident, request, proposal] { try bench.ack(id, by: "scribe") }
      #expect(try owed("scribe").isEmpty)
    }
  }
}

@Suite("An agent's tier moves on from beat to beat")
struct BeatTierTests {
  private func tier(_ bench: Bench, at seconds: Int, headsDown: Bool? = nil) throws -> TierName {
    var beat = Heartbeat()
    beat.headsDown = headsDown
    return try bench.act(as: "scribe", at: seconds) { session, _ in
      try session.announce(beat).tier
    }
  }

  private func wire(_ body: (Bench) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("scribe")
      try body(bench)
    }
  }

  @Test("idle cycles pass by the clock, however seldom it beats, and any message ends them")
  func idle() throws {
    try wire { bench in
      #expect(try tier(bench, at: 1_000) == .active)
      #expect(try tier(bench, at: 1_269) == .active)
      #expect(try tier(bench, at: 1_270) == .idle)
      #expect(try tier(bench, at: 1_270 + 9 * 270 - 1) == .idle)
      #expect(try tier(bench, at: 1_270 + 9 * 270) == .longIdle)
      try bench.send("hello", by: "forge")
      #expect(try tier(bench, at: 9_000) == .active)
      // It is unread, so no cycle is idle.
      #expect(try tier(bench, at: 20_000) == .active)
      try bench.inbox("scribe")
      #expect(try tier(bench, at: 30_000) == .active)
      #expect(try tier(bench, at: 60_000) == .longIdle)
      try bench.send("hello", by: "scribe")
      #expect(try tier(bench, at: 60_001) == .active)
    }
  }

  @Test("after another start of the machine the cycle begins anew")
  func restart() throws {
    try wire { bench throws in
      #expect(try tier(bench, at: 5_000) == .active)
      #expect(try tier(bench, at: 10) == .active)
      #expect(try tier(bench, at: 279) == .active)
      #expect(try tier(bench, at: 280) == .idle)
    }
  }

  @Test("an open counter, an open incident and a declared multi-edit cycle keep it in T0")
  func headsDown() throws {
    try wire { bench in
      let proposal = try bench.propose("port", by: "forge")
      #expect(try tier(bench, at: 1_000) == .active)
      let counter = try bench.send("other", by: "scribe", type: .proposal, re: proposal).eventID
      #expect(try tier(bench, at: 1_001) == .headsDown)
      #expect(try tier(bench, at: 1_100) == .headsDown)
      try bench.ack(counter, by: "forge")
      try bench.settle("scribe")
      #expect(try tier(bench, at: 9_001) == .active)
      #expect(try tier(bench, at: 9_002, headsDown: true) == .headsDown)
      try bench.send("asking", by: "scribe")
      #expect(try tier(bench, at: 9_003) == .headsDown)
      try bench.send("done", by: "scribe", type: .ship)
      #expect(try tier(bench, at: 9_004) == .active)
      #expect(try tier(bench, at: 9_005, headsDown: true) == .headsDown)
      #expect(try tier(bench, at: 9_006, headsDown: false) == .active)
      let incident = try bench.act(as: "forge") { session, _ in
        try session.raise(.init(subject: "disk", body: .string("full"))).eventID
      }
      #expect(try tier(bench, at: 9_007) == .headsDown)
      try bench.ack(incident, by: "scribe")
      #expect(try tier(bench, at: 9_008) == .active)
    }
  }

  @Test("a decline is a conflict for the beat that finds it")
  func declined() throws {
    try wire { bench in
      let proposal = try bench.propose("port", by: "scribe")
      #expect(try tier(bench, at: 1_000) == .active)
      try bench.send("no", by: "forge", type: .decline, re: proposal)
      #expect(try tier(bench, at: 1_001) == .headsDown)
      #expect(try tier(bench, at: 1_002) == .active)
    }
  }

  @Test("the beat announces it, and counts how often the agent was woken")
  func announced() throws {
    try wire { bench in
      for time in [1_000, 1_001, 5_000] { _ = try tier(bench, at: time) }
      let beat = try bench.act(as: "forge") { session, _ in try session.beats()["scribe"] }
      #expect(beat?.tier == "T3_long_idle")
      let before = try #require(beat?.message.body?.members?["wakeup_count"]?.int)
      _ = try tier(bench, at: 5_001)
      let next = try bench.act(as: "forge") { session, _ in try session.beats()["scribe"] }
      #expect(next?.message.body?.members?["wakeup_count"]?.int == before + 1)
    }
  }

  @Test("a memory that is lost begins in T1", arguments: ["", "{", "{}", #"{"tier":"T9"}"#])
  func lost(left: String) throws {
    try wire { bench in
      for time in [1_000, 9_000] { _ = try tier(bench, at: time) }
      let file = try bench.statePath(of: "scribe") + "/tier.json"
      try Data(left.utf8).write(to: URL(fileURLWithPath: file))
      try bench.restrict(file)
      #expect(try tier(bench, at: 9_001) == .active)
    }
  }
}

extension Bench {
  /// Brings the wire into safe mode by an incident of forge that scribe does not ack.
  @discardableResult
  fileprivate func stop(at seconds: Int) throws -> Bytes32 {
    let incident = try act(as: "forge", at: seconds) { session, _ in
      try session.raise(.init(subject: "disk full", body: .string("help"))).eventID
    }
    try beat("scribe", at: seconds)
    for time in [seconds, seconds + 90] { try act(as: "forge", at: time) { _, _ in } }
    return incident
  }

  @discardableResult
  fileprivate func resume(
    _ id: Bytes32, by handle: Handle, asOperator: Bool = false, keyFile: String? = nil
  ) throws -> Bytes32 {
    try act(as: handle) { session, _ in
      try session.resume(id.hex, text: "go on", asOperator: asOperator, keyFile: keyFile).eventID
    }
  }
}
