import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("incident_log.jsonl mirrors the incidents, and is never read as truth")
struct IncidentMirrorTests {
  private static let name = SharedDirectory.incidentLogName

  @Test("it holds the incident messages byte for byte, each once, whoever settles")
  func bytes() throws {
    try Bench.run("forge", "scribe") { bench in
      #expect(try bench.lines(Self.name).isEmpty)
      try bench.raise("one", by: "forge")
      try bench.raise("two", by: "scribe", ackRequired: false)
      for handle in ["forge", "scribe", "forge"] as [Handle] { try bench.settle(handle) }
      let expected = try ["forge", "scribe"].flatMap { try bench.incidentLines(of: $0) }
      #expect(expected.count == 2)
      #expect(Set(try bench.lines(Self.name)) == Set(expected))
      #expect(try bench.lines(Self.name).count == 2)
      let audit = try bench.audit(everySignature: true)
      #expect(audit.bad.isEmpty && audit.missingIncidents.isEmpty)
    }
  }

  @Test("a revert and an escalation are in it too")
  func reverts() throws {
    try Bench.run("forge", "scribe") { bench in
      _ = try bench.act(as: "forge", at: 1_000) { session, _ in
        try session.send(.init(.proposal, subject: "port", body: .string("8443")))
      }
      for time in [1_000, 2_000] { try bench.act(as: "forge", at: time) { _, _ in } }
      #expect(try bench.lines(Self.name) == bench.incidentLines(of: "forge"))
      #expect(try bench.lines(Self.name).count == 1)
    }
  }

  @Test("any other line is not derived, and a missing one is named and added")
  func foreign() throws {
    try Bench.run("forge", "scribe") { bench in
      let id = try bench.raise("one", by: "forge")
      try bench.settle("forge")
      let line = try #require(try bench.lines(Self.name).first)
      try bench.overwrite(Self.name, with: Array("{\"x\":1}\n".utf8) + line.dropLast() + [0x0A])
      let audit = try bench.audit()
      #expect(audit.badLines == ["\(Self.name):1 not_derived", "\(Self.name):2 not_derived"])
      #expect(audit.missingIncidents == [id])
      // Nothing new, nothing to settle: then the next fact brings it back.
      try bench.raise("two", by: "forge")
      try bench.settle("forge")
      #expect(try bench.audit().missingIncidents.isEmpty)
      #expect(try bench.audit().bad.count == 2)
    }
  }

  @Test("a line twice is ignored, and so is one of a removed member behind its cut")
  func idle() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      try bench.raise("late", by: "mason")
      try bench.settle("forge")
      let line = try #require(try bench.lines(Self.name).first)
      try bench.appendBytes(line + [0x0A], to: Self.name)
      let card = try #require(try bench.messages(of: "mason").first)
      let removal = TestEffects.remove("mason", seq: 1, id: card.eventID)
      let proposal = try bench.propose("go", by: "forge", effects: removal)
      try bench.ack(proposal, by: "scribe")
      try bench.settle("forge")
      #expect(try bench.audit().bad.isEmpty)
      try bench.overwrite(Self.name, with: [])
      try bench.raise("other", by: "scribe")
      try bench.settle("forge")
      #expect(try bench.lines(Self.name) == bench.incidentLines(of: "scribe"))
      #expect(try bench.audit().missingIncidents.isEmpty)
    }
  }

  @Test("one behind a leave is not in it, and no fault where it stands")
  func departed() throws {
    try Bench.run { bench in
      var wire = try TestWire(["ada", "bob"])
      try wire.join()
      try wire.leave(by: "bob")
      try wire.incident(by: "bob")
      try bench.settleIn(wire, as: "ada")
      #expect(try bench.audit().missingIncidents.isEmpty)
      let line = try #require(try bench.incidentLines(of: "bob").first)
      try Scratch.write(line + [0x0A], to: Self.name, in: bench.path)
      #expect(try bench.audit().bad.isEmpty)
    }
  }

  @Test("what cannot be written now is written at the next settling")
  func skipped() throws {
    try Bench.run("forge", "scribe") { bench in
      let path = "\(bench.path)/\(Self.name)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      try bench.raise("one", by: "forge")
      #expect(try bench.settle("forge").says("not written now, tried again later"))
      #expect(try bench.audit().badLines == ["\(Self.name):1 not_derived"])
      try FileManager.default.removeItem(atPath: path)
      try bench.settle("forge")
      #expect(try bench.lines(Self.name) == bench.incidentLines(of: "forge"))
    }
  }
}

@Suite("A line of a higher version is not obeyed, and told once")
struct SchemaDriftTests {
  private func drifts(_ bench: Bench, by handle: Handle) throws -> [Message] {
    try bench.messages(of: handle).filter { $0.body?.members?["code"] == .string("schema_drift") }
  }

  /// Puts a line of version 2 behind those of a log, as a newer program might write it.
  private func drift(_ bench: Bench, of handle: Handle, wire: Bytes32? = nil) throws {
    let id = try bench.audit().reading.genesis.id
    let line: JSONObject = [
      "v": .integer(2), "wire": .hex(wire ?? id), "from": .string(handle.name),
      "novelty": .array([.integer(1)]),
    ]
    try bench.append(CanonicalWriter.bytes(of: line), to: handle)
  }

  @Test("by whoever reads it first, one for each writer, however many such lines come")
  func once() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      try drift(bench, of: "scribe")
      #expect(try bench.settle("forge").says("a line of scribe needs version 2"))
      try drift(bench, of: "scribe")
      for handle in ["forge", "mason", "forge"] as [Handle] { try bench.settle(handle) }
      #expect(try drifts(bench, by: "forge").map(\.ackRequired) == [false])
      #expect(try drifts(bench, by: "mason").isEmpty)
      try drift(bench, of: "mason")
      try bench.settle("forge")
      let told = try drifts(bench, by: "forge").map { $0.body?.members?["handle"]?.text }
      #expect(told == ["scribe", "mason"])
      #expect(try bench.audit().bad.map(\.reason) == [.malformed, .malformed, .malformed])
    }
  }

  @Test("also by who could not write when it met the line")
  func later() throws {
    try Bench.run("forge", "scribe") { bench in
      try drift(bench, of: "scribe")
      let log = "\(bench.path)/forge_to_scribe.jsonl"
      try bench.restrict(log, to: 0o666)
      #expect(try bench.settle("forge").says("not settled now"))
      try bench.restrict(log, to: 0o644)
      #expect(try bench.settle("forge").says("a line of scribe needs version 2"))
      #expect(try !bench.settle("forge").says("needs version"))
      #expect(try drifts(bench, by: "forge").count == 1)
    }
  }

  @Test("a line of another wire, or of no version, is only malformed")
  func others() throws {
    try Bench.run("forge", "scribe") { bench in
      try drift(bench, of: "scribe", wire: .unheld("other"))
      try bench.append(Array("{\"v\":\"2\"}".utf8), to: "scribe")
      try bench.append(Array("junk".utf8), to: "scribe")
      #expect(try bench.settle("forge").bad.count == 3)
      #expect(try drifts(bench, by: "forge").isEmpty)
    }
  }

  @Test("nor is one's own: a newer program of this agent wrote it")
  func own() throws {
    try Bench.run("forge", "scribe") { bench in
      try drift(bench, of: "forge")
      try bench.settle("forge")
      #expect(try drifts(bench, by: "forge").isEmpty)
    }
  }
}

extension Bench {
  @discardableResult
  fileprivate func raise(
    _ subject: Text, by handle: Handle, ackRequired: Bool = true
  ) throws -> Bytes32 {
    var alarm = Session.Alarm(subject: subject, body: .string("help"))
    alarm.ackRequired = ackRequired
    return try act(as: handle) { session, _ in try session.raise(alarm).eventID }
  }

  fileprivate func incidentLines(of handle: Handle) throws -> [[UInt8]] {
    try lines(of: handle).filter { line in
      (try? Envelope.read(line.span))?.kind == MessageType.incident.kind
    }
  }
}
