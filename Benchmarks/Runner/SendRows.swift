import Host
import Wire
import WireFormat

/// One cold, durable `deaddrop send`, beside the same by Python and by C.
struct SendRows {
  let bench: Bench

  func measure() throws -> [Row] {
    var python = Row("send/python", "send, cold, durable", .atLeast(25), .times)
    var c = Row("send/c", "send, cold, durable", .atMost(2), .times)
    let wire = try bench.newWire("send")
    let peers = try Peers(bench.plan, for: wire)
    let directories = try ["send-c", "send-python"].map(bench.newDirectory)
    var own: [Double] = []
    var byC: [Double] = []
    var byPython: [Double] = []
    for round in 0..<bench.plan.size(200, quick: 40) {
      // Who comes first changes, so that none is always behind the same one's disk writes.
      for step in 0..<3 {
        switch (round + step) % 3 {
        case 0: own.append(try send(wire))
        case 1: byC.append(try peers.sendByC(in: directories[0]))
        default:
          if let time = try peers.sendByPython(in: directories[1]) { byPython.append(time) }
        }
      }
    }
    python.measured = Measure(own, .seconds)
    c.measured = Measure(own, .seconds)
    c.against = ("static C", Measure(byC, .seconds))
    c.judged = Measure(zip(own, byC).map { $0 / $1 }, .times)
    if byPython.isEmpty {
      python = python.skipped(Bench.noPython)
    } else {
      python.against = ("Python one-shot", Measure(byPython, .seconds))
      python.judged = Measure(zip(byPython, own).map { $0 / $1 }, .times)
    }
    try bench.requireSound(wire)
    try checkPeers(peers, directories)
    return [python, c, try instructions(wire)]
  }

  private func words(_ wire: BenchWire) -> [String] {
    [
      bench.plan.binary, "send", "request", "--to", wire.writer.name, "--subject",
      BenchText.subject, "--body", BenchText.body,
    ]
  }

  func send(_ wire: BenchWire) throws -> Double {
    try Child.run(words(wire), environment: wire.environment(as: wire.reader))
  }

  /// What the peers wrote has to be the real thing.
  private func checkPeers(_ peers: Peers, _ directories: [String]) throws {
    for directory in directories where bench.plan.python != nil {
      _ = try peers.readByPython(directory + "/log.jsonl")
    }
  }

  /// Instructions under callgrind, which no other load on the machine changes.
  private func instructions(_ wire: BenchWire) throws -> Row {
    var row = Row(
      "send/instructions", "send, instructions", .atMost(1_200_000), .instructions)
    guard let valgrind = bench.plan.valgrind else {
      return row.skipped("valgrind is not installed")
    }
    var after: [Double] = []
    var idle: [Double] = []
    for _ in 0..<3 {
      after.append(try count(valgrind, wire))
      try wire.readAll(as: wire.reader)
      idle.append(try count(valgrind, wire))
    }
    row.measured = Measure(after, .instructions)
    row.judged = row.measured
    let read = Unit.instructions.text(Spread(idle).median)
    row.notes = ["after a send of the same agent; with nothing new to read at all \(read)"]
    return row
  }

  private func count(_ valgrind: String, _ wire: BenchWire) throws -> Double {
    let log = bench.plan.scratch + "/valgrind.log"
    try Child.run(
      [
        valgrind, "--tool=callgrind", "--callgrind-out-file=\(bench.plan.scratch)/callgrind",
        "--log-file=\(log)",
      ] + words(wire), environment: wire.environment(as: wire.reader))
    let bytes = try Directory.open(bench.plan.scratch, followLast: true)
      .readFile("valgrind.log", limit: 1 << 20, policy: .anyOwner)
    // "==1234== Collected : 5567533"
    let lines = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.contains("Collected") }),
      let value = line.split(separator: " ").last.flatMap({ Double($0) })
    else { throw BenchFailure("valgrind counted no instructions") }
    return value
  }
}
