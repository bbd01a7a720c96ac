import DeadDropKit
import Foundation
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Lines that go missing are told, and what was verified stands")
struct GapAndRollbackTests {
  private func written(_ body: (Bench, [[UInt8]]) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      try bench.send(["one", "two", "three", "four"], by: "scribe")
      try body(bench, try bench.lines(of: "scribe"))
    }
  }

  private func shown(_ bench: Bench) throws -> [String] {
    try bench.act(as: "forge") { session, _ in
      let inbox = try session.inbox(session: "main", limit: nil, isPeek: false)
      _ = try session.commitRead()
      return inbox.requests.map {
        ($0.message?.subject.string ?? "") + ($0.isAfterGap ? " after a gap" : "")
      }
    }
  }

  @Test("what follows a gap has a label, and the late line comes once", arguments: [false, true])
  func gap(isLateLineLast: Bool) throws {
    try written { bench, lines in
      let rest = lines.enumerated().filter { $0.offset != 2 }.map(\.element)
      try bench.setLines(rest, of: "scribe")
      let report = try bench.settle("forge")
      #expect(report.broken.map(\.verdict) == [.gap])
      #expect(try shown(bench) == ["one", "three after a gap", "four after a gap"])
      #expect(try shown(bench).isEmpty)
      #expect(try bench.settle("forge").isUnsafe)
      try bench.setLines(isLateLineLast ? rest + [lines[2]] : lines, of: "scribe")
      #expect(try shown(bench) == ["two"])
      #expect(try shown(bench).isEmpty)
      #expect(try !bench.settle("forge").isUnsafe)
      try bench.send("five", by: "scribe")
      #expect(try shown(bench) == ["five"])
      #expect(try shown(bench).isEmpty)
    }
  }

  @Test(
    "a line that comes in the place of one that repeats another is shown, also of the same length",
    arguments: [false, true])
  func replacedRepetition(grows: Bool) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      try bench.send(["one", "two"], by: "scribe")
      let lines = try bench.lines(of: "scribe")
      let again = lines[lines.count - 2]
      try #require(again.count == lines[lines.count - 1].count)
      try bench.setLines(lines.dropLast() + [again], of: "scribe")
      #expect(try shown(bench) == ["one"])
      try bench.setLines(lines + (grows ? [again] : []), of: "scribe")
      #expect(try shown(bench) == ["two"])
      #expect(try !bench.settle("forge").isUnsafe)
    }
  }

  @Test("lines that come from the last to the first are each shown once")
  func backwards() throws {
    try written { bench, lines in
      var all: [String] = []
      try bench.setLines([lines[0]], of: "scribe")
      for line in lines.dropFirst().reversed() {
        try bench.append(line, to: "scribe")
        all += try shown(bench)
      }
      #expect(all == ["four after a gap", "three after a gap", "two after a gap", "one"])
      #expect(try !bench.settle("forge").isUnsafe)
      #expect(try bench.audit().bad.isEmpty)
    }
  }

  @Test("a log cut short is told every time, and a restored one is sound", arguments: 0..<5)
  func rollback(keptLines: Int) throws {
    try written { bench, lines in
      #expect(try shown(bench) == ["one", "two", "three", "four"])
      try bench.setLines(Array(lines.prefix(keptLines)), of: "scribe")
      for _ in 0..<3 {
        let report = try bench.settle("forge")
        #expect(report.broken.map(\.verdict) == [.rollback])
        #expect(report.isUnsafe)
        let head = try bench.act(as: "forge") { session, _ in
          session.reader.store.records["scribe"]?.head.seq
        }
        #expect(head == lines.count)
        #expect(try shown(bench).isEmpty)
        let verdict = try bench.act(as: "forge") { session, _ in
          try session.verify(everySignature: false).reading.chains["scribe"]?.verdict
        }
        #expect(verdict == .rollback)
      }
      try bench.setLines(lines, of: "scribe")
      #expect(try !bench.settle("forge").isUnsafe)
      #expect(try shown(bench).isEmpty)
      try bench.send("five", by: "scribe")
      #expect(try shown(bench) == ["five"])
    }
  }

  @Test("a log that is gone is a rollback until it is back")
  func gone() throws {
    try written { bench, lines in
      try bench.settle("forge")
      let log = bench.path + "/scribe_to_forge.jsonl"
      try FileManager.default.moveItem(atPath: log, toPath: log + ".away")
      #expect(try bench.settle("forge").broken.map(\.verdict) == [.rollback])
      #expect(try bench.settle("forge").broken.map(\.verdict) == [.rollback])
      try FileManager.default.moveItem(atPath: log + ".away", toPath: log)
      #expect(try bench.settle("forge").broken.isEmpty)
      #expect(try shown(bench) == ["one", "two", "three", "four"])
    }
  }

  @Test("a decision that rests on lines that were cut away still stands for who verified them")
  func decision() throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose("port", by: "forge")
      try bench.ack(proposal, by: "scribe")
      try bench.settle("forge")
      let lines = try bench.lines(of: "scribe")
      try bench.setLines(Array(lines.dropLast()), of: "scribe")
      #expect(try bench.settle("forge").broken.map(\.verdict) == [.rollback])
      #expect(try bench.status(of: proposal, for: "forge") == .ratified)
    }
  }
}
