import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Heads that are only in memory yet are lost to nobody")
struct UnsavedHeadsTests {
  private let log = "scribe_to_forge.jsonl"

  /// Forge has read all there is, and keeps what comes from now on in memory at first.
  private func settled(_ body: (Bench) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send("one", by: "scribe")
      try bench.inbox("forge")
      try body(bench)
    }
  }

  private func stored(_ bench: Bench) throws -> HeadRecord {
    let session = try bench.open("forge")
    let store = try HeadStore.load(session.state, wire: session.genesis.id)
    return try #require(store.records["scribe"])
  }

  /// Puts another file in place of the log, as tools that synchronise do.
  private func replace(_ lines: [[UInt8]], _ bench: Bench) throws {
    let file = "\(bench.path)/\(log)"
    try Data(lines.flatMap { $0 + [UInt8(ascii: "\n")] })
      .write(to: URL(fileURLWithPath: file + ".new"))
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.moveItem(atPath: file + ".new", toPath: file)
  }

  @Test(
    "nothing is saved while reading, all of it before a cursor or a beat",
    arguments: [false, true])
  func order(isBeat: Bool) throws {
    try settled { bench in
      try bench.send("two", by: "scribe")
      let before = try stored(bench).head
      var session = try bench.open("forge")
      _ = try session.catchUp(saves: false)
      #expect(session.reader.store.records["scribe"]?.head.seq == 3)
      #expect(try stored(bench).head == before)
      if isBeat {
        _ = try session.heartbeat(Heartbeat())
        #expect(try session.beats()["forge"]?.seen["scribe"] == 3)
      } else {
        #expect(try session.inbox(session: "main", limit: nil, isPeek: false).subjects == ["two"])
        #expect(try stored(bench).head == before)
        _ = try session.commitRead()
      }
      #expect(try stored(bench).head.seq == 3)
      #expect(try bench.inbox("forge") == (isBeat ? ["two"] : []))
    }
  }

  #if FAULTS
    @Test("where the heads cannot be saved neither cursor nor beat goes on")
    func unsavable() throws {
      try settled { bench in
        try bench.send("two", by: "scribe")
        let before = try bench.snapshot(bench.statePath(of: "forge"))
        let beats = try bench.lines("beats/forge.jsonl")
        var session = try bench.open("forge")
        _ = try session.catchUp(saves: false)
        _ = try session.inbox(session: "main", limit: nil, isPeek: false)
        let plan = FaultPlan([Fault(.fail(5), call: .rename, pathSuffix: "heads.json")])
        #expect(throws: KitError.self) { _ = try plan.run { try session.commitRead() } }
        #expect(try bench.lines("beats/forge.jsonl") == beats)
        let after = try bench.snapshot(bench.statePath(of: "forge"))
        let isKept: ((key: String, value: Data)) -> Bool = { $0.key.hasSuffix(".json") }
        #expect(after.filter(isKept) == before.filter(isKept))
        #expect(try bench.inbox("forge") == ["two"])
      }
    }
  #endif

  @Test("an agent that dies in between is shown the same again")
  func killed() throws {
    try settled { bench in
      try bench.send("two", by: "scribe")
      for _ in 0..<3 {
        var session = try bench.open("forge")
        _ = try session.catchUp(saves: false)
        #expect(try session.inbox(session: "main", limit: nil, isPeek: false).subjects == ["two"])
      }
      #expect(try bench.inbox("forge") == ["two"])
      #expect(try bench.inbox("forge") == [])
    }
  }

  @Test("what another process saved meanwhile stands, and nothing is shown never or twice")
  func other() throws {
    try settled { bench in
      try bench.send("two", by: "scribe")
      var slow = try bench.open("forge")
      _ = try slow.catchUp(saves: false)
      let shown = try slow.inbox(session: "main", limit: nil, isPeek: false).subjects
      try bench.send("three", by: "scribe")
      try bench.settle("forge")
      #expect(try stored(bench).head.seq == 4)
      _ = try slow.commitRead()
      #expect(try stored(bench).head.seq == 4)
      #expect(slow.reader.store.records["scribe"]?.head.seq == 4)
      #expect(shown == ["two"])
      #expect(try bench.inbox("forge") == ["three"])
    }
  }

  @Test("the same lines in another file are the same lines")
  func sameElsewhere() throws {
    try settled { bench in
      try bench.send("two", by: "scribe")
      var session = try bench.open("forge")
      _ = try session.catchUp(saves: false)
      _ = try session.inbox(session: "main", limit: nil, isPeek: false)
      try replace(try bench.lines(of: "scribe"), bench)
      _ = try session.commitRead()
      #expect(try stored(bench).head.seq == 3)
      #expect(try stored(bench).verdict == .sound)
      try bench.send("three", by: "scribe")
      #expect(try bench.inbox("forge") == ["three"])
    }
  }

  @Test(
    "a line that was verified and is gone before the save is a rollback",
    arguments: [false, true])
  func lostMeanwhile(isOtherThere: Bool) throws {
    try settled { bench in
      let old = try bench.lines(of: "scribe")
      try bench.send("two", by: "scribe")
      let new = try bench.lines(of: "scribe")
      var session = try bench.open("forge")
      _ = try session.catchUp(saves: false)
      #expect(try session.inbox(session: "main", limit: nil, isPeek: false).subjects == ["two"])
      try replace(old, bench)
      if isOtherThere {
        // It never saw the line, and saves its heads.
        _ = try bench.propose("port", by: "forge")
        try bench.settle("forge")
      }
      _ = try session.commitRead()
      #expect(session.reader.store.records["scribe"]?.head.seq == 3)
      #expect(try stored(bench).head.seq == 3)
      #expect(try bench.settle("forge").broken.map(\.verdict) == [.rollback])
      try replace(new, bench)
      #expect(try bench.settle("forge").broken.isEmpty)
      try bench.send("three", by: "scribe")
      #expect(try bench.inbox("forge") == ["three"])
    }
  }

  @Test("another line in the place of one that was verified is a fork, although nothing was saved")
  func rivalMeanwhile() throws {
    try settled { bench in
      let other = try bench.replica()
      try bench.send("two", by: "scribe")
      try other.send("another two", by: "scribe")
      var session = try bench.open("forge")
      _ = try session.catchUp(saves: false)
      _ = try session.inbox(session: "main", limit: nil, isPeek: false)
      try replace(try other.lines(of: "scribe"), bench)
      _ = try session.commitRead()
      #expect(try bench.settle("forge").broken.map(\.verdict) == [.fork])
      #expect(
        try bench.findings("fork", of: "forge")
          == [.fork(signer: try bench.pk(of: "scribe"), seq: 3)])
    }
  }

  @Test("no schedule of two processes shows a line never, or lets a head go back", arguments: 0..<6)
  func schedule(number: Int) throws {
    var random = RandomSource("unsaved heads \(number)")
    try settled { bench in
      var sent = 0
      var shown: Set<String> = []
      var head = 0
      var one = try bench.open("forge")
      var two = try bench.open("forge")
      func step(_ session: inout Session) throws {
        _ = try session.catchUp(saves: random.once(in: 3))
        guard !random.once(in: 4) else { return }
        let subjects = try session.inbox(session: "main", limit: 2, isPeek: false).subjects
        // Dies before it has put them before anybody, or while it says so.
        if random.once(in: 3) {
          session = try bench.open("forge")
        } else {
          shown.formUnion(subjects)
          _ = try session.commitRead()
        }
      }
      for _ in 0..<20 {
        switch random.below(4) {
        case 0, 1:
          sent += 1
          try bench.send(Text("n\(sent)"), by: "scribe")
        case 2: try step(&one)
        default: try step(&two)
        }
        let now = try stored(bench).head.seq
        #expect(now >= head)
        head = now
      }
      shown.formUnion(try bench.inbox("forge"))
      #expect(shown.count == sent)
      #expect(try stored(bench).verdict == .sound)
    }
  }

  #if FAULTS
    @Test("a whole read that could not be stored leaves the session where it was")
    func unstoredWholeRead() throws {
      try settled { bench in
        try bench.send("two", by: "scribe")
        try replace(try bench.lines(of: "scribe"), bench)
        let before = try stored(bench).head
        var session = try bench.open("forge")
        let plan = FaultPlan([Fault(.fail(ENOSPC), call: .write, pathSuffix: ".tmp")])
        #expect(throws: KitError.self) { _ = try plan.run { try session.catchUp() } }
        #expect(session.reader.store.records["scribe"]?.head == before)
        #expect(try stored(bench).head == before)
        _ = try session.catchUp()
        #expect(try session.inbox(session: "main", limit: nil, isPeek: false).subjects == ["two"])
      }
    }
  #endif
}
