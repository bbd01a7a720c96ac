import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@testable import DeadDropKit

@Suite("Taking claims")
struct ClaimVerbTests {
  private static var now: Timestamp { Timestamp(microseconds: WallClock.now()) }

  /// A wire on which ada claimed these in the past, and bob is an agent of this machine.
  private func claimed(
    _ patterns: [String], ago seconds: Int64, _ body: (Bench, inout TestWire) throws -> Void
  ) throws {
    try Bench.run { bench in
      var wire = try TestWire(["ada", "bob"])
      try wire.join()
      for pattern in patterns {
        try wire.claim([pattern], by: "ada", seconds: 60, at: Self.now.adding(seconds: -seconds))
      }
      try bench.settleIn(wire, as: "bob")
      _ = try bench.adopt("bob")
      try body(bench, &wire)
    }
  }

  private func claim(_ pattern: String, by handle: Handle, _ bench: Bench) throws -> ClaimReceipt {
    let resource = try #require(ClaimResource(.strings([pattern])))
    return try bench.act(as: handle) { session, _ in
      try session.claim(.init(resource: resource, seconds: 60, reason: nil))
    }
  }

  private func open(for handle: Handle, _ bench: Bench) throws -> [ClaimStandings.Entry] {
    try bench.act(as: handle) { session, _ in try session.openClaims() }
  }

  @Test("one that expired long ago is taken over, and so are several at once")
  func takeover() throws {
    try claimed(["src/a/**", "src/b/**", "docs"], ago: 400) { bench, _ in
      let taken = try claim("src/**", by: "bob", bench)
      #expect(
        taken.notes.count == 2 && taken.notes.allSatisfy { $0.contains("taken over from ada") })
      let entries = try open(for: "bob", bench)
      #expect(entries.map(\.claim.resource.words) == ["docs", "src/**"])
      #expect(entries.last?.status == .holds)
      #expect(entries.last?.claim.eventID == taken.receipt.eventID)
    }
  }

  #if FAULTS
    @Test("one that is stored and then not seen is told of as stored, and held by the next look")
    func unseen() throws {
      try Bench.run("forge", "scribe") { bench in
        let resource = try #require(ClaimResource(.strings(["src/**"])))
        var id = ""
        try bench.act(as: "forge") { session, _ in
          let full = FaultPlan([
            Fault(.fail(28), call: .rename, pathSuffix: "heads.json", isLasting: true)
          ])
          #expect {
            try full.run {
              _ = try session.claim(.init(resource: resource, seconds: 60, reason: nil))
            }
          } throws: { error in
            guard case .claimUnseen(let claim, _)? = error as? KitError else { return false }
            id = claim.hex
            return true
          }
        }
        let entry = try #require(try open(for: "forge", bench).first)
        #expect(entry.claim.eventID.hex == id && entry.status == .holds)
      }
    }
  #endif

  @Test("as many as one writer can have open, also by who has some of its own")
  func takeoverOfMany() throws {
    try claimed((0..<64).map { "src/\($0)" }, ago: 400) { bench, _ in
      for index in 0..<3 { _ = try claim("docs/\(index)", by: "bob", bench) }
      let taken = try claim("src/**", by: "bob", bench)
      #expect(taken.notes.count == 64)
      #expect(try open(for: "bob", bench).map(\.claim.holder) == ["bob", "bob", "bob", "bob"])
    }
  }

  @Test("one within its grace is not taken over")
  func grace() throws {
    try claimed(["src/a/**"], ago: 200) { bench, _ in
      do {
        _ = try claim("src/**", by: "bob", bench)
        Issue.record("taken")
      } catch KitError.claimed(let held) {
        #expect(held.holder == "ada" && held.isExpired)
      }
      #expect(try bench.count(.claim, of: "bob") == 0)
    }
  }

  @Test("a claim that another's came before is told of once, and when it holds again")
  func told() throws {
    try Bench.run("forge", "scribe", "quill") { bench in
      let mine = try claim("x", by: "forge", bench)
      #expect(try !bench.settle("forge").says("is lost"))
      // Another that did not know of it, with the lower id: found by trying.
      var rival: Receipt?
      while rival == nil {
        let body: JSONValue = .object([
          "resource": .strings(["x"]), "ttl_seconds": .integer(60), "heads": .object([:]),
        ])
        let receipt = try bench.act(as: "scribe") { session, _ in
          try session.append(Draft(.claim, subject: "claim", body: body))
        }
        if receipt.eventID < mine.receipt.eventID {
          rival = receipt
        } else {
          _ = try bench.act(as: "scribe") { session, _ in try session.releaseAllClaims() }
        }
      }
      #expect(try bench.settle("forge").says("is lost to scribe"))
      #expect(try !bench.settle("forge").says("is lost"))
      try bench.send("hello", by: "quill")
      #expect(try !bench.settle("forge").says("is lost"))
      _ = try bench.act(as: "scribe") { session, _ in try session.releaseAllClaims() }
      #expect(try bench.settle("forge").says("holds again"))
      #expect(try !bench.settle("forge").says("holds again"))
    }
  }

  @Test("who read the wire with a version that knew no claims reads them from the logs")
  func olderFacts() throws {
    try Bench.run("forge", "scribe") { bench in
      _ = try claim("x", by: "forge", bench)
      #expect(try open(for: "scribe", bench).count == 1)
      let state = try bench.statePath(of: "scribe")
      // As that version would have left it: no claim among the facts, and no list of kinds.
      let name = try #require(
        FileManager.default.contentsOfDirectory(atPath: state).first { $0.hasPrefix("facts.") })
      let facts = String(decoding: try bench.read(name, in: state), as: UTF8.self)
        .split(separator: "\n").filter { !$0.contains("\"type\":\"claim\"") }
        .map { $0 + "\n" }.joined()
      try bench.overwrite(name, with: Array(facts.utf8), in: state)
      var heads = String(decoding: try bench.read("heads.json", in: state), as: UTF8.self)
      heads.replace(/"facts":[0-9]+/, with: "\"facts\":\(facts.utf8.count)")
      heads.replace(/"kinds":\[[0-9,]*\],/, with: "")
      try bench.overwrite("heads.json", with: Array(heads.utf8), in: state)
      #expect(try open(for: "scribe", bench).count == 1)
    }
  }
}
