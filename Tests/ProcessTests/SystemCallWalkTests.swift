import Foundation
import Host
import TestSupport
import Testing
import Wire

extension RealProcesses {
  /// Strikes the command at single system calls, with strace where it is installed.
  @Suite("Struck at every system call", .enabled(if: Strace.isThere, "strace is not installed"))
  struct SystemCallWalkTests {
    private static let shortCount = 60

    @Test(
      "after a kill or an error at any call nothing acknowledged is lost and the next send works",
      arguments: isLong ? Killer.Verb.allCases : [.send, .ack])
    func walk(verb: Killer.Verb) async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let words = verb.words(about: try stand.mustSend("to be acked", as: "scribe"))
        try stand.mustSend("first", as: "forge")
        let points = try Strace.points(of: words, as: "forge", stand)
        try #require(points.count > 50)
        let strikes = chosen(points)
        var told = ["forge": [String](), "scribe": []]
        var hitCount = 0
        for strike in strikes {
          // Something new to read for what is struck.
          told["scribe"]?.append(try stand.mustSend("new", as: "scribe"))
          let before = try stand.stored(by: "forge").count
          let outcome = try Strace.run(words, struckBy: strike, as: "forge", stand)
          if let id = outcome.eventID { told["forge"]?.append(id) }
          hitCount += outcome.ending == .killed(9) || outcome.code != 0 ? 1 : 0
          let isOrderly = outcome.code.map { (0...7).contains($0) } ?? (strike.fault == .kill)
          #expect(isOrderly, "\(strike): \(outcome.summary)")
          if outcome.code == 0, verb.isStoring {
            #expect(outcome.eventID != nil, "\(strike)")
          } else if outcome.code != nil {
            // Who is told only that it failed does it again.
            let isSaid = outcome.errors.contains("stored, but not proven durable")
            let count = try stand.stored(by: "forge").count
            #expect(isSaid || count == before, "\(strike): \(outcome.summary)")
          }
          told["forge"]?.append(try stand.mustSend("after \(strike)", as: "forge"))
          try stand.mustRun(["inbox"], as: "scribe")
        }
        print("\(verb): \(points.count) calls, \(strikes.count) struck, \(hitCount) with effect")
        for (handle, ids) in told {
          let stored = try stand.stored(by: handle)
          #expect(stored.map(\.seq) == Array(1...stored.count))
          let counts = Dictionary(stored.map { ($0.id, 1) }, uniquingKeysWith: +)
          #expect(ids.allSatisfy { counts[$0] == 1 })
          try stand.mustRun(["verify", "--every-signature"], as: handle)
        }
        try stand.mustRun(["verify", "--outsider"])
      }
    }

    /// All strikes in the full size; else a kill and both errors at what changes the disk, and
    /// the rest by chance.
    private func chosen(_ points: [Strace.Point]) -> [Strace.Strike] {
      let all = points.flatMap { point in
        Strace.Fault.allCases.filter { $0.suits(point) }.map {
          Strace.Strike(point: point, fault: $0)
        }
      }
      guard !isLong else { return all }
      var random = RandomSource("system call walk")
      let first = all.filter { $0.point.changesDisk }
      let others = all.filter { !$0.point.changesDisk }.shuffled(using: &random)
      return first + others.prefix(max(0, Self.shortCount - first.count))
    }
  }
}

/// Runs the command under strace(1), which can fail or kill it at the Nth call of a kind.
enum Strace {
  /// One call that the command makes after its start: the Nth of its kind.
  struct Point: Sendable {
    let call: String
    let occurrence: Int

    var changesDisk: Bool {
      ["write", "fdatasync", "fsync", "renameat", "renameat2", "ftruncate"].contains(call)
    }
  }

  enum Fault: String, CaseIterable, Sendable {
    case kill = "signal=SIGKILL"
    case inputOutput = "error=EIO"
    case full = "error=ENOSPC"

    /// What touches files can fail; memory and signals are left alone.
    func suits(_ point: Point) -> Bool {
      self == .kill || point.changesDisk
        || ["openat", "newfstatat", "fstat", "pread64", "read", "flock", "getdents64", "mkdirat"]
          .contains(point.call)
    }
  }

  struct Strike: Sendable, CustomStringConvertible {
    let point: Point
    let fault: Fault
    var description: String { "\(point.call) \(point.occurrence) \(fault.rawValue)" }
  }

  private static let path = "/usr/bin/strace"

  /// Whether it is installed and may trace.
  static var isThere: Bool {
    guard FileManager.default.isExecutableFile(atPath: path),
      let child = try? ChildProcess(
        path, ["-o", "/dev/null", "/bin/true"], environment: [:], output: "/dev/null",
        errors: "/dev/null")
    else { return false }
    return child.wait() == .exited(0)
  }

  /// The calls of one run from the first that the command itself makes.
  static func points(of words: [String], as handle: String, _ stand: Stand) throws -> [Point] {
    let file = stand.root + "/trace"
    let outcome = try stand.start(
      path, ["-f", "-qq", "-o", file, try Stand.binary()] + words, as: handle
    ).finish(upTo: .seconds(60))
    guard outcome.code == 0 else { throw Stand.Failed(description: outcome.summary) }
    var counts: [String: Int] = [:]
    var points: [Point] = []
    var isStarted = false
    for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
      guard let match = line.firstMatch(of: /^(?:[0-9]+ +)?([a-z0-9_]+)\(/) else { continue }
      let call = String(match.1)
      counts[call, default: 0] += 1
      if line.contains("PR_SET_DUMPABLE") { isStarted = true }
      if isStarted { points.append(Point(call: call, occurrence: counts[call, default: 0])) }
    }
    return points
  }

  static func run(
    _ words: [String], struckBy strike: Strike, as handle: String, _ stand: Stand
  ) throws -> Stand.Outcome {
    let point = strike.point
    return try stand.start(
      path,
      [
        "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(point.call)", "-e",
        "inject=\(point.call):\(strike.fault.rawValue):when=\(point.occurrence)",
        try Stand.binary(),
      ] + words, as: handle
    ).finish(upTo: .seconds(60))
  }
}
