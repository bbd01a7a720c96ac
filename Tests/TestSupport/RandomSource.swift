import Foundation

/// The seed of this run: `DEADDROP_SEED` to replay, else a fresh one.
package enum RunSeed {
  package static let value: UInt64 = {
    let given = ProcessInfo.processInfo.environment["DEADDROP_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: .min ... .max)
    print("random tests: replay with DEADDROP_SEED=\(seed)")
    return seed
  }()
}

/// A SplitMix64 stream; each test names its own, so that order and parallelism change nothing.
package struct RandomSource: RandomNumberGenerator {
  private var state: UInt64

  package init(_ stream: String) {
    state = RunSeed.value
    for byte in stream.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// True once in `count` times.
  package mutating func once(in count: Int) -> Bool { below(count) == 0 }

  /// One of the choices, of which there must be some.
  package mutating func pick<Choices: RandomAccessCollection>(
    _ choices: Choices
  ) -> Choices.Element {
    choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
  }

  /// Each element with even odds, in their order.
  package mutating func some<Element>(of elements: [Element]) -> [Element] {
    elements.filter { _ in once(in: 2) }
  }

  /// One order in which the lists can be taken, each of them from its front.
  package mutating func interleave<Element>(_ lists: [[Element]]) -> [Element] {
    var rest = lists.map { $0[...] }.filter { !$0.isEmpty }
    var merged: [Element] = []
    while !rest.isEmpty {
      let index = below(rest.count)
      merged.append(rest[index].removeFirst())
      if rest[index].isEmpty { rest.remove(at: index) }
    }
    return merged
  }
}
