#if FAULTS
  import Foundation
  import Simulation
  import WireFormat

  /// Makes each fault in turn and looks for a seed under which a promise is broken.
  enum MutantHunt {
    #if MUTANTS
      static let all = Mutant.allCases
      static func name(of mutant: Mutant) -> String { mutant.name }

      static func run(_ options: Simulator.Options) -> Int32 {
        let caught = options.mutants.count { hunt($0, options) }
        Jobs.tell(["caught": caught])
        return caught == options.mutants.count ? 0 : 1
      }

      private static func hunt(_ mutant: Mutant, _ options: Simulator.Options) -> Bool {
        for offset in 0..<options.count {
          let plan = Plan(
            seed: options.seed &+ UInt64(offset), stepCount: options.steps,
            memberCount: options.agents)
          guard let violation = violation(plan, with: mutant) else { continue }
          // What is found without the fault as well is not found because of it.
          guard Self.violation(plan, with: nil) == nil else {
            tell("FALSE ALARM: seed \(plan.seed), \(violation)")
            continue
          }
          tell("caught: \(mutant.name): seed \(plan.seed), number \(offset + 1), \(violation)")
          return true
        }
        tell("SURVIVED: \(mutant.name): \(options.count) seeds from \(options.seed)")
        return false
      }

      private static func violation(_ plan: Plan, with mutant: Mutant?) -> Violation? {
        unsafe Mutant.active = mutant
        defer { unsafe Mutant.active = nil }
        return Simulation.run(plan).violation
      }

      /// At once, while others are still hunted for.
      private static func tell(_ words: String) {
        FileHandle.standardError.write(Data((words + "\n").utf8))
      }
    #else
      static let all: [Mutant] = []
      static func name(of mutant: Mutant) -> String { "" }

      static func run(_ options: Simulator.Options) -> Int32 {
        print("built without mutants: make mutants")
        return 2
      }
    #endif

    static func mutant(named name: String) -> Mutant? {
      all.first { Self.name(of: $0) == name }
    }
  }
#endif
