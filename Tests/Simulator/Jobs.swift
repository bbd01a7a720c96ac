#if FAULTS
  import Foundation
  import Simulation
  import WireFormat

  /// Shares the seeds, or the mutants, out among processes and adds up what they found.
  enum Jobs {
    private static let hashing = "SWIFT_DETERMINISTIC_HASHING"
    private static let mark = "counts:"

    static var isWorker: Bool { ProcessInfo.processInfo.environment[hashing] == "1" }

    /// A worker's way to tell what was reached.
    static func tell(_ counts: [String: Int]) {
      for (what, count) in counts.sorted(by: { $0.key < $1.key }) {
        print("\(mark)\(count) \(what)")
      }
    }

    static func run(_ options: Simulator.Options) -> Int32 {
      let began = Date()
      let shares = options.mutants.isEmpty ? seedShares(options) : mutantShares(options)
      let outcomes = shares.map { start(worker: $0) }.map { finish($0) }
      var counts: [String: Int] = [:]
      for line in outcomes.flatMap(\.lines) {
        guard line.hasPrefix(mark) else {
          print(line)
          continue
        }
        let words = line.dropFirst(mark.count).split(separator: " ", maxSplits: 1)
        if words.count == 2, let count = Int(words[0]) {
          counts[String(words[1]), default: 0] += count
        }
      }
      let isGood = outcomes.allSatisfy { $0.code == 0 }
      let seconds = String(format: "%.1f", Date().timeIntervalSince(began))
      print(summary(options, counts, isGood, seconds))
      return isGood ? 0 : 1
    }

    private static func summary(
      _ options: Simulator.Options, _ counts: [String: Int], _ isGood: Bool, _ seconds: String
    ) -> String {
      guard options.mutants.isEmpty else {
        let caught = counts["caught"] ?? 0
        return "\(caught) of \(options.mutants.count) mutants caught in \(seconds) s"
      }
      let words = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      let outcome = isGood ? "no promise broken" : "A PROMISE WAS BROKEN"
      return "reached: \(words.joined(separator: ", "))\n"
        + "\(options.count) simulations of \(options.steps) steps from seed \(options.seed):"
        + " \(outcome) in \(seconds) s"
    }

    private static func seedShares(_ options: Simulator.Options) -> [[String]] {
      let jobs = min(options.jobs, options.count)
      return (0..<jobs).map { job in
        let first = options.count * job / jobs
        let last = options.count * (job + 1) / jobs
        return common(options, seed: options.seed &+ UInt64(first), count: last - first)
          + (options.isTracing ? ["--trace"] : [])
      }
    }

    private static func mutantShares(_ options: Simulator.Options) -> [[String]] {
      (0..<min(options.jobs, options.mutants.count)).map { job in
        common(options, seed: options.seed, count: options.count)
          + stride(from: job, to: options.mutants.count, by: options.jobs).flatMap {
            ["--mutant", MutantHunt.name(of: options.mutants[$0])]
          }
      }
    }

    private static func common(
      _ options: Simulator.Options, seed: UInt64, count: Int
    ) -> [String] {
      ["--seed", "\(seed)", "--count", "\(count)", "--steps", "\(options.steps)"]
        + (options.agents.map { ["--agents", "\($0)"] } ?? [])
    }

    private static func start(worker arguments: [String]) -> (Process, Pipe) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging([hashing: "1"]) { $1 }
      let output = Pipe()
      process.standardOutput = output
      do { try process.run() } catch { print("no worker: \(error)") }
      return (process, output)
    }

    private static func finish(_ worker: (Process, Pipe)) -> (code: Int32, lines: [String]) {
      let bytes = worker.1.fileHandleForReading.readDataToEndOfFile()
      worker.0.waitUntilExit()
      let text = String(decoding: bytes, as: UTF8.self)
      let code = worker.0.terminationReason == .exit ? worker.0.terminationStatus : 1
      return (code, text.split(separator: "\n").map(String.init))
    }
  }
#endif
