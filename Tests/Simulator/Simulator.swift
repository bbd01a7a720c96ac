#if FAULTS
  import Foundation
  import Simulation
  import WireFormat

  /// The command line of the simulator.
  enum Simulator {
    struct Options {
      var seed: UInt64?
      var count = 1
      var steps = 60
      var agents: Int?
      var isTracing = false
      var mutants: [Mutant] = []
    }

    static func run(_ arguments: [String]) -> Int32 {
      guard let options = read(arguments) else {
        print(
          "usage: deaddrop-sim [--seed N] [--count N] [--steps M] [--agents K] [--trace]"
            + " [--mutants | --mutant NAME]")
        return 2
      }
      guard options.mutants.isEmpty else { return MutantHunt.run(options.mutants, options) }
      let first = options.seed ?? UInt64.random(in: 0...(1 << 62))
      let start = Date()
      var counts: [String: Int] = [:]
      for offset in 0..<options.count {
        let plan = Plan(
          seed: first &+ UInt64(offset), stepCount: options.steps, memberCount: options.agents)
        let outcome = Simulation.run(plan, isTracing: options.isTracing)
        counts.merge(outcome.counts, uniquingKeysWith: +)
        if options.isTracing { for line in outcome.trace { print(line) } }
        if let violation = outcome.violation {
          report(violation, plan, options)
          return 1
        }
      }
      let seconds = Date().timeIntervalSince(start)
      print(
        "\(options.count) simulations from seed \(first), \(options.steps) steps each:"
          + " no promise broken in \(String(format: "%.1f", seconds)) s")
      print(
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
      return 0
    }

    private static func report(_ violation: Violation, _ plan: Plan, _ options: Options) {
      print("seed \(plan.seed): \(violation)")
      let shrunk = Simulation.shrink(plan, violation)
      print("shrunk from \(plan.steps.count) to \(shrunk.steps.count) steps:")
      for line in Simulation.run(shrunk, isTracing: true).trace { print("  \(line)") }
      print("again: deaddrop-sim --seed \(plan.seed) --steps \(options.steps) --trace")
    }

    private static func read(_ arguments: [String]) -> Options? {
      var options = Options()
      var rest = arguments[...]
      while let word = rest.popFirst() {
        switch word {
        case "--trace":
          options.isTracing = true
          continue
        case "--mutants":
          options.mutants = Mutant.allCases
          continue
        case "--mutant":
          guard let mutant = rest.popFirst().flatMap({ Mutant(rawValue: $0) }) else { return nil }
          options.mutants.append(mutant)
          continue
        default: break
        }
        guard let value = rest.popFirst().flatMap({ UInt64($0) }) else { return nil }
        switch word {
        case "--seed": options.seed = value
        case "--count": options.count = Int(clamping: value)
        case "--steps": options.steps = Int(clamping: value)
        case "--agents": options.agents = min(8, max(2, Int(clamping: value)))
        default: return nil
        }
      }
      return options
    }
  }
#endif
