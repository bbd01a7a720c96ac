import Host
import WireFormat

/// The peak memory of `verify`, which must not grow with the log.
struct MemoryRows {
  let bench: Bench

  func measure() throws -> [Row] {
    let small = bench.plan.size(100_000_000, quick: 10_000_000)
    let big = bench.plan.size(1_000_000_000, quick: 100_000_000)
    let names = [small, big].map { "\($0 / 1_000_000) MB" }
    var most = Row("memory/most", "verify of \(names[1]), memory", .atMost(16e6), .bytes)
    var flat = Row("memory/flat", "verify of \(names[1]), memory", .atMost(1.1), .times)
    let wire = try bench.newWire("memory")
    let peers = try Peers(bench.plan, for: wire)
    var writing = try Writing(wire, as: wire.writer, synchronizes: false)
    var found: [[Double]] = []
    var size = 0
    for target in [small, big] {
      bench.say("writing a log of \(target / 1_000_000) MB")
      let draft = try wire.draft(by: wire.writer, extraByteCount: Self.bodyByteCount)
      try writing.grow(by: (target - size) / (Self.bodyByteCount + 700), draft)
      size = Int(try bench.byteCount(of: wire.logPath(of: wire.writer)))
      found.append(
        try (0..<3).map { _ in
          try peers.peak(
            of: [bench.plan.binary, "verify", "--outsider"],
            environment: wire.environment(as: wire.reader)
          ).byteCount
        })
    }
    try bench.remove(wire)
    most.measured = Measure(found[1], .bytes)
    most.judged = most.measured
    flat.measured = most.measured
    flat.against = ("verify of \(names[0])", Measure(found[0], .bytes))
    flat.judged = Measure(zip(found[1], found[0]).map { $0 / $1 }, .times)
    most.notes = ["lines of \(Self.bodyByteCount + 700) bytes; of short ones: see audit"]
    return [most, flat]
  }

  private static let bodyByteCount = 8_000
}
