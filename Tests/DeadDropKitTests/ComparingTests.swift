import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

/// Two agents that are on one wire and believe each other's keys no more.
func strangers(_ body: (Bench) throws -> Void) throws {
  try Bench.run("forge", "scribe") { bench in
    try bench.remove("invites.json", of: "forge")
    for handle in ["forge", "scribe"] as [Handle] { try bench.remove("trust.json", of: handle) }
    try body(bench)
  }
}

extension Bench {
  @discardableResult
  func startComparing(_ handle: Handle, with peer: Handle) throws -> SASStanding {
    try act(as: handle) { session, _ in try session.startComparing(peer) }
  }

  @discardableResult
  func showCode(_ handle: Handle, with peer: Handle) throws -> SASStanding {
    try act(as: handle) { session, _ in try session.showCode(peer) }
  }

  /// The code that a side shows, as a person would type it.
  func code(_ handle: Handle, with peer: Handle) throws -> String {
    try #require(try showCode(handle, with: peer).code).filter { $0 != " " }
  }

  func confirm(
    _ handle: Handle, _ peer: Handle, _ code: String, atHour hour: Int64 = 0
  ) throws {
    try act(as: handle) { session, _ in
      let clock = session.wallClock
      session.wallClock = { clock() + hour * 3_600_000_000 }
      _ = try session.confirmCode(peer, code)
    }
  }

  /// A ceremony that forge began, as far as the code on both sides.
  func compare() throws -> String {
    try startComparing("forge", with: "scribe")
    try startComparing("scribe", with: "forge")
    return try code("forge", with: "scribe")
  }

  func tier(of peer: Handle, for handle: Handle) throws -> TrustStore.Tier {
    try act(as: handle) { session, _ in session.tier(of: peer) }
  }
}

@Suite("Two people compare a code, and their agents believe each other's keys by it")
struct ComparingTests {
  private static let wrong = "100010001000"

  @Test("both sides show one code, and the right one opens what was held back")
  func whole() throws {
    try strangers { bench in
      try bench.send("held back", by: "scribe")
      #expect(try bench.inbox("forge").isEmpty)
      let code = try bench.compare()
      #expect(try bench.code("scribe", with: "forge") == code)
      try bench.confirm("forge", "scribe", code)
      #expect(try bench.inbox("forge") == ["held back"])
      #expect(try bench.tier(of: "scribe", for: "forge") == .verified)
      #expect(try bench.tier(of: "forge", for: "scribe") == .untrusted)
      try bench.confirm("scribe", "forge", code)
      #expect(try bench.tier(of: "forge", for: "scribe") == .verified)
      for (handle, peer) in [("forge", "scribe"), ("scribe", "forge")] as [(Handle, Handle)] {
        #expect(try bench.open(handle).trust.pins[peer]?.map(\.means) == [.sas])
      }
      #expect(try bench.audit(everySignature: true).bad.isEmpty)
    }
  }

  @Test("each wrong code says how many tries are left, the third locks for 24 hours")
  func lock() throws {
    try strangers { bench in
      let code = try bench.compare()
      for left in [2, 1, 0] {
        #expect(throws: KitError.wrongCode("scribe", triesLeft: left)) {
          try bench.confirm("forge", "scribe", Self.wrong)
        }
      }
      for act in [
        { try bench.confirm("forge", "scribe", code) },
        { _ = try bench.startComparing("forge", with: "scribe") },
        { _ = try bench.showCode("forge", with: "scribe") },
        { try bench.confirm("forge", "scribe", code, atHour: 23) },
      ] {
        do {
          try act()
          Issue.record("not locked")
        } catch {
          guard case .comparingLocked("scribe", _) = error as? KitError else { throw error }
        }
      }
      #expect(try bench.tier(of: "scribe", for: "forge") == .untrusted)
      // The next day a new ceremony has three tries again; the code of the old one is none.
      #expect(throws: KitError.self) { try bench.confirm("forge", "scribe", code, atHour: 25) }
      let standing = try bench.act(as: "forge") { session, _ in
        let clock = session.wallClock
        session.wallClock = { clock() + 25 * 3_600_000_000 }
        return try session.startComparing("scribe")
      }
      #expect(standing.triesLeft == 3)
    }
  }

  @Test("wrong codes are counted across ceremonies")
  func countedAcross() throws {
    try strangers { bench in
      let code = try bench.compare()
      #expect(throws: KitError.wrongCode("scribe", triesLeft: 2)) {
        try bench.confirm("forge", "scribe", Self.wrong)
      }
      // Scribe gives up and begins anew, which forge follows.
      try bench.remove("ceremonies.json", of: "scribe")
      #expect(try bench.startComparing("scribe", with: "forge").role == .initiator)
      #expect(try bench.startComparing("forge", with: "scribe").role == .responder)
      #expect(throws: KitError.codeNotReady("scribe")) {
        try bench.confirm("forge", "scribe", code)
      }
      try bench.showCode("scribe", with: "forge")
      let fresh = try bench.code("forge", with: "scribe")
      #expect(fresh != code)
      #expect(throws: KitError.wrongCode("scribe", triesLeft: 1)) {
        try bench.confirm("forge", "scribe", code)
      }
      try bench.confirm("forge", "scribe", fresh)
      #expect(try bench.tier(of: "scribe", for: "forge") == .verified)
    }
  }

  @Test("nothing that the peer writes uses up a try or leads to a lock")
  func noLockByWire() throws {
    try strangers { bench in
      for _ in 0..<5 {
        try bench.remove("ceremonies.json", of: "scribe", ifThere: true)
        try bench.startComparing("scribe", with: "forge")
        #expect(throws: KitError.nothingToCompare("scribe")) {
          try bench.confirm("forge", "scribe", Self.wrong)
        }
      }
      #expect(try bench.startComparing("forge", with: "scribe").triesLeft == 3)
    }
  }

  @Test("where both begin at once, one of the two ceremonies is both's")
  func together() throws {
    try strangers { bench in
      // Each looks at a copy in which the other has not written yet.
      let other = try bench.replica()
      try bench.startComparing("forge", with: "scribe")
      try other.startComparing("scribe", with: "forge")
      try bench.merge("scribe", from: other)
      let state = try bench.statePath(of: "scribe")
      let copy = try other.statePath(of: "scribe")
      try FileManager.default.removeItem(atPath: state)
      try FileManager.default.copyItem(atPath: copy, toPath: state)
      for _ in 0..<2 {
        for (handle, peer) in [("forge", "scribe"), ("scribe", "forge")] as [(Handle, Handle)] {
          try bench.startComparing(handle, with: peer)
        }
      }
      let code = try bench.code("forge", with: "scribe")
      #expect(try bench.code("scribe", with: "forge") == code)
    }
  }

  @Test("a start that was promised and never written is written by the next look")
  func crash() throws {
    try strangers { bench in
      try bench.startComparing("forge", with: "scribe")
      // As after a crash between the private file and the line: the line is not there.
      let lines = try bench.lines(of: "forge")
      try bench.startComparing("forge", with: "scribe")
      #expect(try bench.lines(of: "forge") == lines)
      #expect(try bench.count(.sasStart, of: "forge") == 1)
      let code = try bench.compare()
      #expect(try bench.code("scribe", with: "forge") == code)
    }
  }

  @Test("a memory of tries that cannot be read is closed")
  func damaged() throws {
    try strangers { bench in
      let code = try bench.compare()
      let state = try bench.statePath(of: "forge")
      for text in ["", "{", "{}", #"{"version":1,"peers":{},"used":["00"]}"#] {
        try bench.overwrite("ceremonies.json", with: Array(text.utf8), in: state)
        #expect(throws: KitError.ceremonyBook(state + "/ceremonies.json")) {
          try bench.confirm("forge", "scribe", code)
        }
        #expect(try bench.read("ceremonies.json", in: state) == Array(text.utf8))
      }
    }
  }

  @Test(
    "a right code confirms nothing when it is typed for nobody, for oneself, or before its time")
  func outOfPlace() throws {
    try strangers { bench in
      #expect(throws: KitError.nothingToCompare("scribe")) {
        try bench.confirm("forge", "scribe", Self.wrong)
      }
      #expect(throws: KitError.ownHandle("forge")) {
        try bench.startComparing("forge", with: "forge")
      }
      #expect(throws: KitError.notRecipients(["mallory"])) {
        try bench.startComparing("forge", with: "mallory")
      }
      try bench.startComparing("forge", with: "scribe")
      #expect(throws: KitError.codeNotReady("scribe")) {
        try bench.confirm("forge", "scribe", Self.wrong)
      }
    }
  }
}
