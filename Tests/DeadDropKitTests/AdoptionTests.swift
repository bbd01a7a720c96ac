import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("An agent that lost private state takes its log up again, or is told why not")
struct AdoptionTests {
  private let log = "scribe_to_forge.jsonl"

  enum Loss: CaseIterable {
    case writer, damagedWriter, emptyWriter, damagedHeads, everything, damagedBoth
  }

  private func lose(_ loss: Loss, _ bench: Bench) throws {
    let state = try bench.statePath(of: "scribe")
    let junk = Array("{".utf8)
    switch loss {
    case .writer: try bench.remove("writer.txt", of: "scribe")
    case .damagedWriter: try bench.overwrite("writer.txt", with: junk, in: state)
    case .emptyWriter: try bench.overwrite("writer.txt", with: [], in: state)
    case .damagedHeads: try bench.overwrite("heads.json", with: junk, in: state)
    case .everything: try FileManager.default.removeItem(atPath: state)
    case .damagedBoth:
      try bench.overwrite("writer.txt", with: junk, in: state)
      try bench.overwrite("heads.json", with: junk, in: state)
    }
  }

  @Test(
    "after each loss doctor is not green, adoption helps, and peers see no fork",
    arguments: Loss.allCases)
  func recovery(loss: Loss) throws {
    try written { bench in
      try lose(loss, bench)
      let damaged = try bench.snapshot(bench.path)
      #expect(throws: KitError.self) { try bench.send("lost", by: "scribe") }
      let told = try bench.doctor("scribe").bad
      #expect(told.contains { $0.error != nil })
      let words = told.map { $0.subject + $0.finding }.joined()
      #expect(words.contains(try bench.statePath(of: "scribe")))
      let outcome = try bench.adopt("scribe")
      #expect(outcome.head.seq == 4)
      #expect(outcome.witnesses == ["forge"])
      #expect(outcome.known == (loss == .damagedHeads ? 4 : nil))
      #expect(outcome.putAside.count == (loss == .damagedHeads || loss == .damagedBoth ? 1 : 0))
      #expect(try bench.snapshot(bench.path) == damaged)
      // A second time there is nothing left to do.
      let after = try bench.snapshot(bench.root)
      let again = try bench.adopt("scribe")
      #expect(again.head == outcome.head && again.known == 4 && again.putAside.isEmpty)
      #expect(try bench.snapshot(bench.root) == after)
      // The first command after it reads the logs again; trust is what does not come back.
      try bench.settle("scribe")
      #expect(try bench.doctor("scribe").bad.map(\.finding) == [])
      #expect(try bench.send("four", by: "scribe").seq == 5)
      #expect(try bench.send("five", by: "scribe").notes == [])
      #expect(try bench.inbox("forge") == ["four", "five"])
      #expect(try bench.settle("forge").broken.isEmpty)
      #expect(try bench.evidenceFiles(of: "forge") == [])
      #expect(try bench.audit(everySignature: true).badLines == [])
    }
  }

  @Test("an unfinished line behind the last one is cut by the next append, not by adoption")
  func tornTail() throws {
    try written { bench in
      try lose(.writer, bench)
      try bench.appendBytes(Array("{\"ack_requ".utf8), to: log)
      let before = try bench.read(log)
      try bench.adopt("scribe")
      #expect(try bench.read(log) == before)
      let receipt = try bench.send("four", by: "scribe")
      #expect(receipt.seq == 5)
      #expect(receipt.notes == ["10 bytes of an unfinished line were cut from \(log)"])
      #expect(try bench.inbox("forge") == ["four"])
    }
  }

  @Test("an older record is brought forward, also over more lines than a crash leaves")
  func behind() throws {
    try written { bench in
      let state = try bench.statePath(of: "scribe")
      let old = try bench.read("writer.txt", in: state)
      for number in 0..<65 { try bench.send(Text("more \(number)"), by: "scribe") }
      try bench.overwrite("writer.txt", with: old, in: state)
      #expect(throws: KitError.wire(.ownLogAhead(log: log, seq: 69, known: 4))) {
        try bench.send("no", by: "scribe")
      }
      #expect(try bench.doctor("scribe").says(.bad, "writer.txt", "knows 4"))
      #expect(try bench.adopt("scribe").known == 4)
      #expect(try bench.send("next", by: "scribe").seq == 70)
    }
  }

  @Test("a peer that has seen more is believed, whatever was lost", arguments: Loss.allCases)
  func peerSawMore(loss: Loss) throws {
    try written { bench in
      let lines = try bench.lines(of: "scribe")
      try bench.setLines(Array(lines.dropLast()), of: "scribe")
      try lose(loss, bench)
      try bench.expectNoAdoption("scribe", "forge has seen line 4 of it, and it ends with 3")
      #expect(try bench.doctor("scribe").says(.bad, bench.root))
      #expect(try bench.doctor("forge").says(.bad, log, "rollback"))
      try bench.setLines(lines, of: "scribe")
      #expect(try bench.adopt("scribe").head.seq == 4)
      #expect(try bench.send("four", by: "scribe").seq == 5)
    }
  }

  @Test("the agent's own last beat is believed")
  func ownBeatSaysMore() throws {
    try written { bench in
      let lines = try bench.lines(of: "scribe")
      try bench.send("four", by: "scribe")
      try bench.act(as: "scribe") { session, _ in _ = try session.heartbeat(Heartbeat()) }
      try bench.setLines(lines, of: "scribe")
      try lose(.writer, bench)
      try FileManager.default.removeItem(
        atPath: "\(try bench.statePath(of: "scribe"))/heads.json")
      try bench.expectNoAdoption("scribe", "a beat of scribe itself has seen line 5 of it")
      #expect(try bench.doctor("forge").says(.bad, log, "a beat of scribe names its line 5"))
    }
  }

  @Test("a line of its own that was damaged is no line that never was", arguments: [false, true])
  func damagedLast(isCrash: Bool) throws {
    try written { bench in
      let state = try bench.statePath(of: "scribe")
      let old = try bench.read("writer.txt", in: state)
      try bench.send("four", by: "scribe")
      var lines = try bench.lines(of: "scribe")
      let mark = Array(#""signature":""#.utf8)
      let last = lines[lines.count - 1]
      let place =
        try #require(
          last.indices.first { last[$0...].starts(with: mark) }) + mark.count
      lines[lines.count - 1][place] = last[place] == UInt8(ascii: "A") ? 0x42 : 0x41
      try bench.setLines(lines, of: "scribe")
      if isCrash {
        try bench.overwrite("writer.txt", with: old, in: state)
        #expect(throws: KitError.wire(.ownLogDiffers(log: log, seq: 5))) {
          try bench.send("again", by: "scribe")
        }
      } else {
        try lose(.writer, bench)
        try bench.expectNoAdoption("scribe", "one of scribe that was damaged")
      }
    }
  }

  @Test("a peer that has seen another line is believed", arguments: [false, true])
  func peerSawOther(isDecoyed: Bool) throws {
    try written { bench in
      let other = try bench.replica()
      try bench.send("here", by: "scribe")
      let seen = try #require(try bench.lines(of: "scribe").last)
      try bench.inbox("forge")
      try other.send(["there", "and more"], by: "scribe")
      var lines = try other.lines(of: "scribe")
      if isDecoyed {
        // It says the id that the peer has seen, and is signed by nobody.
        let mark = Array(#""signature":""#.utf8)
        let at = try #require(seen.firstRange(of: mark)).upperBound
        var decoy = seen
        decoy.replaceSubrange(at..<(at + 2), with: Array("zz".utf8))
        lines.append(decoy)
      }
      try bench.setLines(lines, of: "scribe")
      try lose(.everything, bench)
      try bench.expectNoAdoption("scribe", "forge has seen another line 5 than it shows")
    }
  }

  @Test("what this machine verified itself is held against the log", arguments: [false, true])
  func headsKnewMore(isOther: Bool) throws {
    try written { bench in
      try FileManager.default.removeItem(atPath: bench.path + "/beats")
      let other = try bench.replica()
      try bench.send("here", by: "scribe")
      // An ack carries state, so that the heads are saved as it is read.
      let proposal = try bench.propose("port", by: "forge")
      try bench.ack(proposal, by: "scribe")
      try bench.settle("scribe")
      if isOther { try other.send(["1", "2", "3"], by: "scribe") }
      try bench.setLines(try other.lines(of: "scribe"), of: "scribe")
      try lose(.writer, bench)
      try bench.expectNoAdoption("scribe", "line 6")
    }
  }

  @Test("what the record knew is held against the log, also where the heads are damaged")
  func recordKnewMore() throws {
    try written { bench in
      try bench.send("four", by: "scribe")
      try bench.setLines(Array(try bench.lines(of: "scribe").prefix(4)), of: "scribe")
      try lose(.damagedHeads, bench)
      try bench.expectNoAdoption("scribe", "line 5, which this agent stored, is gone")
      #expect(try bench.doctor("scribe").says(.bad, log, "line 5"))
    }
  }

  @Test("a log with a missing line, a second history or another key is not taken up")
  func notWhole() throws {
    try written { bench in
      let lines = try bench.lines(of: "scribe")
      let other = try bench.replica()
      try other.send("there", by: "scribe")
      try bench.send("here", by: "scribe")
      let rival = try #require(try other.lines(of: "scribe").last)
      let forked = try bench.lines(of: "scribe") + [rival]
      try lose(.everything, bench)
      try bench.setLines(forked, of: "scribe")
      try bench.expectNoAdoption("scribe", "two histories were signed at line 5")
      try bench.setLines([lines[0], lines[1], lines[3]], of: "scribe")
      try bench.expectNoAdoption("scribe", "lines are missing after line 2")
      try bench.setLines([], of: "scribe")
      try bench.expectNoAdoption("scribe", "holds no line of this agent")
      try bench.setLines(lines, of: "scribe")
      let keys = bench.places("scribe").keys
      let key = try bench.read("scribe.key", in: keys)
      try bench.overwrite("scribe.key", with: key.reversed(), in: keys)
      try bench.expectNoAdoption("scribe", "another key than scribe has here")
      try FileManager.default.removeItem(atPath: keys + "/scribe.key")
      try bench.expectNoAdoption("scribe", "key of scribe is not at")
    }
  }

  @Test("nobody adopts a log that is not theirs, nor without being a member")
  func notTheirs() throws {
    try written { bench in
      let before = try bench.snapshot(bench.root)
      #expect(throws: KitError.self) {
        try Repair.adopt(directory: bench.path, as: "forge", in: bench.places("scribe"))
      }
      #expect(try bench.snapshot(bench.root) == before)
      // A stranger with a key of its own.
      let places = bench.places("mallory")
      _ = try KeyStore(places).ensureSigningKey("mallory")
      try bench.expectNoAdoption("mallory", "not a member")
      try FileManager.default.createDirectory(
        atPath: places.state(wire: try bench.audit().reading.genesis.id, handle: "mallory"),
        withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      #expect(throws: KitError.self) { try bench.send("x", by: "mallory") }
      #expect(try bench.doctor("mallory").says(.bad, "mallory"))
      try bench.expectNoAdoption("mallory", "not a member")
    }
  }

  #if FAULTS
    @Test(
      "a newcomer whose very first save was cut short can join again", arguments: [0, 100, 512])
    func firstSave(byteCount: Int) throws {
      try Bench.run { bench in
        let invite = try #require(try bench.found(["forge", "scribe"]).first)
        let cut = Fault(.crashAfter(.bytes(byteCount)), call: .write, pathSuffix: "writer.txt")
        #expect(throws: KitError.self) { try FaultPlan([cut]).run { try bench.join(invite) } }
        let again = try? bench.join(invite)
        #expect(again?.receipt.seq == 1)
      }
    }
  #endif
}
