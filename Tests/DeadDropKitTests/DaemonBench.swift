import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Wire
import WireFormat

/// Two daemons on one machine whose clocks the test holds, and their agents' commands beside them.
///
/// Whoever waits is woken by the earlier of its own pause and a change in the shared directory, as
/// inotify would wake it.
final class DaemonBench {
  /// A daemon, and all that it did.
  final class Resident {
    var daemon: Daemon
    var due = 0
    var isAsleep = false
    var beats: [Beat] = []
    var notes: [(at: Int, words: String)] = []
    var failures: [KitError] = []
    var turnCount = 0

    struct Beat: Equatable {
      let at: Int
      let tier: TierName
      /// How many acts of agents had come before it.
      let actCount: Int
    }

    init(_ session: consuming Session) { daemon = Daemon(session) }
  }

  let bench: Bench
  let clock = VirtualClock()
  private(set) var residents: [Handle: Resident] = [:]
  private(set) var actCount = 0
  private var stamp = ""

  init(_ bench: Bench) throws {
    self.bench = bench
    for handle in ["forge", "scribe"] as [Handle] { try start(handle) }
  }

  static func run(_ body: (DaemonBench) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      for handle in ["forge", "scribe"] as [Handle] { try bench.inbox(handle) }
      for handle in ["forge", "scribe"] as [Handle] {
        // The commands that founded the wire ran by the real clock.
        try FileManager.default.removeItem(atPath: bench.statePath(of: handle) + "/tier.json")
      }
      #if FAULTS
        try Bench.unflushed { try body(DaemonBench(bench)) }
      #else
        try body(DaemonBench(bench))
      #endif
    }
  }

  subscript(handle: Handle) -> Resident {
    get throws {
      guard let resident = residents[handle] else { throw KitError.noSuchHandle(handle.name) }
      return resident
    }
  }

  /// A daemon begins, in the place of one that was killed.
  func start(_ handle: Handle) throws {
    let before = residents[handle]
    residents[handle] = nil
    var session = try bench.open(handle)
    clock.rule(&session)
    _ = try DaemonCall.folder(session.state)
    let resident = Resident(session)
    resident.due = clock.milliseconds
    if let before {
      (resident.beats, resident.notes, resident.turnCount) = (
        before.beats, before.notes, before.turnCount
      )
    }
    residents[handle] = resident
  }

  /// Runs a command of an agent now; the daemons then see what it changed.
  @discardableResult
  func act<Value>(
    _ handle: Handle, _ body: (inout Session) throws -> Value
  ) throws -> Value {
    actCount += 1
    var session = try bench.open(handle)
    clock.rule(&session)
    _ = try session.catchUp()
    let value = try body(&session)
    try wake()
    return value
  }

  /// Lets so many seconds pass.
  func pass(_ seconds: Int) throws {
    let end = clock.milliseconds + 1_000 * seconds
    try wake()
    while true {
      let next = residents.values.filter { !$0.isAsleep }.map(\.due).min() ?? end
      guard next <= end else { break }
      clock.advance(to: next)
      for resident in residents.values.sorted(by: { $0.due < $1.due })
      where !resident.isAsleep && resident.due <= clock.milliseconds {
        try turn(resident)
      }
      try wake()
    }
    clock.advance(to: end)
  }

  /// Lets every daemon look as long as one of them changes something.
  private func wake() throws {
    for _ in 0..<50 {
      let new = try look()
      guard new != stamp else { return }
      stamp = new
      for resident in residents.values where !resident.isAsleep { try turn(resident) }
    }
    throw TestWireError.noWriter("the daemons wake each other without end")
  }

  private func turn(_ resident: Resident) throws {
    let now = clock.milliseconds
    let turn = try resident.daemon.turn()
    resident.turnCount += 1
    resident.due = now + max(1, resident.daemon.pause)
    resident.notes += (turn.notes + turn.faults).map { (now, $0) }
    if let failure = turn.failure { resident.failures.append(failure) }
    if let beat = turn.beat {
      resident.beats.append(.init(at: now, tier: beat.tier, actCount: actCount))
    }
  }

  /// What inotify would see: names and sizes directly in the wire, and a call to a daemon.
  private func look() throws -> String {
    let files = FileManager.default
    var words: [String] = []
    for name in try files.contentsOfDirectory(atPath: bench.path).sorted() {
      let size = try files.attributesOfItem(atPath: "\(bench.path)/\(name)")[.size] as? Int
      words.append("\(name) \(name == "beats" ? 0 : size ?? 0)")
    }
    for handle in residents.keys.sorted() {
      let call = try bench.statePath(of: handle) + "/call/tier"
      let date = try? files.attributesOfItem(atPath: call)[.modificationDate] as? Date
      words.append("\(handle) \(date?.timeIntervalSince1970 ?? 0)")
    }
    return words.joined(separator: "\n")
  }
}
