#if FAULTS
  /// A SplitMix64 stream of a simulation: all chance in it comes from one seed.
  package struct SimulationRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
      return mixed ^ mixed >> 31
    }

    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    /// True once in `count` times.
    package mutating func once(in count: Int) -> Bool { below(count) == 0 }

    /// One of the choices, of which there must be some.
    package mutating func pick<Element>(_ choices: [Element]) -> Element {
      choices[below(choices.count)]
    }

    package mutating func maybePick<Element>(_ choices: [Element]) -> Element? {
      choices.isEmpty ? nil : pick(choices)
    }

    /// A stream of its own.
    package mutating func fork() -> SimulationRandom { SimulationRandom(seed: next()) }
  }
#endif
