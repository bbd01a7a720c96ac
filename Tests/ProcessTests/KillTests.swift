import Dispatch
import Foundation
import Host
import Synchronization
import TestSupport
import Testing
import Wire

extension RealProcesses {
  @Suite("Killed at any moment")
  struct KillTests {
    private static let killCount = size(300, long: 10_000)

    @Test("kill -9 loses and doubles nothing acknowledged, and no peer ever sees a broken chain")
    func kills() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let board = Board()
        let lifetimes = try measure(stand)
        let start = MonotonicClock.now()
        DispatchQueue.concurrentPerform(iterations: 2) { index in
          let (handle, peer) = index == 0 ? ("forge", "scribe") : ("scribe", "forge")
          var killer = Killer(
            stand: stand, handle: handle, peer: peer, board: board, lifetimes: lifetimes,
            random: RandomSource("kills of \(handle)"))
          killer.run(upTo: Self.killCount / 2)
        }
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        let told = board.told
        #expect(told.failures.isEmpty, "\(told.failures.prefix(3).joined(separator: "\n"))")
        #expect(told.killCount >= Self.killCount)
        print(
          "\(told.killCount) kills hit a running process, \(told.lateCount) came too late, in "
            + "\(seconds.formatted(.number.precision(.fractionLength(1)))) s; lifetimes in ms: "
            + lifetimes.map {
              "\($0.key) \($0.value.components.attoseconds / 1_000_000_000_000_000)"
            }
            .sorted().joined(separator: ", "))
        try expectWhole(stand, told)
      }
    }

    /// The median time that each verb takes from its start to its end.
    private func measure(_ stand: Stand) throws -> [Killer.Verb: Duration] {
      let id = try stand.mustSend("to be acked", as: "forge")
      var medians: [Killer.Verb: Duration] = [:]
      for verb in Killer.Verb.allCases {
        let times = try (0..<5).map { _ in
          let start = MonotonicClock.now()
          try stand.mustRun(verb.words(about: id), as: "scribe")
          return MonotonicClock.now() - start
        }
        medians[verb] = .nanoseconds(times.sorted()[2])
      }
      return medians
    }

    private func expectWhole(_ stand: Stand, _ told: Board.Told) throws {
      var unheard = 0
      for handle in ["forge", "scribe"] {
        let peer = handle == "forge" ? "scribe" : "forge"
        let last = try stand.mustSend("after all kills", as: handle)
        let stored = try stand.stored(by: handle)
        #expect(stored.map(\.seq) == Array(1...stored.count))
        let counts = Dictionary(stored.map { ($0.id, 1) }, uniquingKeysWith: +)
        let acknowledged = told.acknowledged[handle, default: []] + [last]
        #expect(acknowledged.allSatisfy { counts[$0] == 1 })
        // Delivery is at least once: what was sent has been shown, in whatever run of `inbox`.
        let shown = told.shown[peer, default: []]
          .union(Killer.ids(in: try stand.mustRun(["inbox", "--json"], as: peer).output))
        #expect(acknowledged.allSatisfy(shown.contains))
        unheard += stored.count - acknowledged.count
      }
      print("\(unheard) lines are stored that nobody was told of")
      for words in [["verify"], ["verify", "--every-signature"]] {
        for handle in ["forge", "scribe"] { try stand.mustRun(words, as: handle) }
        try stand.mustRun(words + ["--outsider"])
      }
      #expect(try stand.audit().bad.isEmpty)
    }
  }
}

/// What the killers of one wire know of each other.
final class Board: Sendable {
  struct Told: Sendable {
    /// Ids by who sent them, as their processes said.
    var acknowledged: [String: [String]] = [:]
    /// Ids that were shown to an agent.
    var shown: [String: Set<String>] = [:]
    var failures: [String] = []
    var killCount = 0
    var lateCount = 0
  }

  private let state = Mutex(Told())

  var told: Told { state.withLock { $0 } }

  func change<Value: Sendable>(_ body: (inout Told) -> sending Value) -> Value {
    state.withLock { body(&$0) }
  }
}

/// Lets one agent act, and kills its processes at random times of their lives.
struct Killer {
  enum Verb: String, CaseIterable {
    case send, ack, inbox, heartbeat, status

    /// Whether it puts a message in the own log.
    var isStoring: Bool { self == .send || self == .ack }

    func words(about id: String) -> [String] {
      switch self {
      case .send: Stand.send("killed")
      case .ack: ["ack", id, "--json"]
      case .inbox: ["inbox", "--json"]
      case .heartbeat: ["heartbeat", "--state", "busy", "--json"]
      case .status: ["status", "--json"]
      }
    }
  }

  let stand: Stand
  let handle: String
  let peer: String
  let board: Board
  let lifetimes: [Verb: Duration]
  var random: RandomSource

  /// So many runs in one go without a whole one in between.
  private static let checkInterval = 10

  /// Goes on until so many kills hit a running process.
  mutating func run(upTo quota: Int) {
    var hits = 0
    var turn = 0
    while hits < quota, turn < quota * 20, board.told.failures.count < 10 {
      turn += 1
      do {
        if try attempt() { hits += 1 }
        if turn.isMultiple(of: Self.checkInterval) { try check() }
      } catch {
        board.change { $0.failures.append("\(handle): \(error)") }
      }
    }
  }

  /// One process and one kill; whether it was still running.
  private mutating func attempt() throws -> Bool {
    var verb: Verb = random.once(in: 2) ? .send : random.pick(Verb.allCases)
    let target = board.told.acknowledged[peer]?.randomElement(using: &random)
    if verb == .ack, target == nil { verb = .send }
    let lifetime = lifetimes[verb] ?? .zero
    let started = try stand.start(
      try Stand.binary(), verb.words(about: target ?? ""), as: handle)
    // A little beyond the median, so that the last steps are met too.
    MonotonicClock.sleep(for: lifetime * random.below(1_150) / 1_000)
    started.child.signal(9)
    let outcome = try started.finish(upTo: .seconds(30))
    note(outcome, verb)
    switch outcome.ending {
    case .killed(9):
      board.change { $0.killCount += 1 }
      return true
    case .exited(0): board.change { $0.lateCount += 1 }
    default: throw Stand.Failed(description: outcome.summary)
    }
    return false
  }

  /// What works after a kill: a whole send, and reading the peer, who is killed all the time.
  private func check() throws {
    note(try stand.mustRun(Stand.send("whole"), as: handle), .send)
    let read = try stand.mustRun(["inbox", "--json"], as: handle)
    note(read, .inbox)
    if read.errors.contains(/fork|rollback|gap/) { throw Stand.Failed(description: read.summary) }
  }

  private func note(_ outcome: Stand.Outcome, _ verb: Verb) {
    let (id, shown) = (outcome.eventID, verb == .inbox ? Self.ids(in: outcome.output) : [])
    board.change {
      if let id { $0.acknowledged[handle, default: []].append(id) }
      $0.shown[handle, default: []].formUnion(shown)
    }
  }

  static func ids(in output: String) -> [String] {
    output.matches(of: /"event_id":"([0-9a-f]{64})"/).map { String($0.1) }
  }
}
