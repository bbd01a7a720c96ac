import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A receipt says what is proven, of those who were meant")
struct ReceiptTests {
  private func beat(_ bench: Bench, by handle: Handle) throws {
    try bench.act(as: handle) { session, _ in _ = try session.heartbeat(Heartbeat()) }
  }

  /// The receipts of a message of forge, as `scribe seen`.
  private func receipts(of id: Bytes32, _ bench: Bench) throws -> [String] {
    try bench.act(as: "forge") { session, _ in
      try session.receipts(of: [session.line(id.hex)])[0].map { receipt in
        "\(receipt.handle) \(receipt.state)" + (receipt.answer.map { " \($0)" } ?? "")
      }
    }
  }

  @Test("only whom it was sent to is asked, and who has left is not")
  func audience() throws {
    try Bench.run("forge", "scribe", "mason", "quill") { bench in
      try bench.act(as: "quill") { session, _ in _ = try session.leave(because: "bye") }
      let all = try bench.send("all", by: "forge").eventID
      let one = try bench.send("one", by: "forge") { $0.to = ["mason", "forge"] }.eventID
      #expect(try receipts(of: all, bench) == ["mason stored", "scribe stored"])
      #expect(try receipts(of: one, bench) == ["mason stored"])
      try beat(bench, by: "mason")
      #expect(try receipts(of: all, bench) == ["mason seen", "scribe stored"])
      try bench.inbox("mason")
      #expect(try receipts(of: one, bench) == ["mason read"])
    }
  }

  @Test("an answer is more than a beat, whichever it is", arguments: [MessageType.ack, .decline])
  func answered(type: MessageType) throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      let id = try bench.send("one", by: "forge").eventID
      try bench.inbox("scribe")
      try bench.send("so", by: "scribe", type: type, re: id)
      #expect(try receipts(of: id, bench) == ["mason stored", "scribe answered \(type)"])
    }
  }

  @Test("a counter is an answer to a proposal")
  func countered() throws {
    try Bench.run("forge", "scribe") { bench in
      let id = try bench.propose("one", by: "forge")
      try bench.send("no", by: "scribe", type: .proposal, re: id)
      #expect(try receipts(of: id, bench) == ["scribe answered counter"])
    }
  }

  @Test("beats and answers of a key that is not believed prove nothing")
  func unverified() throws {
    try Bench.run("forge", "scribe") { bench in
      let id = try bench.send("one", by: "forge").eventID
      try bench.inbox("scribe")
      try bench.ack(id, by: "scribe")
      #expect(try receipts(of: id, bench) == ["scribe answered ack"])
      try bench.act(as: "forge") { session, _ in _ = try session.revoke("scribe", from: 1) }
      try beat(bench, by: "scribe")
      #expect(try receipts(of: id, bench) == ["scribe stored"])
    }
  }

  @Test("who has seen another line in that place has not seen this one")
  func otherHistory() throws {
    try Bench.run("forge", "scribe") { bench in
      try beat(bench, by: "scribe")
      let copy = Bench(root: bench.root + ".copy")
      try FileManager.default.copyItem(atPath: bench.root, toPath: copy.root)
      defer { try? FileManager.default.removeItem(atPath: copy.root) }
      let id = try bench.send("shown to nobody", by: "forge").eventID
      try copy.send("shown to scribe", by: "forge")
      try copy.inbox("scribe")
      try bench.overwrite("beats/scribe.jsonl", with: try copy.read("beats/scribe.jsonl"))
      #expect(try receipts(of: id, bench) == ["scribe stored"])
      // Nor does it help to go on: the line in its place is another one still.
      try bench.send("more", by: "forge")
      #expect(try receipts(of: id, bench) == ["scribe stored"])
    }
  }
}
