import Host
import WireFormat

/// Wires whose log is small, middling and big; the bigger ones have grown from the smaller.
final class Logs {
  private let bench: Bench
  private var made: [BenchWire] = []

  init(_ bench: Bench) { self.bench = bench }

  /// So many lines the writer of each wire has written, about.
  var lineCounts: [Int] {
    bench.plan.size([1_000, 100_000, 1_000_000], quick: [1_000, 10_000, 100_000])
  }

  /// Made once, and kept until the scratch directory goes.
  func wires() throws -> [BenchWire] {
    if !made.isEmpty { return made }
    let big = try bench.newWire("log-big")
    let draft = try big.draft(by: big.writer)
    var wires: [BenchWire] = []
    var count = 0
    for (index, target) in lineCounts.enumerated() {
      bench.say("writing a log of \(target) lines")
      var writing = try Writing(big, as: big.writer, synchronizes: false)
      try writing.grow(by: target - count - 1, draft)
      count = target
      try big.skipAll()
      if index < lineCounts.count - 1 {
        wires.append(try big.copy(to: "\(bench.plan.scratch)/log-\(target)"))
      }
    }
    made = wires + [big]
    return made
  }
}
