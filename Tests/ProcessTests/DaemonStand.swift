import Foundation
import Host
import TestSupport
import WireFormat

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Daemons of a stand, each a process; they end with the body, whatever it throws.
extension Stand {
  /// Runs daemons of these agents around the body; each has made a first turn before that begins.
  func withDaemons<Value>(
    _ handles: [String], _ words: [String] = [], _ body: ([Started]) throws -> Value
  ) throws -> Value {
    var daemons: [Started] = []
    defer { for daemon in daemons { daemon.end() } }
    for handle in handles { daemons.append(try startDaemon(handle, words)) }
    for daemon in daemons { try waitUntil("a first turn") { try daemon.says("in T") } }
    return try body(daemons)
  }

  func startDaemon(_ handle: String, _ words: [String] = []) throws -> Started {
    try start(try Self.binary(), ["daemon", "run"] + words, as: handle)
  }

  /// Looks every few milliseconds until it holds, for half a minute at most.
  func waitUntil(_ what: String, _ holds: () throws -> Bool) throws {
    let deadline = MonotonicClock.deadline(after: .seconds(30))
    while try !holds() {
      guard MonotonicClock.now() < deadline else { throw Failed(description: "never: \(what)") }
      MonotonicClock.sleep(for: .milliseconds(5))
    }
  }

  /// The whole beats of an agent.
  func beats(of handle: String) throws -> Int {
    guard FileManager.default.fileExists(atPath: "\(wire)/beats/\(handle).jsonl") else { return 0 }
    return try lines("beats/\(handle).jsonl").count { (try? Envelope.read($0.span)) != nil }
  }

  /// The lines of `decisions.jsonl`.
  func decisions() throws -> [String] {
    guard FileManager.default.fileExists(atPath: "\(wire)/decisions.jsonl") else { return [] }
    return try lines("decisions.jsonl").map { String(decoding: $0, as: UTF8.self) }
  }

  /// Proposes and gives the id.
  func mustPropose(_ subject: String, as handle: String) throws -> String {
    let outcome = try mustRun(
      ["send", "proposal", "--subject", subject, "--body", "so", "--json"], as: handle)
    guard let id = outcome.eventID else { throw Failed(description: outcome.summary) }
    return id
  }

  /// The lines of a file that a command of the test wrote; none while it is not there.
  func written(_ name: String) -> [String] {
    let text = try? String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }

  /// What `daemon status --json` says.
  func daemonStatus(_ handle: String) throws -> String {
    try mustRun(["daemon", "status", "--json"], as: handle).output
  }

  static func isRunning(_ process: String) -> Bool {
    guard let number = Int32(process) else { return false }
    // A zombie that waits for its parent does not run.
    let state = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
    return kill(number, 0) == 0 && state?.contains(") Z ") == false
  }
}

extension Stand.Started {
  func says(_ words: String) throws -> Bool { try errors().contains(words) }

  func count(_ words: String) throws -> Int {
    try errors().components(separatedBy: words).count - 1
  }

  /// How often it has waited for something, and the hundredths of a second it has worked.
  func work() throws -> (waits: Int, ticks: Int) {
    let status = try String(contentsOfFile: "/proc/\(child.processID)/status", encoding: .utf8)
    let stat = try String(contentsOfFile: "/proc/\(child.processID)/stat", encoding: .utf8)
    let waits = status.firstMatch(of: /voluntary_ctxt_switches:\s*(\d+)/).flatMap { Int($0.1) }
    let fields = stat.split(separator: " ").compactMap { Int($0) }
    let all = stat.split(separator: ") ").last?.split(separator: " ") ?? []
    let ticks = all.count > 12 ? (Int(all[11]) ?? 0) + (Int(all[12]) ?? 0) : fields.count
    return (waits ?? 0, ticks)
  }

  /// Asks it to end and gives how it did.
  func stop() throws -> Stand.Outcome {
    child.signal(SIGTERM)
    return try finish(upTo: .seconds(30))
  }

  /// Ends what the body has not ended.
  func end() {
    guard FileManager.default.fileExists(atPath: streams + ".err") else { return }
    child.signal(SIGTERM)
    _ = try? finish(upTo: .seconds(10))
  }
}
