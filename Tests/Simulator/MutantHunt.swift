#if FAULTS
  import Foundation
  import Simulation
  import WireFormat

  /// Makes each fault in turn and looks for a seed under which a promise is broken.
  enum MutantHunt {
    #if MUTANTS
      static let all = Mutant.allCases
      static func name(of mutant: Mutant) -> String { mutant.name }
    #else
      static let all: [Mutant] = []
      static func name(of mutant: Mutant) -> String { "" }
    #endif

    static func mutant(named name: String) -> Mutant? {
      all.first { Self.name(of: $0) == name }
    }

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

    /// At once, while others are still hunted for.
    private static func tell(_ words: String) {
      FileHandle.standardError.write(Data((words + "\n").utf8))
    }

    private static func hunt(_ mutant: Mutant, _ options: Simulator.Options) -> Bool {
      for offset in 0..<options.count {
        let plan = Plan(
          seed: options.seed &+ UInt64(offset), stepCount: options.steps,
          memberCount: options.agents)
        guard let violation = Simulation.run(plan).violation else { continue }
        tell("caught: \(name(of: mutant)): seed \(plan.seed), \(violation)")
        return true
      }
      tell("SURVIVED: \(name(of: mutant)): \(options.count) seeds from \(options.seed)")
      return false
    }
  }
#endif
