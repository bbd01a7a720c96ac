import DeadDropKit
import Foundation
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("An agent signs on only from the line that it stored last")
struct OwnLogTests {
  private let log = "scribe_to_forge.jsonl"

  private func joined(_ body: (Bench, String) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send(["one", "two"], by: "scribe")
      try body(bench, try bench.statePath(of: "scribe"))
    }
  }

  /// Sends and expects a refusal that leaves the wire as it is.
  private func expectRefusal(_ expected: WireError, _ bench: Bench) throws {
    let before = try bench.snapshot(bench.path)
    #expect(throws: KitError.wire(expected)) { try bench.send("three", by: "scribe") }
    #expect(try bench.snapshot(bench.path) == before)
  }

  /// Puts `writer.txt` back to what it was before so many lines were sent.
  private func forget(_ count: Int, _ bench: Bench, _ state: String) throws {
    let old = try bench.read("writer.txt", in: state)
    for number in 0..<count { try bench.send(Text("lost \(number)"), by: "scribe") }
    try bench.overwrite("writer.txt", with: old, in: state)
  }

  @Test("lines of an interrupted append are adopted, and it says so", arguments: [1, 2, 64])
  func adopt(count: Int) throws {
    try joined { bench, state in
      try forget(count, bench, state)
      let receipt = try bench.send("next", by: "scribe")
      #expect(receipt.notes == ["\(count) lines of an interrupted append were adopted from \(log)"])
      #expect(receipt.seq == 3 + count + 1)
      #expect(try bench.audit(everySignature: true).bad.isEmpty)
      #expect(try bench.audit().reading.chains["scribe"]?.head.seq == receipt.seq)
      #expect(try bench.send("after", by: "scribe").notes.isEmpty)
    }
  }

  @Test("more lines than one crash can leave are not")
  func tooMany() throws {
    try joined { bench, state in
      try forget(65, bench, state)
      try expectRefusal(.ownLogAhead(log: log, seq: 68, known: 3), bench)
    }
  }

  @Test("an unfinished line is cut, and it says so", arguments: [1, 40, 5000])
  func torn(byteCount: Int) throws {
    try joined { bench, _ in
      let tail = Array("{\"ack_required\":".utf8) + Array(repeating: UInt8(ascii: "x"), count: 5000)
      try bench.appendBytes(Array(tail.prefix(byteCount)), to: log)
      let receipt = try bench.send("three", by: "scribe")
      #expect(
        receipt.notes == ["\(byteCount) bytes of an unfinished line were cut from \(log)"])
      #expect(receipt.seq == 4)
      #expect(try bench.audit().bad.isEmpty)
      #expect(try bench.lines(of: "scribe").count == 4)
    }
  }

  @Test("a log that lost its end is refused", arguments: [1, 2])
  func behind(lostLines: Int) throws {
    try joined { bench, _ in
      try bench.setLines(try bench.lines(of: "scribe").dropLast(lostLines), of: "scribe")
      try expectRefusal(.ownLogBehind(log: log, seq: 3), bench)
      try expectRefusal(.ownLogBehind(log: log, seq: 3), bench)
    }
  }

  @Test("an empty log is refused")
  func emptied() throws {
    try joined { bench, _ in
      try bench.setLines([], of: "scribe")
      try expectRefusal(.ownLogBehind(log: log, seq: 3), bench)
    }
  }

  @Test("a log that is gone is refused, and no other comes into being")
  func gone() throws {
    try joined { bench, _ in
      try FileManager.default.removeItem(atPath: bench.path + "/" + log)
      try expectRefusal(.ownLogBehind(log: log, seq: 3), bench)
    }
  }

  @Test("a log with another last line of the same length is refused")
  func different() throws {
    try joined { bench, _ in
      var lines = try bench.lines(of: "scribe")
      lines[2] = Array(repeating: UInt8(ascii: "x"), count: lines[2].count)
      try bench.setLines(lines, of: "scribe")
      try expectRefusal(.ownLogBehind(log: log, seq: 3), bench)
    }
  }

  @Test("another line that the own key signed in this place is refused")
  func rival() throws {
    try joined { bench, state in
      let old = try bench.read("writer.txt", in: state)
      let before = try bench.lines(of: "scribe")
      try bench.send("three", by: "scribe")
      let mine = try bench.read("writer.txt", in: state)
      try bench.setLines(before, of: "scribe")
      try bench.overwrite("writer.txt", with: old, in: state)
      var session = try bench.open("scribe")
      _ = try session.send(.init(.request, subject: "rival", body: .string("text")))
      try bench.overwrite("writer.txt", with: mine, in: state)
      try expectRefusal(.ownLogDiffers(log: log, seq: 4), bench)
    }
  }

  @Test("a log without private state beside it is refused")
  func withoutState() throws {
    try joined { bench, state in
      try FileManager.default.removeItem(atPath: state + "/writer.txt")
      try expectRefusal(.ownLogAhead(log: log, seq: 3, known: 0), bench)
      try expectRefusal(.ownLogAhead(log: log, seq: 3, known: 0), bench)
    }
  }

  @Test("and a beat does not make up for the state that was lost")
  func beatAfterLoss() throws {
    try joined { bench, state in
      try FileManager.default.removeItem(atPath: state + "/writer.txt")
      try bench.act(as: "scribe") { session, _ in _ = try? session.heartbeat(Heartbeat()) }
      try expectRefusal(.ownLogAhead(log: log, seq: 3, known: 0), bench)
    }
  }

  @Test("damaged private state is refused", arguments: ["", "{", "{}", #"{"seq":3}"#])
  func damaged(text: String) throws {
    try joined { bench, state in
      try bench.overwrite("writer.txt", with: Array(text.utf8), in: state)
      let before = try bench.snapshot(bench.path)
      #expect(throws: KitError.self) { try bench.send("three", by: "scribe") }
      #expect(try bench.snapshot(bench.path) == before)
    }
  }
}
