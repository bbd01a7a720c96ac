import Host
import Wire
import WireFormat

/// The library's append by one writer, with and without waiting for the disk.
struct WriteRows {
  let bench: Bench

  func measure() throws -> [Row] { [try unsynced(), try durable()] }

  private var seconds: Double { bench.plan.size(1, quick: 0.3) }

  /// Lines a second of the library's append.
  private func rate(_ writing: inout Writing, _ draft: Draft) throws -> Double {
    let start = MonotonicClock.now()
    let end = start + Int64(seconds * 1e9)
    var count = 0
    while MonotonicClock.now() < end {
      _ = try writing.append(draft)
      count += 1
    }
    return Double(count) * 1e9 / Double(MonotonicClock.now() - start)
  }

  private func unsynced() throws -> Row {
    var row = Row("write/sign", "sign + append, no sync, library", .atLeast(0.65), .share)
    guard let memory = bench.plan.memory else { return row.skipped(Bench.noMemory) }
    let wire = try BenchWire.found(in: memory + "/write")
    let directory = try bench.newDirectory("write-python", in: memory)
    let peers = try Peers(bench.plan, for: wire)
    var writing = try Writing(wire, as: wire.writer, synchronizes: false)
    let draft = try wire.draft(by: wire.writer)
    var own: [Double] = []
    var signing: [Double] = []
    var python: [Double] = []
    for _ in 0..<5 {
      signing.append(try peers.signRate(seconds: seconds))
      own.append(try rate(&writing, draft))
      let count = bench.plan.size(10_000, quick: 3_000)
      if let rate = try peers.writeRateOfPython(in: directory, count: count, syncs: false) {
        python.append(rate)
      }
    }
    row.measured = Measure(own, .perSecond)
    row.against = ("sign", Measure(signing, .perSecond))
    row.judged = Measure(zip(own, signing).map { $0 / $1 }, .share)
    row.notes = ["on tmpfs, where a sync costs nothing"] + noted(python)
    try bench.requireSound(wire)
    return row
  }

  private func durable() throws -> Row {
    var row = Row("write/durable", "durable append, one writer", .atLeast(0.8), .share)
    let wire = try bench.newWire("durable")
    let directory = try bench.newDirectory("durable-python")
    let peers = try Peers(bench.plan, for: wire)
    var writing = try Writing(wire, as: wire.writer)
    let draft = try wire.draft(by: wire.writer)
    let log = try wire.logPath(of: wire.writer)
    let before = try bench.byteCount(of: log)
    _ = try writing.append(draft)
    let byteCount = try bench.byteCount(of: log) - before
    var own: [Double] = []
    var syncing: [Double] = []
    var python: [Double] = []
    for _ in 0..<bench.plan.size(9, quick: 5) {
      syncing.append(
        try peers.appendRate(in: directory, byteCount: Int(byteCount), seconds: seconds))
      own.append(try rate(&writing, draft))
      let count = bench.plan.size(1000, quick: 200)
      if let rate = try peers.writeRateOfPython(in: directory, count: count, syncs: true) {
        python.append(rate)
      }
    }
    row.measured = Measure(own, .perSecond)
    row.against = ("fdatasync of \(byteCount) bytes", Measure(syncing, .perSecond))
    row.judged = Measure(zip(own, syncing).map { $0 / $1 }, .share)
    row.notes = noted(python)
    try bench.requireSound(wire)
    return row
  }

  private func noted(_ rates: [Double]) -> [String] {
    rates.isEmpty ? [] : ["Python, key and log kept open: \(Measure(rates, .perSecond).text)"]
  }
}
