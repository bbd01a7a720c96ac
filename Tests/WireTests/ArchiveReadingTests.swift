import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A log and its archive are read as one")
struct ArchiveReadingTests {
  private func wire(noteCount: Int = 8) throws -> TestWire {
    var wire = try TestWire()
    try wire.join(introducing: true)
    for number in 0..<noteCount { try wire.note("note \(number)", by: "bob") }
    let proposal = try wire.propose(by: "bob")
    try wire.decide(proposal, by: "bob", acks: [try wire.ack(proposal, by: "ada")])
    return wire
  }

  /// Lays the wire out, bob's log cut behind these lines.
  private func laidOut(
    _ wire: TestWire, _ cuts: [Int], _ body: (String) throws -> Void
  ) throws {
    try Scratch.run { path in
      try wire.write(to: path)
      try TestWire.write(wire.files(of: "bob", cutAfter: cuts), to: path)
      try body(path)
    }
  }

  private static let log = "bob_to_ada.jsonl"

  @Test("wherever it is cut, chain, state and places are those of the whole", arguments: 0..<12)
  func same(round: Int) throws {
    var random = RandomSource("archive cut \(round)")
    let wire = try wire()
    let count = try #require(wire.logs["bob"]?.count)
    let whole = try wire.audit()
    let cuts = Set((0..<random.below(5)).map { _ in 1 + random.below(count) }).sorted()
    try laidOut(wire, cuts) { path in
      for (everySignature, partByteCount) in [(false, nil), (true, 600), (false, 1)] {
        let audit = try Audit.atPath(
          path, everySignature: everySignature, partByteCount: partByteCount)
        #expect(audit.badLines == whole.badLines)
        #expect(audit.decisions == whole.decisions)
        #expect(audit.lineCount == whole.lineCount)
        #expect(audit.reading.scans["bob"]?.end == whole.reading.scans["bob"]?.end)
        #expect(audit.reading.chains["bob"]?.head == whole.reading.chains["bob"]?.head)
        #expect(audit.reading.chains["bob"]?.segments.count == 1)
        #expect(audit.unseenSignatures <= whole.unseenSignatures)
      }
    }
  }

  @Test("a fault is named by its file and the line in it")
  func named() throws {
    var wire = try wire()
    wire.logs["bob"]?[1] = Array("junk".utf8)
    wire.logs["bob"]?.append(Array("junk".utf8))
    try laidOut(wire, [2, 5]) { path in
      let names = wire.files(of: "bob", cutAfter: [2, 5]).map(\.name)
      let audit = try Audit.atPath(path)
      let lines = (wire.logs["bob"]?.count ?? 0) - 5
      #expect(
        audit.badLines == [
          "\(names[0]):2 malformed", "\(names[1]):1 gap", "\(names[2]):\(lines) malformed",
        ])
    }
  }

  @Test("a missing file is a gap at the first line behind it")
  func missing() throws {
    let wire = try wire()
    try laidOut(wire, [2, 5]) { path in
      let files = wire.files(of: "bob", cutAfter: [2, 5])
      try FileManager.default.removeItem(atPath: "\(path)/\(files[1].name)")
      let audit = try Audit.atPath(path)
      #expect(audit.badLines == ["\(Self.log):1 gap"])
      #expect(audit.reading.chains["bob"]?.head.seq == 2)
    }
  }

  @Test("a file that lost its end is a gap too, and its torn line no line")
  func truncated() throws {
    let wire = try wire()
    try laidOut(wire, [4]) { path in
      let file = "\(path)/\(wire.files(of: "bob", cutAfter: [4])[0].name)"
      let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
      try bytes.dropLast(30).write(to: URL(fileURLWithPath: file))
      let audit = try Audit.atPath(path)
      #expect(audit.badLines == ["\(Self.log):1 gap"])
      #expect(audit.reading.chains["bob"]?.head.seq == 3)
    }
  }

  @Test(
    "copies of lines in more files are duplicates; a foreign file is judged as foreign lines are")
  func planted() throws {
    var wire = try wire()
    let whole = try wire.audit()
    let lines = try #require(wire.logs["bob"])
    let forged = wire.logs["ada"]?.first ?? []
    wire.tails["bob"] = []
    try laidOut(wire, [3, 6]) { path in
      let planted = [
        TestWire.File(
          name: TestWire.archiveName(Self.log, 2, 5, year: 2019), lines: Array(lines[1..<5])),
        TestWire.File(
          name: TestWire.archiveName(Self.log, 1, 1, year: 1999), lines: [forged, lines[7]]),
      ]
      try TestWire.write(planted, to: path)
      let audit = try Audit.atPath(path, everySignature: true)
      #expect(audit.badLines == ["\(planted[1].name):1 unknown_key"])
      #expect(audit.decisions == whole.decisions)
      #expect(audit.reading.chains["bob"]?.verdict == .sound)
      #expect(audit.reading.chains["bob"]?.head == whole.reading.chains["bob"]?.head)
    }
  }

  @Test(
    "what has another name, or is no file, is no part of a log",
    arguments: [
      "archive/2020/bob_to_ada.3-2.jsonl", "archive/2020/bob_to_ada.01-2.jsonl",
      "archive/2020/bob_to_ada.0-2.jsonl", "archive/2020/bob_to_ada.jsonl",
      "archive/2020/bob_to_ada.1-2.jsonl.x", "archive/20/bob_to_ada.1-2.jsonl",
      "archive/2020/ada_to_bob.x.1-2.jsonl", "archive/2020/bob_to_ada.1-2-3.jsonl",
      "archive/x/bob_to_ada.1-2.jsonl", "archive/2020/bob_to_ada.+1-2.jsonl",
    ])
  func otherNames(name: String) throws {
    let wire = try wire()
    try laidOut(wire, []) { path in
      try TestWire.write([TestWire.File(name: name, lines: [Array("junk".utf8)])], to: path)
      let directory = TestWire.archiveName(Self.log, 1, 3, year: 2020)
      try FileManager.default.createDirectory(
        atPath: "\(path)/\(directory)", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/archive/2020/bob_to_ada.1-9.jsonl", withDestinationPath: "/etc/passwd")
      #expect(try Audit.atPath(path).badLines == [])
    }
  }

  @Test("two histories in two files are the fork that they are in one")
  func fork() throws {
    var wire = try wire()
    var other = wire
    try wire.note("one", by: "bob")
    try other.note("other", by: "bob")
    let files = wire.files(of: "bob", cutAfter: [4])
    let rival = try #require(other.logs["bob"]?.last)
    let seq = try #require(wire.logs["bob"]?.count)
    try laidOut(wire, [4]) { path in
      let planted = TestWire.archiveName(Self.log, seq, seq, year: 2030)
      try TestWire.write([TestWire.File(name: planted, lines: [rival])], to: path)
      let audit = try Audit.atPath(path)
      #expect(audit.reading.chains["bob"]?.forkSeq == seq)
      // The planted line stands before the file that still grows: that one's is the second met.
      #expect(audit.bad.map(\.reason) == [.fork])
      #expect(files.count == 2)
    }
  }
}
