import DeadDropKit
import Foundation
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Each attack on a log has its own name, its proof and its way back")
struct VerdictTests {
  private let log = "scribe_to_forge.jsonl"

  /// The agents can go on, and nobody finds anything amiss.
  private func expectSound(_ bench: Bench) throws {
    try bench.send("after", by: "scribe")
    let shown = try bench.inbox("forge")
    #expect(shown.last == "after", "\(shown)")
    for handle in ["forge", "scribe"] as [Handle] {
      #expect(try !bench.settle(handle).isUnsafe)
      #expect(try bench.doctor(handle).bad.map(\.finding) == [])
    }
    #expect(try bench.audit(everySignature: true).badLines == [])
  }

  @Test("one key on two machines is a fork: kept as proof, and nobody goes on signing")
  func copiedKey() throws {
    try written { bench in
      let other = try bench.replica()
      try bench.send("here", by: "scribe")
      try other.send("there", by: "scribe")
      let before = try bench.lines(of: "scribe")
      try bench.settle("forge")
      try bench.merge("scribe", from: other)
      for _ in 0..<2 {
        let report = try bench.settle("forge")
        #expect(report.broken.map(\.verdict) == [.fork])
      }
      let pk = try bench.pk(of: "scribe")
      #expect(try bench.findings("fork", of: "forge") == [.fork(signer: pk, seq: 5)])
      for handle in ["forge", "scribe"] as [Handle] {
        let checkups = try bench.doctor(handle)
        #expect(checkups.says(.bad, log, "fork at line 5"))
        #expect(checkups.bad.allSatisfy { $0.remedy != nil || $0.error != nil })
      }
      #expect(throws: KitError.self) { try bench.send("more", by: "scribe") }
      try bench.expectNoAdoption("scribe", "two histories were signed at line 5")
      // What the key went on to sign elsewhere is taken away again: one history is left.
      try bench.setLines(before, of: "scribe")
      #expect(try bench.settle("forge").broken.isEmpty)
      try expectSound(bench)
      #expect(try bench.findings("fork", of: "forge") == [.fork(signer: pk, seq: 5)])
    }
  }

  @Test("the other machine is told before it signs, when the log shows what it never wrote")
  func copiedKeyMeets() throws {
    try written { bench in
      let other = try bench.replica()
      try bench.send("here", by: "scribe")
      try other.send("there", by: "scribe")
      try other.setLines(try bench.lines(of: "scribe"), of: "scribe")
      #expect(throws: KitError.wire(.ownLogDiffers(log: log, seq: 5))) {
        try other.send("more", by: "scribe")
      }
      #expect(try other.doctor("scribe").says(.bad, log, "5"))
      try other.expectNoAdoption("scribe", "line 5")
    }
  }

  @Test("other lines in place of the last one are not called an interrupted append")
  func rivalHistory() throws {
    try written { bench in
      let other = try bench.replica()
      // Scribe's heads know nothing of its newest line yet; its writer's record does.
      try bench.send("here", by: "scribe")
      try other.send(["there", "and more"], by: "scribe")
      try bench.setLines(try other.lines(of: "scribe"), of: "scribe")
      let checkups = try bench.doctor("scribe")
      #expect(checkups.says(.bad, log))
      #expect(throws: KitError.wire(.ownLogDiffers(log: log, seq: 5))) {
        try bench.send("more", by: "scribe")
      }
      try bench.expectNoAdoption("scribe", "line 5")
    }
  }

  @Test("a log cut short is a rollback for all who knew more", arguments: [0, 2, 3])
  func rollback(kept: Int) throws {
    try written { bench in
      let lines = try bench.lines(of: "scribe")
      try bench.setLines(Array(lines.prefix(kept)), of: "scribe")
      for handle in ["forge", "scribe"] as [Handle] {
        #expect(try bench.settle(handle).broken.map(\.verdict) == [.rollback])
        let checkups = try bench.doctor(handle)
        #expect(checkups.says(.bad, log, handle == "forge" ? "rollback" : "is gone"))
        #expect(checkups.bad.allSatisfy { $0.remedy != nil || $0.error != nil })
      }
      let pk = try bench.pk(of: "scribe")
      #expect(try bench.findings("rollback", of: "forge") == [.signed(signer: pk, seq: 4)])
      #expect(throws: KitError.wire(.ownLogBehind(log: log, seq: 4))) {
        try bench.send("more", by: "scribe")
      }
      try bench.setLines(lines, of: "scribe")
      try expectSound(bench)
    }
  }

  @Test("a missing line is a gap, until it comes back")
  func gap() throws {
    try written { bench in
      let lines = try bench.lines(of: "scribe")
      // Forge reads afresh, so that only the wire itself speaks.
      try bench.remove("heads.json", of: "forge")
      try bench.setLines([lines[0], lines[1], lines[3]], of: "scribe")
      #expect(try bench.settle("forge").broken.map(\.verdict) == [.gap])
      let checkups = try bench.doctor("forge")
      #expect(checkups.says(.bad, log, "gap after line 2"))
      #expect(checkups.bad.allSatisfy { $0.remedy != nil || $0.error != nil })
      try bench.append(lines[2], to: "scribe")
      #expect(try bench.settle("forge").broken.isEmpty)
    }
  }

  @Test("a line of another wire is refused for that, and its copy shows it to anybody")
  func otherWire() throws {
    try written { bench in
      let elsewhere = Bench(root: bench.root + "/elsewhere")
      try FileManager.default.createDirectory(
        atPath: elsewhere.root, withIntermediateDirectories: false)
      try elsewhere.join(try elsewhere.found(["forge", "scribe"])[0])
      let line = try #require(try elsewhere.lines(of: "scribe").last)
      let before = try bench.lines(of: "scribe")
      try bench.append(line, to: "scribe")
      #expect(try bench.settle("forge").bad.map(\.reason) == [.wrongWire])
      #expect(try bench.findings("wrong_wire", of: "forge") == [.refused(.wrongWire)])
      #expect(try bench.doctor("forge").says(.bad, "\(log):5", "wrong_wire"))
      #expect(try bench.verdict(of: "scribe", for: "forge") == .sound)
      try bench.setLines(before, of: "scribe")
      try expectSound(bench)
    }
  }

  @Test("a line of another log is refused as by an unknown key")
  func otherLog() throws {
    try written { bench in
      try bench.send("a line of mine", by: "forge")
      let line = try #require(try bench.lines(of: "forge").last)
      let before = try bench.lines(of: "scribe")
      try bench.append(line, to: "scribe")
      #expect(try bench.settle("forge").bad.map(\.reason) == [.unknownKey])
      let findings = try bench.findings("unknown_key", of: "forge")
      #expect(findings == [.refused(.unknownKey)])
      #expect(try bench.doctor("forge").says(.bad, "\(log):5", "unknown_key"))
      try bench.setLines(before, of: "scribe")
      try expectSound(bench)
    }
  }

  @Test("a flood of refused lines keeps no proof from being kept")
  func flood() throws {
    try written { bench in
      for round in 0..<6 {
        let junk = (0..<60).flatMap { Array("{\"junk\":\(round * 100 + $0)}\n".utf8) }
        try bench.appendBytes(junk, to: log)
        try bench.settle("forge")
      }
      #expect(try bench.evidenceFiles(of: "forge").count == 256)
      let other = try bench.replica()
      try bench.send("here", by: "scribe")
      try other.send("there", by: "scribe")
      try bench.settle("forge")
      try bench.merge("scribe", from: other)
      try bench.settle("forge")
      #expect(try bench.findings("fork", of: "forge").map(\.holds) == [true])
      try bench.setLines([], of: "scribe")
      try bench.settle("forge")
      #expect(try bench.findings("rollback", of: "forge").map(\.holds) == [true])
      #expect(try bench.evidenceFiles(of: "forge").count == 258)
    }
  }

  @Test("a good line in place of refused ones of the same length is shown at once")
  func replacedTail() throws {
    try written { bench in
      try bench.send("four", by: "scribe")
      let line = try #require(try bench.lines(of: "scribe").last)
      let before = try bench.lines(of: "scribe").dropLast()
      try bench.setLines(before + [Array(repeating: 0x78, count: line.count)], of: "scribe")
      #expect(try bench.settle("forge").bad.map(\.reason) == [.malformed])
      try bench.setLines(before + [line], of: "scribe")
      #expect(try bench.inbox("forge") == ["four"])
      try bench.send("five", by: "scribe")
      #expect(try bench.inbox("forge") == ["five"])
    }
  }

  @Test("lines that only claim the place of a fork do not hide its proof")
  func decoys() throws {
    try written { bench in
      let other = try bench.replica()
      try bench.send("here", by: "scribe")
      try bench.settle("forge")
      try other.send("there", by: "scribe")
      let mine = try #require(try bench.lines(of: "scribe").last)
      let rival = try #require(try other.lines(of: "scribe").last)
      let signature = Array(#""signature":""#.utf8)
      let at = try #require(mine.firstRange(of: signature)).upperBound
      for number in 0..<40 {
        var decoy = mine
        decoy[at] = UInt8(ascii: "A") + UInt8(number % 26)
        decoy[at + 1] = UInt8(ascii: "a") + UInt8(number / 26)
        try bench.append(decoy, to: "scribe")
      }
      try bench.append(rival, to: "scribe")
      #expect(try bench.settle("forge").broken.map(\.verdict) == [.fork])
      #expect(
        try bench.findings("fork", of: "forge")
          == [.fork(signer: try bench.pk(of: "scribe"), seq: 5)])
    }
  }
}
