import DeadDropKit
import Dispatch
import Foundation
import Host
import Protocol
import Synchronization
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Every verb reaches into the archive")
struct ArchiveTests {
  private func archive(_ handle: Handle, _ bench: Bench) throws {
    let outcome = try bench.act(as: handle) { session, _ in try session.archive(.now) }
    guard case .moved = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test("inbox, thread, show, log, decisions and verify see what was before and what is behind")
  func verbs() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send("old", by: "scribe")
      let proposal = try bench.propose("port", by: "forge")
      try archive("scribe", bench)
      try archive("forge", bench)
      #expect(try bench.inbox("forge") == ["old"])
      try bench.ack(proposal, by: "scribe")
      try archive("scribe", bench)
      #expect(try bench.settle("forge").isUnsafe == false)
      #expect(try bench.status(of: proposal, for: "scribe") == .ratified)
      try bench.send("new", by: "scribe")
      #expect(try bench.inbox("forge") == ["new"])
      try bench.act(as: "forge") { session, report in
        #expect(!report.isUnsafe)
        let thread = try session.thread(proposal.hex)
        #expect(thread.map(\.line.handle) == ["forge", "scribe", "forge"])
        #expect(try session.find(proposal.hex).subject == "port")
        var cursors = CursorSet()
        let history = try session.history(Session.Filter(), after: &cursors)
        #expect(history.filter { $0.handle == "scribe" }.map(\.seq) == [1, 2, 3, 4])
        #expect(try session.history(Session.Filter(), after: &cursors).isEmpty)
        #expect(try session.verify(everySignature: true).bad.isEmpty)
      }
      #expect(try bench.derived() == bench.derivable())
      let grades = try Doctor.examine(
        directory: bench.path, as: "scribe", in: bench.places("scribe"))
      #expect(grades.filter { $0.grade != .ok }.map(\.finding) == [])
    }
  }

  @Test("a new reader and one that has lost its state read it all; the writer adopts its own")
  func anew() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send(["one", "two"], by: "scribe")
      try archive("scribe", bench)
      try bench.send("three", by: "scribe")
      try bench.inbox("forge")
      let state = try bench.statePath(of: "scribe")
      try FileManager.default.removeItem(atPath: "\(state)/\(WriterFile.name)")
      let outcome = try Repair.adopt(
        directory: bench.path, as: "scribe", in: bench.places("scribe"))
      #expect(outcome.head.seq == 4 && outcome.witnesses == ["forge"])
      #expect(try bench.send("four", by: "scribe").seq == 5)
      try archive("scribe", bench)
      #expect(try bench.send("five", by: "scribe").seq == 6)
      let forge = try bench.statePath(of: "forge")
      for name in ["heads.json", "cursors"] {
        try FileManager.default.removeItem(atPath: "\(forge)/\(name)")
      }
      #expect(try bench.inbox("forge") == ["one", "two", "three", "four", "five"])
    }
  }

  /// Microseconds since 1970 of the last seconds of 2026, and then of 2027.
  private final class Clock: Sendable {
    private let count = Mutex<Int64>(0)
    private let newYear: Int64

    init() throws {
      newYear = try #require(Timestamp("2027-01-01T00:00:00.000000Z")).microseconds
    }

    /// Each look is one second later.
    func now() -> Int64 {
      count.withLock { count in
        count += 1
        return newYear + (count - 60) * 1_000_000
      }
    }
  }

  @Test("over New Year nothing is lost while two processes append, one archives and a peer reads")
  func newYear() throws {
    try Bench.run("forge", "scribe") { bench in
      let clock = try Clock()
      let sentCount = 40
      let notes = Notes()
      let senders = (0..<2).map { sender in
        Thread {
          for number in 0..<sentCount {
            do {
              var session = try bench.open("scribe")
              session.wallClock = { clock.now() }
              _ = try session.catchUp()
              _ = try session.send(
                .init(.request, subject: Text("\(sender) \(number)"), body: .null))
            } catch { notes.note("\(error)") }
          }
        }
      }
      let archiver = Thread {
        while !notes.isDone {
          do {
            var session = try bench.open("scribe")
            session.wallClock = { clock.now() }
            _ = try session.archive(.now)
          } catch { notes.note("\(error)") }
        }
      }
      let reader = Thread {
        while true {
          let isLast = notes.isDone
          do {
            try bench.act(as: "forge") { session, report in
              let inbox = try session.inbox(
                session: Session.defaultSession, limit: nil, isPeek: false)
              _ = try session.commitRead()
              if report.isUnsafe { notes.note("\(report.bad) \(report.broken)") }
              notes.show(inbox.subjects)
            }
          } catch { notes.note("\(error)") }
          if isLast { return }
        }
      }
      for thread in senders + [archiver, reader] { thread.start() }
      for thread in senders { thread.join() }
      notes.finish()
      for thread in [archiver, reader] { thread.join() }
      #expect(notes.words == [])
      let subjects = notes.shown
      for sender in 0..<2 {
        #expect(
          subjects.filter { $0.hasPrefix("\(sender) ") }
            == (0..<sentCount).map { "\(sender) \($0)" })
      }
      let audit = try bench.audit(everySignature: true)
      #expect(audit.badLines == [])
      #expect(audit.reading.chains["scribe"]?.head.seq == 2 * sentCount + 1)
      let files = try bench.archive(of: "scribe_to_forge.jsonl")
      #expect(files.contains { $0.hasPrefix("archive/2026/") })
      #expect(files.contains { $0.hasPrefix("archive/2027/") })
    }
  }
}

/// What the threads of a test have to say.
private final class Notes: Sendable {
  private let state = Mutex<(shown: [String], words: [String], isDone: Bool)>(([], [], false))

  var shown: [String] { state.withLock { $0.shown } }
  var words: [String] { state.withLock { $0.words } }
  var isDone: Bool { state.withLock { $0.isDone } }

  func show(_ subjects: [String]) { state.withLock { $0.shown += subjects } }
  func note(_ words: String) { state.withLock { $0.words.append(words) } }
  func finish() { state.withLock { $0.isDone = true } }
}

/// A thread that can be waited for.
private final class Thread: Sendable {
  private let done = DispatchSemaphore(value: 0)
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  func start() {
    Foundation.Thread.detachNewThread { [self] in
      body()
      done.signal()
    }
  }

  func join() { done.wait() }
}
