#if FAULTS
  import DeadDropKit
  import Foundation
  import Host
  import Protocol
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  /// What an operation came to under one fault.
  struct Strike<Value> {
    enum Outcome {
      /// It returned: what it says is so.
      case done(Value)
      case refused(any Error)
      /// The process was killed: nobody heard what it returned.
      case died
    }

    let outcome: Outcome

    /// What the caller was told; nil when it was told nothing or an error.
    var value: Value? { if case .done(let value) = outcome { value } else { nil } }

    var error: (any Error)? { if case .refused(let error) = outcome { error } else { nil } }

    var hasDied: Bool { if case .died = outcome { true } else { false } }
  }

  /// What a check found wrong, in words.
  struct Findings {
    private(set) var words: [String] = []

    mutating func require(_ holds: Bool, _ what: @autoclosure () -> String) {
      if !holds { words.append(what()) }
    }

    mutating func requireEqual<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: String) {
      if found != wanted { words.append("\(what): \(found), not \(wanted)") }
    }
  }

  /// The size of the walks: all of them whole when DEADDROP_LONG is set.
  enum WalkSize {
    static let isLong = ProcessInfo.processInfo.environment["DEADDROP_LONG"] != nil

    static func extent(_ usual: FaultWalk.Extent) -> FaultWalk.Extent { isLong ? .full : usual }
  }

  extension Bench {
    /// Runs an operation without a fault, and then from the same files with each fault of its calls.
    ///
    /// After each run the check is made, without a fault. `more` are plans of several faults, and
    /// faults that last. An interruption or a short transfer must not be noticed.
    func walk<Value>(
      _ usual: FaultWalk.Extent, more: [[Fault]] = [], _ operation: () throws -> Value,
      check: (Strike<Value>, inout Findings) throws -> Void
    ) throws {
      let base = try TreeImage(of: root)
      let walk = try FaultWalk(of: root, operation) { value in
        var findings = Findings()
        try Self.unflushed { try check(Strike(outcome: .done(value)), &findings) }
        try #require(findings.words == [], "without a fault")
      }
      var random = RandomSource("walk of \(walk.steps.count) calls")
      let single = walk.faults(WalkSize.extent(usual), using: &random).map { [$0] }
      var issueCount = 0
      for faults in single + more {
        try base.restore(to: root)
        let words = strike(faults, operation, check: check)
        guard !words.isEmpty else { continue }
        let place = faults.map { fault in
          let traced = fault.call.map { "\($0)" } ?? "\(walk.steps[fault.occurrence - 1].traced)"
          return "\(fault.effect) at call \(fault.occurrence), \(traced)"
        }
        Issue.record("\(place.joined(separator: " and ")): \(words.joined(separator: "; "))")
        issueCount += 1
        // One defect strikes at many calls.
        if issueCount >= 6 { break }
      }
      guard WalkSize.isLong else { return }
      print("fault walk: \(walk.steps.count) calls \(single.count + more.count) runs")
    }

    /// A wire on which scribe wrote two requests, and forge has read them.
    static func runRead(_ body: (Bench) throws -> Void) throws {
      try run("forge", "scribe") { bench in
        try bench.send(["one", "two"], by: "scribe")
        try #require(try bench.inbox("forge") == ["one", "two"])
        try body(bench)
      }
    }

    /// Runs what a test prepares without waiting for the disk.
    static func unflushed(_ body: () throws -> Void) throws {
      try FaultPlan(Fault.unflushed).run(body)
    }

    private func strike<Value>(
      _ faults: [Fault], _ operation: () throws -> Value,
      check: (Strike<Value>, inout Findings) throws -> Void
    ) -> [String] {
      var findings = Findings()
      let plan = FaultPlan(faults + Fault.unflushed)
      var outcome: Strike<Value>.Outcome
      do {
        outcome = .done(try plan.run(operation))
      } catch {
        outcome = .refused(error)
      }
      if plan.hasCrashed { outcome = .died }
      let strike = Strike(outcome: outcome)
      if let only = faults.first, faults.count == 1, !only.isLasting {
        findings.require(plan.trace.count >= only.occurrence, "the fault was never due")
        if only.effect.isHarmless {
          findings.require(strike.value != nil, "not made again: \(strike.outcome)")
        }
      }
      do {
        try FaultPlan(Fault.unflushed).run { try check(strike, &findings) }
      } catch { findings.require(false, "afterwards: \(error)") }
      return findings.words
    }

    /// The whole lines of a log and its archive, and how many bytes follow the last LF.
    func wholeLines(_ name: String) throws -> (lines: [[UInt8]], restCount: Int) {
      var lines: [[UInt8]] = []
      var restCount = 0
      for file in try archive(of: name) + [name] {
        guard FileManager.default.fileExists(atPath: "\(path)/\(file)") else { continue }
        var found = try read(file).split(
          separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        restCount += found.removeLast().count
        lines += found.map { Array($0) }
      }
      return (lines, restCount)
    }

    /// One run of `inbox` by a process of its own: what it shows, and what it says of the chains.
    func look(_ handle: Handle) throws -> Look {
      try act(as: handle) { session, report in
        let inbox = try session.inbox(
          session: Session.defaultSession, limit: nil, isPeek: false)
        _ = try session.commitRead()
        return Look(
          subjects: inbox.subjects,
          broken: report.broken.map { "\($0.log) \($0.verdict)" }
            + report.bad.map { "\($0.file):\($0.line) \($0.reason)" })
      }
    }

    /// The heads as they are saved now, without any reading.
    func savedHeads(of handle: Handle) throws -> [Handle: Head] {
      let session = try open(handle)
      return try HeadStore.load(session.state, wire: session.genesis.id).records
        .mapValues(\.head)
    }

    /// An audit of every signature finds nothing, and each chain holds all lines of its log.
    func checkWire(_ findings: inout Findings) throws {
      let audit = try audit(everySignature: true)
      findings.requireEqual(audit.badLines, [], "bad lines")
      for (handle, chain) in audit.reading.chains {
        findings.requireEqual(chain.verdict, .sound, "chain of \(handle)")
        let (lines, restCount) = try wholeLines(log(of: handle))
        findings.requireEqual(lines.count, chain.head.seq, "lines of \(handle)")
        findings.requireEqual(restCount, 0, "bytes after the last line of \(handle)")
      }
    }
  }

  struct Look {
    let subjects: [String]
    let broken: [String]
  }
#endif
