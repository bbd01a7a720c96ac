import DeadDropKit
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite(
  "Waiting for something unread, or for a message to be seen, ends by what is signed or by time")
struct UnreadWaitTests {
  /// Waits as forge; `meanwhile` happens in the pauses, one after the other.
  private func wait(
    _ bench: Bench, for wanted: Wanted, upTo limit: Duration? = .seconds(60),
    _ meanwhile: [() throws -> Void] = []
  ) throws -> (digest: Digest?, pauseCount: Int) {
    var session = try bench.open("forge")
    var pauseCount = 0
    let digest = try session.waitForUnread(
      wanted, session: Session.defaultSession, upTo: limit,
      pause: { (_) throws(KitError) in
        guard pauseCount < meanwhile.count else { return false }
        do { try meanwhile[pauseCount]() } catch { throw .noSuchHandle("\(error)") }
        pauseCount += 1
        return true
      }, tell: { _ in })
    return (digest, pauseCount)
  }

  @Test("what is unread already ends it at once, and stays unread")
  func present() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      try bench.send(["one", "two"], by: "scribe")
      for _ in 0..<2 {
        let (digest, pauseCount) = try wait(bench, for: .any)
        #expect(digest?.count == 2 && pauseCount == 0)
      }
      #expect(try bench.inbox("forge") == ["one", "two"])
    }
  }

  @Test("only what was asked for ends it, and the digest is of all that is unread")
  func kinds() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      let (proposal, pauses) = try wait(
        bench, for: .proposal,
        [
          { try bench.send("one", by: "scribe") },
          { try bench.send("two", by: "scribe", type: .incident) },
          { _ = try bench.propose("three", by: "scribe") },
        ])
      #expect(proposal?.count == 3 && pauses == 3)
      try bench.inbox("forge")
      let (incident, more) = try wait(
        bench, for: .incident,
        [
          { try bench.send("one", by: "scribe") },
          { try bench.send("two", by: "scribe", type: .incident) },
        ])
      #expect(incident?.count == 2 && more == 2)
    }
  }

  @Test("an answer is one to a message of this agent", arguments: [MessageType.ack, .decline])
  func answers(type: MessageType) throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      let own = try bench.send("mine", by: "forge").eventID
      let other = try bench.send("not mine", by: "mason").eventID
      try bench.inbox("forge")
      let (digest, pauses) = try wait(
        bench, for: .ack,
        [
          { try bench.send("so", by: "scribe", type: type, re: other) },
          { try bench.send("more", by: "scribe", re: own) },
          { try bench.send("so", by: "scribe", type: type, re: own) },
        ])
      #expect(digest?.count == 3 && pauses == 3)
    }
  }

  @Test("a counter is an answer")
  func counter() throws {
    try Bench.run("forge", "scribe") { bench in
      let own = try bench.propose("mine", by: "forge")
      try bench.inbox("forge")
      let (digest, pauses) = try wait(
        bench, for: .ack, [{ try bench.send("no", by: "scribe", type: .proposal, re: own) }])
      #expect(digest?.count == 1 && pauses == 1)
    }
  }

  @Test("time ends it with nothing, and what is held back is nothing")
  func timedOut() throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.inbox("forge")
      try bench.act(as: "forge") { session, _ in _ = try session.revoke("scribe", from: 1) }
      try bench.send("one", by: "scribe")
      let (digest, pauses) = try wait(bench, for: .any, upTo: .zero, [{}])
      #expect(digest == nil && pauses == 0)
    }
  }

  /// Sends to all as forge and waits until it is seen; gives those that have not.
  private func missing(
    _ bench: Bench, upTo limit: Duration = .seconds(60), _ meanwhile: (Bytes32) throws -> Void
  ) throws -> [Handle] {
    var session = try bench.open("forge")
    _ = try session.catchUp()
    let outgoing = Session.Outgoing(.request, subject: "asked", body: .string("well?"))
    let recipients = try session.audience(of: outgoing)
    let receipt = try session.send(outgoing)
    var hasPaused = false
    return try session.waitUntilSeen(
      receipt, by: recipients, upTo: limit,
      pause: { (_) throws(KitError) in
        guard !hasPaused else { return false }
        hasPaused = true
        do { try meanwhile(receipt.eventID) } catch { throw .noSuchHandle("\(error)") }
        return true
      }, tell: { _ in })
  }

  @Test("a message is seen by who has beaten since it read it, or answered it")
  func seen() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      func beat(_ handle: Handle) throws {
        try bench.act(as: handle) { session, _ in _ = try session.heartbeat(Heartbeat()) }
      }
      for handle in ["scribe", "mason"] as [Handle] { try beat(handle) }
      let one = try missing(bench) { _ in try beat("scribe") }
      #expect(one == ["mason"])
      let none = try missing(bench) { id in
        try beat("scribe")
        try bench.ack(id, by: "mason")
      }
      #expect(none.isEmpty)
      let all = try missing(bench, upTo: .zero) { _ in }
      #expect(all == ["mason", "scribe"])
      try bench.act(as: "forge") { session, _ in _ = try session.revoke("mason", from: 1) }
      let unbelieved = try missing(bench) { _ in
        try beat("scribe")
        try beat("mason")
      }
      #expect(unbelieved == ["mason"])
    }
  }
}
