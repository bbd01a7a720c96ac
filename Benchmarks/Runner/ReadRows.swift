import DeadDropKit
import Host
import Wire
import WireFormat

/// What one new line costs a reader, and what none costs, however long the log is.
struct ReadRows {
  let bench: Bench
  let logs: Logs

  func measure() throws -> [Row] { try oneNew() + [try nothingNew()] }

  /// A writer and a reader of one wire, kept open.
  private struct Pair: ~Copyable {
    var writing: Writing
    let draft: Draft
    var session: Session

    init(_ wire: BenchWire) throws {
      let writing = try Writing(wire, as: wire.writer)
      let draft = try wire.draft(by: wire.writer)
      var session = try wire.open(as: wire.reader)
      _ = try session.catchUp()
      self.writing = writing
      self.draft = draft
      self.session = session
    }

    /// Seconds from a line that is on disk to its being shown; marking it as read is not in it.
    mutating func read() throws -> Double {
      let receipt = try writing.append(draft)
      let start = MonotonicClock.now()
      _ = try session.catchUp(saves: false)
      let inbox = try session.inbox(
        session: Session.defaultSession, limit: nil, isPeek: false)
      let end = MonotonicClock.now()
      guard inbox.lines.map(\.eventID) == [receipt.eventID] else {
        throw BenchFailure("the new line and it alone was not shown")
      }
      _ = try session.commitRead()
      return Double(end - start) / 1e9
    }
  }

  private func oneNew() throws -> [Row] {
    let counts = logs.lineCounts
    var row = Row(
      "read/new", "read 1 new of \(counts[1]), library", .atMost(100e-6), .seconds)
    var flat = Row(
      "read/flat", "read 1 new of \(counts[2])", .atMost(1.1), .times)
    let wires = try logs.wires()
    var small = try Pair(wires[0])
    var middle = try Pair(wires[1])
    var big = try Pair(wires[2])
    var times: [[Double]] = [[], [], []]
    for round in 0..<bench.plan.size(210, quick: 60) {
      let found = [try small.read(), try middle.read(), try big.read()]
      // The first rounds read what no process had read before.
      guard round >= 10 else { continue }
      for (index, time) in found.enumerated() { times[index].append(time) }
    }
    row.measured = Measure(times[1], .seconds)
    row.judged = row.measured
    row.notes = try inMemory(wires[0]) + python(wires[1])
    flat.measured = Measure(times[2], .seconds)
    flat.against = ("of \(counts[0])", Measure(times[0], .seconds))
    flat.judged = Measure(zip(times[2], times[0]).map { $0 / $1 }, .times)
    return [row, flat]
  }

  /// The same where fsync costs nothing: what is left is computing.
  private func inMemory(_ wire: BenchWire) throws -> [String] {
    guard let memory = bench.plan.memory else { return [] }
    var pair = try Pair(try wire.copy(to: memory + "/read"))
    var times: [Double] = []
    for _ in 0..<bench.plan.size(200, quick: 50) { times.append(try pair.read()) }
    return ["on tmpfs, where a sync costs nothing: \(Measure(times, .seconds).text)"]
  }

  private func python(_ wire: BenchWire) throws -> [String] {
    let peers = try Peers(bench.plan, for: wire)
    let log = try wire.logPath(of: wire.writer)
    var session = try wire.open(as: wire.reader)
    _ = try session.catchUp()
    guard let seq = session.reader.store.records[wire.writer]?.head.seq,
      let read = try peers.readByPython(log, after: seq - 1)
    else { return [] }
    return ["Python, every line parsed: \(Unit.seconds.text(read.seconds))"]
  }

  /// A cold `inbox` of a big log that has been read, beside a cold `send` that waits for no disk.
  private func nothingNew() throws -> Row {
    var row = Row(
      "read/nothing", "inbox, cold, nothing new of \(logs.lineCounts[2])", .atMost(1.5), .times)
    guard let memory = bench.plan.memory else { return row.skipped(Bench.noMemory) }
    let wire = try logs.wires()[2]
    let other = try BenchWire.found(in: memory + "/inbox")
    let sends = SendRows(bench: bench)
    try wire.readAll(as: wire.reader)
    var own: [Double] = []
    var sending: [Double] = []
    for _ in 0..<bench.plan.size(200, quick: 50) {
      sending.append(try sends.send(other))
      own.append(
        try Child.run(
          [bench.plan.binary, "inbox"], environment: wire.environment(as: wire.reader)))
    }
    row.measured = Measure(own, .seconds)
    row.against = ("send on tmpfs", Measure(sending, .seconds))
    row.judged = Measure(zip(own, sending).map { $0 / $1 }, .times)
    row.notes = ["send without sync is a whole cold `send` on tmpfs, where fsync costs nothing"]
    return row
  }
}
