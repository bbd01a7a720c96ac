import TestSupport
import Testing
import WireFormat

@testable import Protocol

@Suite("The state is the same for every interleaving that keeps each chain's order")
struct InterleavingTests {
  private static let orders = 5
  private static let seeds = 200
  private static let seedsInACase = 20

  /// The states of random interleavings are all that of one chain after another.
  private func check(
    _ genesis: Genesis, _ chains: [[Message]], _ random: inout RandomSource, _ name: String
  ) -> Bool {
    var expected = WireState(genesis)
    for message in chains.joined() { _ = expected.fold(message) }
    let rendering = expected.wholeRendering
    for order in 0..<Self.orders {
      var state = WireState(genesis)
      for message in random.interleave(chains) { _ = state.fold(message) }
      let found = state.wholeRendering
      guard found != rendering else { continue }
      let apart = found.difference(from: rendering)
      Issue.record("\(name), order \(order): \(apart)")
      return false
    }
    return true
  }

  @Test("of the wires of the vectors", arguments: WireVector.all)
  func vectors(vector: WireVector) throws {
    var random = RandomSource("interleaving \(vector.name)")
    let genesis = try vector.state().genesis
    #expect(check(genesis, try vector.facts(), &random, vector.name))
  }

  @Test("of random wires", arguments: 0..<(seeds / seedsInACase))
  func random(block: Int) throws {
    for seed in block * Self.seedsInACase..<(block + 1) * Self.seedsInACase {
      let wire = try TestWire.random("interleaving \(seed)")
      var random = RandomSource("orders \(seed)")
      let chains = wire.handles.map { wire.messages(of: $0) }
      guard check(wire.genesis, chains, &random, "wire \(seed)") else { return }
    }
  }

  @Test("random wires reach every status")
  func coverage() throws {
    var counts: [ProposalStatus: Int] = [:]
    var effects = 0
    var cuts = 0
    var claims = [0, 0, 0, 0]
    for seed in 0..<80 {
      let state = try TestWire.random("interleaving \(seed)").state
      let history = state.history
      for proposal in state.proposals.values {
        counts[state.status(of: proposal, under: history), default: 0] += 1
      }
      effects += history.counting.count
      cuts += history.cuts.count
      let standings = state.claimStandings(under: history)
      for entry in standings.entries {
        switch entry.status {
        case .holds: claims[0] += 1
        case .lost: claims[1] += 1
        case .pending: claims[2] += 1
        }
      }
      claims[3] += standings.takenOver.count
    }
    let all: Set<ProposalStatus> = [
      .ratified, .reverted, .withdrawn, .declined, .countered, .escalated, .acked, .open, .pending,
    ]
    #expect(all.isSubset(of: counts.keys), "\(counts)")
    #expect(effects > 40 && cuts > 4, "\(effects) effects, \(cuts) cuts")
    #expect(claims[0] > 40 && claims[1] > 40 && claims[3] > 4, "\(claims)")
  }

  @Test("folding a line twice changes nothing")
  func twice() throws {
    let wire = try TestWire.random("twice")
    var state = wire.state
    let once = state.wholeRendering
    for handle in wire.handles.reversed() {
      for message in wire.messages(of: handle) { _ = state.fold(message) }
    }
    #expect(state.wholeRendering == once)
  }
}

extension TestWire {
  fileprivate static func random(_ name: String) throws -> TestWire {
    try WireGenerator.wire(RandomSource(name))
  }
}

extension WireState {
  /// The rendering of all that can be asked, and the order in which effects were judged.
  fileprivate var wholeRendering: [String] {
    rendering + history.counting.map { "counts \($0.decision) after \($0.closure.sorted())" }
  }
}
