import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A wire is founded over older logs, which stay as they are")
struct TakeOverTests {
  private static let old = #"{"from":"forge","type":"request","subject":"old","body":"x"}"#

  private func older(
    _ names: [String] = ["forge_to_scribe.jsonl", "scribe_to_forge.jsonl", "decisions.jsonl"],
    _ body: (Bench) throws -> Void
  ) throws {
    try Bench.run { bench in
      try FileManager.default.createDirectory(
        atPath: bench.path, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o755])
      // The last line has no LF.
      for name in names {
        try Data((Self.old + "\n" + Self.old).utf8).write(
          to: URL(fileURLWithPath: "\(bench.path)/\(name)"))
      }
      try body(bench)
    }
  }

  @discardableResult
  private func adopt(
    _ bench: Bench, _ members: [Handle] = ["forge", "scribe"], isLocal: Bool = false
  ) throws -> Founding.Outcome {
    let request = Founding.Request(
      directory: bench.path, founder: members[0], peers: Array(members.dropFirst()), domains: [:],
      tiers: TiersFile.standard, isLocal: isLocal, isAdoption: true)
    return try Founding.found(request, in: bench.places(members[0]))
  }

  @Test("its members join and talk; what is older is history for each of them")
  func joined() throws {
    try older { bench in
      let outcome = try adopt(bench)
      #expect(outcome.legacy.count == 3)
      for invite in outcome.invites { try bench.join(invite) }
      try bench.settle("forge")
      try bench.send("new", by: "scribe")
      #expect(try bench.inbox("forge") == ["new"])
      for member in ["forge", "scribe"] as [Handle] {
        try bench.act(as: member) { session, report in
          #expect(!report.isUnsafe)
          let older = try session.legacyHistory(Session.Filter())
          #expect(older.map(\.standing) == [.unsigned])
          let id = try #require(older.first?.eventID?.hex)
          #expect(try session.legacyLine(id)?.text(.subject) == "old")
        }
      }
      #expect(try bench.audit(everySignature: true).badLines == [])
    }
  }

  @Test("of a group the logs that are there keep their names, and others become history")
  func group() throws {
    let names = ["forge_to_scribe.jsonl", "scribe_to_ada.jsonl", "scribe_to_forge.jsonl"]
    try older(names + ["b.k_2_to_all.jsonl"]) { bench in
      let outcome = try adopt(bench, ["forge", "scribe", "ada"])
      #expect(try bench.log(of: "forge") == "forge_to_scribe.jsonl")
      #expect(try bench.log(of: "scribe") == "scribe_to_all.jsonl")
      #expect(try bench.log(of: "ada") == "ada_to_all.jsonl")
      #expect(outcome.legacy.keys.sorted() == ["b.k_2_to_all.jsonl"] + names)
      #expect(try bench.audit().legacyLineCount == 8)
    }
  }

  @Test("nothing is shown where the founder is not verified: it is the founder's word")
  func unverified() throws {
    try older { bench in
      for invite in try adopt(bench).invites { try bench.join(invite) }
      try FileManager.default.removeItem(atPath: "\(bench.statePath(of: "scribe"))/trust.json")
      try bench.act(as: "scribe") { session, _ in
        let older = try session.legacyHistory(Session.Filter())
        #expect(older.isEmpty)
      }
    }
  }

  @Test("a wire that is there, or nothing of these agents, is refused and left as it is")
  func refused() throws {
    try older { bench in
      let before = try bench.snapshot(bench.path)
      #expect(throws: KitError.nothingToAdopt(bench.path)) { try adopt(bench, ["ada", "bob"]) }
      #expect(try bench.snapshot(bench.path) == before)
      try adopt(bench, isLocal: true)
      #expect(throws: KitError.wireExists(bench.path)) { try adopt(bench, isLocal: true) }
      #expect(throws: KitError.wireExists(bench.path)) { try adopt(bench, ["scribe", "forge"]) }
    }
  }

  #if FAULTS
    @Test("where it is struck at any call, giving it again goes on", arguments: [true, false])
    func struck(isLocal: Bool) throws {
      try older { bench in
        try bench.walk(.key) {
          try adopt(bench, isLocal: isLocal)
        } check: { strike, findings in
          do { try adopt(bench, isLocal: isLocal) } catch KitError.wireExists {
            findings.require(isLocal, "not gone on with")
          }
          let bytes = Array((Self.old + "\n" + Self.old + "\n").utf8)
          for name in ["forge_to_scribe.jsonl", "scribe_to_forge.jsonl"] {
            findings.require(try bench.read(name).starts(with: bytes), "\(name) was changed")
          }
          findings.requireEqual(try bench.count(.agentCard, of: "forge"), 1, "cards")
          if isLocal {
            findings.requireEqual(try bench.count(.agentCard, of: "scribe"), 1, "cards of a peer")
            var session = try bench.open("scribe", local: "forge")
            findings.requireEqual(try session.catchUp().isUnsafe, false, "unsafe")
          }
          let audit = try bench.audit(everySignature: true)
          findings.requireEqual(audit.badLines, [], "bad lines")
          findings.requireEqual(audit.legacyLineCount, 6, "older lines")
        }
      }
    }
  #endif
}
