#if FAULTS
  import Foundation
  import Simulation
  import WireFormat

  /// The command line of the simulator.
  ///
  /// The work is done by processes of its own, one a job: a run must hash as its replay does, and
  /// that is settled by the environment of a process.
  enum Simulator {
    struct Options {
      var seed = UInt64.random(in: 0...(1 << 62))
      var count = 1
      var steps = 40
      var agents: Int?
      var jobs = ProcessInfo.processInfo.activeProcessorCount
      var isTracing = false
      var mutants: [Mutant] = []
    }

    static let usage = """
      usage: deaddrop-sim [--seed N] [--count N] [--steps M] [--agents K] [--jobs J] [--trace]
                          [--mutants | --mutant NAME]
      """

    static func run(_ arguments: [String]) -> Int32 {
      guard let options = read(arguments) else {
        print(usage)
        return 2
      }
      if Jobs.isWorker {
        return options.mutants.isEmpty ? simulate(options) : MutantHunt.run(options)
      }
      return Jobs.run(options)
    }

    private static func simulate(_ options: Options) -> Int32 {
      var counts: [String: Int] = [:]
      for offset in 0..<options.count {
        let plan = Plan(
          seed: options.seed &+ UInt64(offset), stepCount: options.steps,
          memberCount: options.agents)
        let outcome = Simulation.run(plan, isTracing: options.isTracing)
        counts.merge(outcome.counts, uniquingKeysWith: +)
        for line in outcome.trace { print(line) }
        if let violation = outcome.violation {
          report(violation, plan)
          return 1
        }
      }
      Jobs.tell(counts)
      return 0
    }

    private static func report(_ violation: Violation, _ plan: Plan) {
      print("seed \(plan.seed): \(violation)")
      let shrunk = Simulation.shrink(plan, violation)
      print("shrunk from \(plan.steps.count) to \(shrunk.steps.count) steps:")
      for line in Simulation.run(shrunk, isTracing: true).trace { print("  \(line)") }
      print("again: make sim SEED=\(plan.seed) COUNT=1 STEPS=\(plan.steps.count)")
    }

    private static func read(_ arguments: [String]) -> Options? {
      var options = Options()
      var rest = arguments[...]
      while let word = rest.popFirst() {
        switch word {
        case "--trace": options.isTracing = true
        case "--mutants": options.mutants = MutantHunt.all
        case "--mutant":
          guard let name = rest.popFirst(), let mutant = MutantHunt.mutant(named: name) else {
            return nil
          }
          options.mutants.append(mutant)
        default:
          guard let value = rest.popFirst().flatMap({ UInt64($0) }), value <= .max >> 1,
            take(word, value, &options)
          else { return nil }
        }
      }
      return options
    }

    private static func take(_ word: String, _ value: UInt64, _ options: inout Options) -> Bool {
      switch word {
      case "--seed": options.seed = value
      case "--count": options.count = max(1, Int(value))
      case "--steps": options.steps = Int(value)
      case "--agents": options.agents = min(8, max(2, Int(value)))
      case "--jobs": options.jobs = min(64, max(1, Int(value)))
      default: return false
      }
      return true
    }
  }
#endif
