import DeadDropKit
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Waiting for answers ends by signed answers or by time")
struct WaitingTests {
  /// Sends as forge and waits; `meanwhile` is what happens in the first pause.
  private func wait(
    _ bench: Bench, _ type: MessageType = .request, to: [Handle] = [],
    upTo limit: Duration = .seconds(60), meanwhile: (Bytes32) throws -> Void = { _ in }
  ) throws -> (answered: Answered, notes: [String], pauses: [Duration]) {
    var session = try bench.open("forge")
    _ = try session.catchUp()
    var outgoing = Session.Outgoing(type, subject: "asked", body: .string("well?"))
    outgoing.to = to
    let recipients = try session.recipients(of: outgoing)
    let id = try session.send(outgoing).eventID
    var notes: [String] = []
    var pauses: [Duration] = []
    let answered = try session.wait(
      for: id, by: recipients, upTo: limit,
      pause: { (pause) throws(KitError) in
        pauses.append(pause)
        guard pauses.count == 1 else { return true }
        do { try meanwhile(id) } catch { throw .noSuchHandle("\(error)") }
        return true
      }, tell: { notes += $0.notes })
    return (answered, notes, pauses)
  }

  @Test("all of whom it was sent to must ack, and nobody else counts")
  func all() throws {
    try Bench.run("forge", "scribe", "mason", "quill") { bench in
      let (answered, _, pauses) = try wait(bench, to: ["scribe", "mason"]) { id in
        for member in ["quill", "mason", "scribe"] as [Handle] { try bench.ack(id, by: member) }
      }
      #expect(answered == .acked)
      #expect(pauses.count == 1 && pauses[0] <= .seconds(2))
      let (rest, _, _) = try wait(bench, to: ["scribe", "mason"], upTo: .milliseconds(50)) { id in
        for member in ["quill", "mason"] as [Handle] { try bench.ack(id, by: member) }
      }
      #expect(rest == .waiting(["scribe"]))
    }
  }

  @Test("a message to everyone waits for every member that has not left")
  func everyone() throws {
    try Bench.run("forge", "scribe", "mason", "quill") { bench in
      try bench.act(as: "quill") { session, _ in _ = try session.leave(because: "bye") }
      let (answered, _, _) = try wait(bench) { id in
        for member in ["mason", "scribe"] as [Handle] { try bench.ack(id, by: member) }
      }
      #expect(answered == .acked)
    }
  }

  @Test("a proposal is ratified while its proposer waits")
  func ratified() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      let (answered, notes, _) = try wait(bench, .proposal) { id in
        for member in ["mason", "scribe"] as [Handle] { try bench.ack(id, by: member) }
      }
      #expect(answered == .acked)
      #expect(notes.contains { $0.hasPrefix("ratified") })
      #expect(try bench.count(.decision, of: "forge") == 1)
    }
  }

  @Test("one no is enough", arguments: [MessageType.decline, .proposal])
  func refused(type: MessageType) throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      for asked in type == .decline ? [MessageType.request, .proposal] : [.proposal] {
        let (answered, _, _) = try wait(bench, asked) { id in
          try bench.send("no", by: "mason", type: type, re: id)
        }
        #expect(answered == .refused("mason", type == .decline ? .decline : .counter))
      }
    }
  }

  @Test("the time is over when it is over, and the message is stored")
  func timedOut() throws {
    try Bench.run("forge", "scribe") { bench in
      let (answered, _, pauses) = try wait(bench, upTo: .zero)
      #expect(answered == .waiting(["scribe"]) && pauses.isEmpty)
      #expect(try bench.count(.request, of: "forge") == 1)
    }
  }

  @Test("an answer behind the cut of who was removed is none")
  func removed() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      let (answered, _, _) = try wait(bench, to: ["scribe"], upTo: .milliseconds(50)) { id in
        let card = try #require(try bench.messages(of: "scribe").first)
        try bench.ack(id, by: "scribe")
        let removal = TestEffects.remove("scribe", seq: 1, id: card.eventID)
        let proposal = try bench.propose("go", by: "forge", effects: removal)
        try bench.ack(proposal, by: "mason")
        try bench.settle("forge")
      }
      #expect(answered == .waiting(["scribe"]))
    }
  }

  @Test("an ack by a key that is not verified is none")
  func unverified() throws {
    try Bench.run { bench in
      let invite = try #require(try bench.found(["forge", "scribe"]).first)
      try bench.join(invite.with(secret: .unheld("guess")))
      let (answered, _, _) = try wait(bench, to: ["scribe"], upTo: .milliseconds(50)) { id in
        try bench.ack(id, by: "scribe")
      }
      #expect(answered == .waiting(["scribe"]))
    }
  }
}
