#if FAULTS
  import Foundation
  import Simulation
  import WireFormat

  /// Makes each fault in turn and looks for a seed under which a promise is broken.
  enum MutantHunt {
    static func run(_ mutants: [Mutant], _ options: Simulator.Options) -> Int32 {
      #if MUTANTS
        let first = options.seed ?? UInt64.random(in: 0...(1 << 62))
        let start = Date()
        var survivors: [Mutant] = []
        for mutant in mutants {
          unsafe Mutant.active = mutant
          if !hunt(mutant, from: first, options) { survivors.append(mutant) }
        }
        let seconds = String(format: "%.1f", Date().timeIntervalSince(start))
        let caught = mutants.count - survivors.count
        print("\(caught) of \(mutants.count) mutants caught in \(seconds) s")
        return survivors.isEmpty ? 0 : 1
      #else
        print("built without mutants: make mutants")
        return 2
      #endif
    }

    private static func hunt(
      _ mutant: Mutant, from first: UInt64, _ options: Simulator.Options
    ) -> Bool {
      for offset in 0..<options.count {
        let plan = Plan(
          seed: first &+ UInt64(offset), stepCount: options.steps, memberCount: options.agents)
        guard let violation = Simulation.run(plan).violation else { continue }
        print("caught: \(mutant.rawValue): seed \(plan.seed), \(violation)")
        return true
      }
      print("SURVIVED: \(mutant.rawValue): \(options.count) seeds from \(first)")
      return false
    }
  }
#endif
