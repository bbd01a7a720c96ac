import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@testable import DeadDropKit

@Suite("A session that stays knows what a derived file held, as long as nobody has changed it")
struct DerivedLookTests {
  private static let names = [SharedDirectory.decisionsName, SharedDirectory.incidentLogName]

  /// A session that has settled a decision and an incident, and saw both files long after they were
  /// written.
  private func run(_ body: (inout Session, Bench) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose("port", by: "scribe")
      try bench.ack(proposal, by: "forge")
      try bench.settle("scribe")
      try bench.act(as: "scribe") { session, _ in
        _ = try session.raise(.init(subject: "disk full", body: .string("help")))
      }
      var session = try bench.open("forge")
      _ = try session.catchUp()
      for name in Self.names {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -60)],
          ofItemAtPath: "\(bench.path)/\(name)")
      }
      try settle(&session, bench)
      try body(&session, bench)
    }
  }

  /// Lets a fact come that changes neither file, and settles it.
  private func settle(
    _ session: inout Session, _ bench: Bench, after change: () throws -> Void = {}
  ) throws {
    try bench.send("why", by: "scribe") { $0.ackRequired = true }
    // Not before: the command of the sender settles too.
    try change()
    let report = try session.catchUp()
    #expect(report.failure == nil && !report.isLeftOver)
  }

  @Test("it is repaired however it was changed", arguments: names)
  func repaired(name: String) throws {
    try run { session, bench in
      let whole = try bench.read(name)
      try #require(try bench.lines(name).count == 1)
      let path = "\(bench.path)/\(name)"
      func expectRepaired(_ how: String, after change: () throws -> Void) throws {
        try settle(&session, bench, after: change)
        #expect(try bench.read(name).suffix(whole.count) == whole, "\(how)")
      }
      var other = whole
      other[0] = UInt8(ascii: "[")
      try expectRepaired("edited, of the same size") { try bench.overwrite(name, with: other) }
      try expectRepaired("edited, with its time put back") {
        let files = FileManager.default
        let date = try files.attributesOfItem(atPath: path)[.modificationDate]
        try bench.overwrite(name, with: other)
        try files.setAttributes([.modificationDate: try #require(date)], ofItemAtPath: path)
      }
      try expectRepaired("emptied") { try bench.overwrite(name, with: []) }
      try expectRepaired("removed") { try FileManager.default.removeItem(atPath: path) }
      try expectRepaired("replaced") {
        try Data(other).write(to: URL(fileURLWithPath: path), options: .atomic)
      }
    }
  }

  @Test("what was seen of a file that had just changed is seen once more when it is old")
  func young() throws {
    try run { session, bench in
      let name = Self.names[0]
      let file = try #require(try session.shared.directory.status(of: name))
      let moment = file.changedSeconds * 1_000_000
      var look = DerivedLook<Int>()
      func isComplete(after seconds: Int64) -> Bool {
        look.isComplete(1, session.shared, name, at: moment + seconds * 1_000_000)
      }
      #expect(look.note(1, at: moment + 1_000_000, .complete(file)) == nil)
      #expect(isComplete(after: 2) && !isComplete(after: 9))
      #expect(look.note(1, at: moment + 9_000_000, .complete(file)) == nil)
      #expect(isComplete(after: 99) && !look.isComplete(2, session.shared, name, at: .max))
      #expect(look.note(1, at: moment, .skipped("locked")) == "locked")
      #expect(!isComplete(after: 1))
    }
  }

  @Test("one more decision or incident that nobody could write yet is added")
  func grown() throws {
    try run { session, bench in
      let directory = try Directory.open(bench.path, followLast: false)
      let held = try [0, 1].map { index in
        try Held(OpenFile.open(Self.names[index], in: directory, mode: .appendExisting))
      }
      let proposal = try bench.propose("host", by: "scribe")
      try bench.ack(proposal, by: "forge")
      #expect(try bench.settle("scribe").says("not written now"))
      try bench.act(as: "scribe") { session, _ in
        _ = try session.raise(.init(subject: "disk fuller", body: .string("help")))
      }
      for name in Self.names { #expect(try bench.lines(name).count == 1) }
      for file in held { try file.release() }
      let report = try session.catchUp()
      #expect(report.failure == nil && !report.isLeftOver)
      for name in Self.names { #expect(try bench.lines(name).count == 2) }
      #expect(try bench.audit().bad.isEmpty)
    }
  }

  #if FAULTS
    @Test("what nobody has changed is not read again for a fact that changes nothing of it")
    func unread() throws {
      try run { session, bench in
        try bench.send("why", by: "scribe") { $0.ackRequired = true }
        let plan = FaultPlan(Fault.unflushed)
        try plan.run { _ = try session.catchUp() }
        try #require(!session.reader.store.isUnsettled)
        let reads = plan.trace.filter { call in
          call.call == .read && Self.names.contains { call.path.hasSuffix($0) }
        }
        #expect(reads.isEmpty, "\(reads.map(\.path))")
      }
    }
  #endif
}

/// A lock on a file, as another process holds it.
private final class Held {
  private let file: OpenFile

  init(_ file: consuming OpenFile) throws {
    self.file = file
    try self.file.requireLock(upTo: .seconds(5))
  }

  func release() throws { try file.unlock() }
}
