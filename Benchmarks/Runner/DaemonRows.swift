import DeadDropKit
import Host
import Protocol
import Wire
import WireFormat

/// Daemons: how soon an ack is a decision, and what it costs that they are there.
struct DaemonRows {
  let bench: Bench

  func measure() throws -> [Row] {
    try ratifying() + TurnRows(bench: bench).measure() + idling() + crowd()
  }

  /// From the moment in which the ack is stored to the decision's line in `decisions.jsonl`.
  private func ratifying() throws -> [Row] {
    var median = Row("daemon/ratified", "acked to ratified, daemon", .atMost(0.05), .seconds)
    var worst = Row("daemon/ratified-p99", "the same, 99 of 100", .atMost(0.05), .seconds)
    let wire = try bench.newWire("daemon-ratified")
    let daemons = try [wire.reader, wire.writer].map { try ResidentDaemon(bench, wire, as: $0) }
    defer { for daemon in daemons { daemon.end() } }
    var seconds: [Double] = []
    for number in 0..<bench.plan.size(500, quick: 40) {
      seconds.append(try ratify(wire, number))
    }
    for daemon in daemons { try daemon.finish() }
    try bench.requireSound(wire)
    median.measured = Measure(seconds, .seconds)
    median.judged = median.measured
    let sorted = seconds.sorted()
    worst.measured = Measure([sorted[min(sorted.count - 1, sorted.count * 99 / 100)]], .seconds)
    worst.judged = worst.measured
    median.notes = [
      "\(seconds.count) proposals of one agent, acked by the other, both with daemons"
    ]
    return [median, worst]
  }

  private func ratify(_ wire: BenchWire, _ number: Int) throws -> Double {
    var proposer = try wire.open(as: wire.reader)
    _ = try proposer.catchUp()
    let id = try proposer.send(
      .init(.proposal, subject: Text("port \(number)"), body: .string("8443"))
    ).eventID
    var owner = try wire.open(as: wire.writer)
    _ = try owner.catchUp()
    var ack = Session.Outgoing(.ack, subject: "yes", body: .string("so"))
    ack.re = id.hex
    let before = try bench.byteCount(of: "\(wire.path)/\(SharedDirectory.decisionsName)")
    _ = try owner.send(ack)
    let start = MonotonicClock.now()
    while try bench.byteCount(of: "\(wire.path)/\(SharedDirectory.decisionsName)") == before {
      guard MonotonicClock.now() - start < 10_000_000_000 else {
        throw BenchFailure("no decision within 10 s of its ack")
      }
      MonotonicClock.sleep(for: .microseconds(100))
    }
    return Double(MonotonicClock.now() - start) / 1e9
  }

  private func idling() throws -> [Row] {
    var wakeups = Row("daemon/wakeups", "idle daemon, wakes beside its beats", .atMost(0), .count)
    var work = Row("daemon/idle", "idle daemon, share of a core", .atMost(0.001), .share)
    var memory = Row("daemon/memory", "idle daemon, memory", .atMost(8e6), .bytes)
    let wire = try bench.newWire("daemon-idle")
    let daemon = try ResidentDaemon(bench, wire, as: wire.reader)
    defer { daemon.end() }
    let period = bench.plan.daemonSeconds
    bench.say("leaving a daemon alone for \(period) s")
    let start = try daemon.facts()
    var last = start
    var extra = 0
    var beats = try beatCount(wire)
    let first = beats
    for _ in 0..<period {
      MonotonicClock.sleep(for: .seconds(1))
      let (now, count) = (try daemon.facts(), try beatCount(wire))
      if count == beats { extra += now.waits - last.waits }
      (last, beats) = (now, count)
    }
    wakeups.measured = Measure([Double(extra)], .count)
    work.measured = Measure([(last.seconds - start.seconds) / Double(period)], .share)
    memory.measured = Measure([last.residentBytes], .bytes)
    wakeups.judged = wakeups.measured
    (work.judged, memory.judged) = (work.measured, memory.measured)
    memory.notes = [
      "\(Unit.bytes.text(last.ownBytes)) of it are its own, the rest are pages of the binary, which all "
        + "daemons share"
    ]
    wakeups.notes = [
      "\(period) s, \(beats - first) beats, \(last.waits - start.waits) waits in all (a beat also waits "
        + "for the disk); another period: --daemon-seconds N"
    ]
    try daemon.finish()
    return [wakeups, work, memory] + [try disk(wire)]
  }

  private func beatCount(_ wire: BenchWire) throws -> Int {
    let directory = try Directory.open("\(wire.path)/beats", followLast: false)
    let bytes = try directory.readFile(
      "\(wire.reader).jsonl", limit: 1 << 24, policy: .anyOwner)
    return bytes?.count { $0 == UInt8(ascii: "\n") } ?? 0
  }

  /// The beats of an hour, by the length of the newest one.
  private func disk(_ wire: BenchWire) throws -> Row {
    var row = Row("daemon/disk", "beats of an hour in T1", .atMost(64_000), .plainBytes)
    let size = try bench.byteCount(of: "\(wire.path)/beats/\(wire.reader).jsonl")
    let line = Double(size) / Double(max(1, try beatCount(wire)))
    func hour(_ seconds: Int) -> Double { (3_600 * line / Double(seconds)).rounded() }
    row.measured = Measure([hour(90)], .plainBytes)
    row.judged = row.measured
    row.notes = [
      "a beat has \(Int(line)) bytes; in T2 \(Int(hour(270))), in T3 \(Int(hour(1_200))) bytes an hour; a file "
        + "of beats ends at 1 MiB, and one before it is kept"
    ]
    return row
  }

  private func crowd() throws -> [Row] {
    var memory = Row("daemon/crowd-memory", "each of 16 daemons, memory", .atMost(8e6), .bytes)
    var work = Row("daemon/crowd", "each of 16 daemons, share of a core", .atMost(0.005), .share)
    let members = try (0..<16).map { try Handle("agent\($0)") }
    let wire = try BenchWire.found(in: bench.plan.scratch + "/daemon-crowd", members)
    let daemons = try members.map { try ResidentDaemon(bench, wire, as: $0) }
    defer { for daemon in daemons { daemon.end() } }
    let period = bench.plan.size(300, quick: 10)
    bench.say("16 daemons, for \(period) s")
    let before = try daemons.map { try $0.facts() }
    for number in 0..<period {
      if number % 30 == 5 {
        var session = try wire.open(as: members[number % 16])
        _ = try session.catchUp()
        _ = try session.send(.init(.request, subject: "all", body: .string("hear")))
      }
      MonotonicClock.sleep(for: .seconds(1))
    }
    let after = try daemons.map { try $0.facts() }
    memory.measured = Measure(after.map(\.residentBytes), .bytes)
    work.measured = Measure(
      zip(before, after).map { ($1.seconds - $0.seconds) / Double(period) }, .share)
    (memory.judged, work.judged) = (memory.measured, work.measured)
    work.notes = ["\(period) s, a message to all every 30 s"]
    for daemon in daemons { try daemon.finish() }
    return [memory, work]
  }
}
