import DeadDropKit
import Host
import Protocol
import Synchronization
import Wire
import WireFormat

/// What one turn of a daemon costs: on a wire that has seen much, and where nothing is new.
struct TurnRows {
  let bench: Bench

  func measure() throws -> [Row] { try new() + [try idle()] }

  /// One line came since the last turn, and a beat is due, as it is a second after any other.
  private func new() throws -> [Row] {
    let count = bench.plan.size(1_500, quick: 300)
    let besides = "beside \(count) incidents"
    var request = Row("daemon/turn", "a new request \(besides)", .atMost(0.005), .seconds)
    var incident = Row(
      "daemon/turn-incident", "a new incident \(besides)", .atMost(0.04), .seconds)
    guard let memory = bench.plan.memory else {
      return [request.skipped(Bench.noMemory), incident.skipped(Bench.noMemory)]
    }
    var attended = try AttendedWire(try BenchWire.found(in: memory + "/turn"), incidents: count)
    let rounds = bench.plan.size(60, quick: 20)
    let plain = try attended.turns(rounds, .request, isAsking: false)
    request.measured = Measure(
      try attended.turns(rounds, .request, isAsking: true), .seconds)
    request.judged = request.measured
    incident.measured = Measure(
      try attended.turns(rounds, .incident, isAsking: true), .seconds)
    incident.judged = incident.measured
    request.notes = [
      "it asks for an answer; one that asks for none: \(Measure(plain, .seconds).text)"
    ]
    return [request, incident]
  }

  private func idle() throws -> Row {
    let count = bench.plan.size(100_000, quick: 10_000)
    var row = Row(
      "daemon/turn-idle", "nothing new of \(count) lines", .atMost(0.0005), .seconds)
    let wire = try bench.newWire("daemon-turn-idle")
    var writing = try Writing(wire, as: wire.writer, synchronizes: false)
    try writing.grow(by: count, try wire.draft(by: wire.writer))
    var daemon = Daemon(try wire.open(as: wire.reader))
    for _ in 0..<2 { _ = try daemon.turn() }
    var seconds: [Double] = []
    for _ in 0..<200 {
      let start = MonotonicClock.now()
      let turn = try daemon.turn()
      seconds.append(Double(MonotonicClock.now() - start) / 1e9)
      guard !turn.hasNews, turn.beat == nil, turn.failure == nil else {
        throw BenchFailure("a turn that found nothing did something")
      }
    }
    row.measured = Measure(seconds, .seconds)
    row.judged = row.measured
    return row
  }
}

/// A wire with many acked incidents, one that writes there, and a daemon whose seconds pass at will.
private struct AttendedWire: ~Copyable {
  private let wire: BenchWire
  private var writing: Writing
  private var daemon: Daemon
  private let ahead: Ahead

  init(_ wire: BenchWire, incidents count: Int) throws {
    var writing = try Writing(wire, as: wire.writer)
    try writing.grow(by: count, try Self.draft(wire, .incident, isAsking: true))
    try writing.grow(by: count, try Self.draft(wire, .request, isAsking: false))
    var session = try wire.open(as: wire.reader)
    let ahead = Ahead()
    ahead.rule(&session)
    var daemon = Daemon(session)
    _ = try daemon.turn()
    self.wire = wire
    self.writing = writing
    self.daemon = daemon
    self.ahead = ahead
  }

  /// Seconds that each of so many turns took which found one such line, and beat.
  mutating func turns(
    _ count: Int, _ type: MessageType, isAsking: Bool
  ) throws -> [Double] {
    let draft = try Self.draft(wire, type, isAsking: isAsking)
    return try (0..<count).map { _ in
      _ = try writing.append(draft)
      ahead.pass()
      let start = MonotonicClock.now()
      let turn = try daemon.turn()
      let end = MonotonicClock.now()
      if let failure = turn.failure { throw failure }
      guard turn.hasNews, turn.beat != nil else {
        throw BenchFailure("a turn did not find the new line, or did not beat")
      }
      return Double(end - start) / 1e9
    }
  }

  private static func draft(
    _ wire: BenchWire, _ type: MessageType, isAsking: Bool
  ) throws -> Draft {
    var draft = try wire.draft(by: wire.writer)
    (draft.type, draft.ackRequired) = (type, isAsking)
    return draft
  }
}

/// How far the clocks of a session are ahead of the machine's.
private final class Ahead: Sendable {
  private let milliseconds = Mutex(0)

  func pass() { milliseconds.withLock { $0 += 2_000 } }

  func rule(_ session: inout Session) {
    session.bootClock = { self.shift(.now()) }
    session.awakeClock = { self.shift(.awake()) }
  }

  private func shift(_ moment: BootMoment) -> BootMoment {
    BootMoment(
      boot: moment.boot, milliseconds: moment.milliseconds + milliseconds.withLock { $0 })
  }
}
