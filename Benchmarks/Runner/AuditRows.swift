import Host
import WireFormat

/// `verify` of a whole log, beside what the processors can verify and what Python does.
struct AuditRows {
  let bench: Bench
  let logs: Logs

  func measure() throws -> [Row] { [try everySignature(), try byChain()] }

  private func audit(
    _ wire: BenchWire, _ peers: Peers, _ options: [String]
  ) throws -> (seconds: Double, byteCount: Double) {
    try peers.peak(
      of: [bench.plan.binary, "verify", "--outsider"] + options,
      environment: wire.environment(as: wire.reader))
  }

  private func everySignature() throws -> Row {
    var row = Row("audit/signatures", "audit, every signature", .atLeast(0.85), .share)
    let wire = try logs.wires()[1]
    let lineCount = Double(logs.lineCounts[1])
    let peers = try Peers(bench.plan, for: wire)
    let cores = processorCount()
    var own: [Double] = []
    var verifying: [Double] = []
    var together: [Double] = []
    var memory: [Double] = []
    for _ in 0..<bench.plan.size(5, quick: 3) {
      verifying.append(try peers.verifyRate(seconds: bench.plan.size(1, quick: 0.3)))
      together.append(try peers.verifyRateOfAll(seconds: bench.plan.size(1, quick: 0.3)))
      let audit = try audit(wire, peers, ["--every-signature"])
      own.append(lineCount / audit.seconds)
      memory.append(audit.byteCount)
    }
    row.measured = Measure(own, .perSecond)
    let limit = verifying.map { $0 * Double(cores) }
    row.against = ("\(cores) cores x verify", Measure(limit, .perSecond))
    row.judged = Measure(zip(own, limit).map { $0 / $1 }, .share)
    row.notes = [
      "\(Int(lineCount)) lines; \(cores) verifying at once: \(Measure(together, .perSecond).text)",
      "peak memory \(Measure(memory, .bytes).text)",
    ]
    return row
  }

  private func byChain() throws -> Row {
    var row = Row("audit/chain", "audit by chain", .atLeast(40), .times)
    let wire = try logs.wires()[2]
    let lineCount = logs.lineCounts[2]
    let peers = try Peers(bench.plan, for: wire)
    let log = try wire.logPath(of: wire.writer)
    var own: [Double] = []
    var python: [Double] = []
    var memory: [Double] = []
    // Once before, so that the log is in memory for all.
    _ = try audit(wire, peers, [])
    for _ in 0..<bench.plan.size(5, quick: 3) {
      let limit = bench.plan.size(20_000, quick: 5_000)
      if let read = try peers.readByPython(log, limit: limit) {
        python.append(Double(read.lineCount) / read.seconds)
      }
      let audit = try audit(wire, peers, [])
      own.append(Double(lineCount) / audit.seconds)
      memory.append(audit.byteCount)
    }
    row.measured = Measure(own, .perSecond)
    row.notes = [
      "\(lineCount) lines on \(processorCount()) cores; peak memory \(Measure(memory, .bytes).text)"
    ]
    guard !python.isEmpty else { return row.skipped(Bench.noPython) }
    row.against = ("Python audit, 1 process", Measure(python, .perSecond))
    row.judged = Measure(zip(own, python).map { $0 / $1 }, .times)
    return row
  }
}
