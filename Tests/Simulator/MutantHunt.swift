#if FAULTS
  import Foundation
  import Simulation
  import WireFormat

  /// Makes each fault in turn and looks for a seed under which a promise is broken.
  enum MutantHunt {
    static func run(_ options: Simulator.Options) -> Int32 {
      #if MUTANTS
        var caught = 0
        for mutant in options.mutants {
          unsafe Mutant.active = mutant
          if hunt(mutant, options) { caught += 1 }
        }
        Jobs.tell(["caught": caught])
        return caught == options.mutants.count ? 0 : 1
      #else
        print("built without mutants: make mutants")
        return 2
      #endif
    }

    private static func hunt(_ mutant: Mutant, _ options: Simulator.Options) -> Bool {
      for offset in 0..<options.count {
        let plan = Plan(
          seed: options.seed &+ UInt64(offset), stepCount: options.steps,
          memberCount: options.agents)
        guard let violation = Simulation.run(plan).violation else { continue }
        print("caught: \(mutant.rawValue): seed \(plan.seed), \(violation)")
        return true
      }
      print("SURVIVED: \(mutant.rawValue): \(options.count) seeds from \(options.seed)")
      return false
    }
  }
#endif
