import Attacks
import Foundation
import TestSupport

/// Shares mutations out among processes, so that a crash or a hang is one of a known mutation.
enum FuzzJobs {
  /// Longer than any command may take, however busy the machine is: then the worker is killed.
  private static let hangSeconds: UInt32 = 60

  static func run(count: Int, seed: UInt64) throws -> Int32 {
    try Scratch.run { root in
      let jobs = min(ProcessInfo.processInfo.activeProcessorCount, count)
      let workers = try (0..<jobs).map { job in
        let range = count * job / jobs..<count * (job + 1) / jobs
        return try start(seed: seed, range, report: "\(root)/\(job)")
      }
      var isGood = true
      var (elapsed, busy): ([Int64], [Int64]) = ([], [])
      for (job, worker) in workers.enumerated() {
        worker.waitUntilExit()
        let report = try String(contentsOfFile: "\(root)/\(job)", encoding: .utf8)
        let lines = report.split(separator: "\n")
        if worker.terminationReason == .exit, worker.terminationStatus == 0 {
          for line in lines {
            let pair = line.split(separator: "/").compactMap { Int64($0) }
            guard pair.count == 2 else {
              print(line)
              continue
            }
            elapsed.append(pair[0])
            busy.append(pair[1])
          }
        } else {
          isGood = false
          let how = worker.terminationReason == .uncaughtSignal ? "signal" : "exit"
          print("BROKE  \(how) \(worker.terminationStatus) at mutation \(lines.last ?? "none")")
          print("again: deaddrop-attack mutation \(seed) \(lines.last ?? "0")")
        }
      }
      guard isGood else {
        print("BROKE  \(count) damages to shared files, seed \(seed)")
        return 1
      }
      print(
        "held   \(count) damages to shared files, seed \(seed): \(elapsed.count) commands, "
          + "no crash, no hang, no control character, trust store unchanged")
      print("       " + figures("elapsed", elapsed.sorted()))
      print("       " + figures("on the processors", busy.sorted()))
      return 0
    }
  }

  private static func figures(_ what: String, _ times: [Int64]) -> String {
    func milliseconds(_ share: Double) -> String {
      guard let last = times.indices.last else { return "none" }
      return String(format: "%.1f ms", Double(times[Int(Double(last) * share)]) / 1e6)
    }
    return "\(what): half took \(milliseconds(0.5)) or less, 99 % \(milliseconds(0.99)), "
      + "the longest \(milliseconds(1)); over 100 ms: \(times.count { $0 > 100_000_000 })"
  }

  private static func start(
    seed: UInt64, _ range: Range<Int>, report: String
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = ["worker", "\(seed)", "\(range.lowerBound)", "\(range.upperBound)", report]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["DEADDROP_SEED": "\(seed)", "SWIFT_DETERMINISTIC_HASHING": "1"]) { $1 }
    try process.run()
    return process
  }

  /// Makes the mutations of a range; the report has the number of the last one, or the times.
  static func work(seed: UInt64, _ range: Range<Int>, report: String) throws -> Int32 {
    let url = URL(fileURLWithPath: report)
    try Data().write(to: url)
    let file = try FileHandle(forWritingTo: url)
    let fuzzing = Fuzzing(seed: seed) { number in
      alarm(hangSeconds)
      try? file.seek(toOffset: 0)
      try? file.write(contentsOf: Data("\(number)\n".utf8))
    }
    do {
      let figures = try fuzzing.run(range)
      alarm(0)
      let codes = figures.codes.sorted { $0.key < $1.key }.map { "\($0.value) × exit \($0.key)" }
      let words = "slowest: \(figures.slowest); \(codes.joined(separator: ", "))"
      let text = figures.times.map { "\($0.elapsed)/\($0.busy)" }.joined(separator: "\n")
      try Data("\(text)\n       \(words)\n".utf8).write(to: url)
      return 0
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      return 1
    }
  }

  /// Makes one mutation again, in this process.
  static func again(seed: UInt64, number: Int) throws -> Int32 {
    guard RunSeed.value == seed else {
      print("set DEADDROP_SEED=\(seed) for this")
      return 2
    }
    _ = try Fuzzing(seed: seed) { _ in }.run(number..<number + 1)
    print("held   mutation \(number)")
    return 0
  }
}
