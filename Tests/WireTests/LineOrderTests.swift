import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("The order of the lines in a log changes nothing")
struct LineOrderTests {
  private static let seeds = 60
  private static let seedsInACase = 15

  @Test("any permutation of a good wire is the same wire", arguments: 0..<(seeds / seedsInACase))
  func permutations(block: Int) throws {
    for seed in block * Self.seedsInACase..<(block + 1) * Self.seedsInACase {
      var random = RandomSource("permutation \(seed)")
      let wire = try WireGenerator.wire(random, steps: 12)
      let expected = try wire.audit()
      try #require(expected.badLines == [], "wire \(seed)")
      var shuffled = wire
      for handle in wire.handles { shuffled.logs[handle]?.shuffle(using: &random) }
      let found = try shuffled.audit()
      try #require(found.badLines == [], "wire \(seed)")
      try #require(found.decisions == expected.decisions)
      try #require(found.reading.heads == expected.reading.heads, "wire \(seed)")
      try #require(found.reading.state.rendering == expected.reading.state.rendering)
    }
  }

  @Test(
    "what is folded of a wire with forks, gaps and repeats is the same in any order",
    arguments: 0..<(seeds / seedsInACase))
  func damaged(block: Int) throws {
    for seed in block * Self.seedsInACase..<(block + 1) * Self.seedsInACase {
      var random = RandomSource("order \(seed)")
      var wire = try WireGenerator.wire(random, steps: 10)
      for _ in 0..<(1 + random.below(3)) { try wire.forkDropOrRepeat(&random) }
      let expected = try wire.audit()
      for order in 0..<2 {
        var shuffled = wire
        for handle in wire.handles { shuffled.logs[handle]?.shuffle(using: &random) }
        let found = try shuffled.audit()
        try #require(
          found.reading.folded == expected.reading.folded, "wire \(seed), order \(order)")
        try #require(
          found.reading.state.rendering == expected.reading.state.rendering,
          "wire \(seed), order \(order)")
        try #require(found.decisions == expected.decisions)
      }
    }
  }
}

extension TestWire {
  /// Damage by which no line loses its own signature.
  fileprivate mutating func forkDropOrRepeat(_ random: inout RandomSource) throws {
    let written = handles.filter { (logs[$0]?.count ?? 0) > 1 }
    guard !written.isEmpty else { return }
    let handle = random.pick(written)
    let count = logs[handle]?.count ?? 0
    let index = random.below(count)
    switch random.below(3) {
    case 0:
      // By the key that wrote the line, which is the first one's as far as the first key_add.
      let isFirst = !messages(of: handle).prefix(index).contains { $0.type.known == .keyAdd }
      let key = isFirst ? try TestKey("\(handle)/1") : writers[handle]?.key
      append(try variant(of: index, of: handle, key: key), to: handle)
    case 1: if index > 0 { dropLine(index, of: handle) }
    default: repeatLines(index..<min(count, index + 3), of: handle)
    }
  }
}

extension WireReading {
  var heads: [Handle: Head] { chains.mapValues(\.head) }

  /// The last seq of each chain that is folded.
  var folded: [Handle: Int] { chains.mapValues(\.foldedThrough) }
}
