#if FAULTS
  import DeadDropKit
  import Host
  import Protocol
  import Synchronization
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  /// Where the power may be cut: what the disk may hold, and what was acknowledged by then.
  struct CutPoint: Sendable {
    let power: PowerState
    let acknowledged: [Bytes32]
    let place: String
    var isAcknowledgement = false

    /// All of them in the long run, else those of acknowledgements and some others.
    static func chosen(
      of points: [CutPoint], _ count: Int, using random: inout RandomSource
    ) -> [CutPoint] {
      if WalkSize.isLong { return points }
      let others = points.filter { !$0.isAcknowledgement }.shuffled(using: &random)
      return points.filter(\.isAcknowledgement) + others.prefix(count)
    }
  }

  /// Watches what agents of a bench do, and notes each point at which the power could be cut.
  ///
  /// Whenever one of them has written to the wire, the other one reads before the first one can
  /// flush: its calls are points too.
  final class PowerWatch: Sendable {
    private struct Notes {
      var points: [CutPoint] = []
      var acknowledged: [Bytes32] = []
      var isReading = false
    }

    private let bench: Bench
    private let power: PowerModel
    private let notes = Mutex(Notes())

    init(_ bench: Bench) throws {
      self.bench = bench
      power = try PowerModel(watching: bench.root)
    }

    var points: [CutPoint] { notes.withLock { $0.points } }

    /// The agent was told that this message is stored: from now on no cut may take it back.
    private func acknowledge(_ id: Bytes32) {
      let now = power.now
      notes.withLock {
        $0.acknowledged.append(id)
        $0.points.append(
          CutPoint(
            power: now, acknowledged: $0.acknowledged, place: "when it was acknowledged",
            isAcknowledgement: true))
      }
    }

    /// After a call passed: what is in doubt now.
    private func note(_ traced: TracedCall) {
      guard power.observe(traced) else { return }
      let now = power.now
      notes.withLock {
        $0.points.append(
          CutPoint(power: now, acknowledged: $0.acknowledged, place: "after \(traced)"))
      }
    }

    /// Runs what an agent does; `reader` looks whenever the agent has written to the wire.
    func run<Value>(
      _ body: () throws -> Value, whileReading reader: @escaping @Sendable (Bench) throws -> Look?
    ) throws -> Value {
      let plan = FaultPlan(Fault.unflushed) { [self] traced in
        note(traced)
        let isOnWire = traced.path.hasPrefix(bench.path + "/") && traced.path.hasSuffix(".jsonl")
        guard traced.call == .write, isOnWire else { return }
        let mayRead = notes.withLock { notes in
          defer { notes.isReading = true }
          return !notes.isReading
        }
        guard mayRead else { return }
        let reading = FaultPlan(Fault.unflushed) { [self] in note($0) }
        do {
          let look = try reading.run { try reader(bench) }
          if let look, !look.broken.isEmpty { Issue.record("ahead of the flush: \(look.broken)") }
        } catch { Issue.record("ahead of the flush: \(error)") }
        notes.withLock { $0.isReading = false }
      }
      return try plan.run(body)
    }

    /// The same for a message that the agent is told to be stored, with a reader or without.
    @discardableResult
    func store(
      whileReading reader: Handle?, _ body: () throws -> Bytes32
    ) throws -> Bytes32 {
      let id = try run(body) { bench in
        guard let reader else { return nil }
        let look = try bench.look(reader)
        try bench.act(as: reader) { session, _ in _ = try session.beats() }
        return look
      }
      acknowledge(id)
      return id
    }
  }

  extension Bench {
    /// Starts both agents again after a cut, and tells what is not as it must be.
    func recover(
      _ agents: [Handle], _ acknowledged: [Bytes32], _ findings: inout Findings
    ) throws {
      for agent in agents {
        let log = try log(of: agent)
        try act(as: agent) { session, report in
          findings.requireEqual(report.isUnsafe, false, "unsafe for \(agent)")
          let before = try wholeLines(log).lines
          let receipt = try session.send(.init(.request, subject: "after", body: .null))
          findings.requireEqual(receipt.seq, before.count + 1, "seq after the cut")
        }
      }
      let ids = try agents.flatMap { try messages(of: $0).map(\.eventID) }
      let lost = acknowledged.filter { id in ids.count { $0 == id } != 1 }
      findings.require(lost.isEmpty, "\(lost.count) acknowledged lines are not there once")
      var beats: [Handle: Int] = [:]
      for agent in agents {
        beats[agent] = try act(as: agent) { session, _ in try session.heartbeat(Heartbeat()) }
      }
      for agent in agents {
        let look = try look(agent)
        findings.requireEqual(look.broken, [], "for \(agent)")
        findings.requireEqual(look.subjects.last, "after", "the newest line for \(agent)")
        let seen = try act(as: agent) { session, _ in try session.beats().mapValues(\.n) }
        for (peer, n) in beats where peer != agent {
          findings.require(seen[peer] ?? 0 >= n, "\(agent) does not take beat \(n) of \(peer)")
        }
      }
      try checkWire(&findings)
    }

    /// Cuts the power at the points, and checks each of the trees that may be left.
    ///
    /// `first` is done before the agents start again, `check` when they have. Outside of the long run
    /// only some points and trees, drawn at random.
    func cut(
      at points: [CutPoint], agents: [Handle], pointCount: Int, first: () throws -> Void = {},
      check: (inout Findings) throws -> Void = { _ in }
    ) throws {
      var random = RandomSource("power cuts at \(points.count) points")
      let chosen = CutPoint.chosen(of: points, pointCount, using: &random)
      var seen: Set<Int> = []
      var issueCount = 0
      for point in chosen {
        let trees = point.power.cuts(
          limit: WalkSize.isLong ? nil : 2, mixCount: WalkSize.isLong ? 16 : 1, using: &random)
        for tree in trees {
          var hasher = Hasher()
          hasher.combine(tree)
          hasher.combine(point.acknowledged.count)
          guard seen.insert(hasher.finalize()).inserted else { continue }
          try tree.restore(to: root)
          var findings = Findings()
          do {
            try Self.unflushed {
              try first()
              let order = random.once(in: 2) ? agents : agents.reversed()
              try recover(order, point.acknowledged, &findings)
              try check(&findings)
            }
          } catch { findings.require(false, "\(error)") }
          guard !findings.words.isEmpty else { continue }
          Issue.record("cut \(point.place): \(findings.words.joined(separator: "; "))")
          issueCount += 1
          // One defect shows at many points.
          if issueCount >= 6 { return }
        }
      }
      guard WalkSize.isLong else { return }
      print("power cuts: \(chosen.count) of \(points.count) points, \(seen.count) trees")
    }
  }
#endif
