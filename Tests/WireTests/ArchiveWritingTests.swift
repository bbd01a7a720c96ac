import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("A writer archives its log and goes on after it")
struct ArchiveWritingTests {
  @Test("the file is moved byte for byte, and the next line links to its last one")
  func moved() throws {
    try WriterPlace.joined { place in
      try place.append("two")
      let bytes = try place.bytes()
      let file = "archive/2026/bob_to_ada.1-2.jsonl"
      guard case .moved(let log) = try place.archive() else { throw TestWireError.noVectors }
      #expect(log.file == file && log.seqs == 1...2)
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(place.path)/\(file)")) == bytes)
      #expect(place.hasLive())
      #expect(try place.archive() == .empty)
      let receipt = try place.append("three")
      #expect(receipt.seq == 3 && receipt.notes == [])
      try place.append("four")
      try place.archive()
      #expect(try place.append("five").seq == 5)
      #expect(
        place.archived == ["2026/bob_to_ada.1-2.jsonl", "2026/bob_to_ada.3-4.jsonl"])
      let chain = try place.chain()
      #expect(chain.head.seq == 5 && chain.segments.count == 1)
    }
  }

  @Test("the first append of a new year archives the old one, by its newest line, once")
  func newYear() throws {
    try WriterPlace.joined { place in
      try place.append("two", at: WriterPlace.time(2026, 12, 31))
      let receipt = try place.append("three", at: WriterPlace.time(2027, 1, 1))
      #expect(receipt.seq == 3)
      #expect(
        receipt.notes == [
          "bob_to_ada.jsonl of a closed year is archived: archive/2026/bob_to_ada.1-2.jsonl"
        ])
      #expect(try place.append("four", at: WriterPlace.time(2027, 12, 31)).notes == [])
      #expect(
        try place.archive(.closed(at: .init(microseconds: WriterPlace.time(2027))))
          == .kept(year: 2027))
      #expect(try place.archive(.year(2026)) == .kept(year: 2027))
      // A clock that is set back closes nothing, and neither does what it wrote.
      #expect(try place.append("five", at: WriterPlace.time(2025)).notes == [])
      #expect(try place.append("six", at: WriterPlace.time(2028)).notes.count == 1)
      #expect(
        place.archived == ["2025/bob_to_ada.3-5.jsonl", "2026/bob_to_ada.1-2.jsonl"])
      #expect(try place.chain().head.seq == 6)
    }
  }

  @Test("one open log crosses the year as well")
  func oneLock() throws {
    try WriterPlace.joined { place in
      let shared = try SharedDirectory.open(place.path)
      let state = try PrivateState.open(place.statePath)
      var open = try place.writer.open(by: place.key.pk, shared, state)
      for year in 2026...2030 {
        for number in 0..<2 {
          _ = try open.append(
            Draft(.feedback, subject: "note", body: .string("\(year) \(number)")),
            with: place.key.signing, shared, state, clock: WriterPlace.time(year))
        }
      }
      _ = consume open
      #expect(place.archived.count == 4)
      #expect(try place.chain().head.seq == 11)
    }
  }

  @Test("a record that was lost or repaired knows no year: the file itself says it")
  func unknownYear() throws {
    try WriterPlace.joined { place in
      try place.append("two")
      try FileManager.default.removeItem(atPath: place.statePath + "/" + WriterFile.name)
      #expect(throws: WireError.self) { try place.append("three") }
      let state = try PrivateState.open(place.statePath)
      var file = try WriterFile.lockForRepair(state)
      let chain = try place.chain()
      let end = try #require(try Audit.atPath(place.path).reading.scans["bob"]?.end)
      try file.save(WriterRecord(head: chain.head, end: end), state)
      _ = consume file
      #expect(try place.append("three").notes == [])
      #expect(place.archived == [])
    }
  }

  @Test("an archived log whose private state is lost is not begun anew")
  func lostState() throws {
    try WriterPlace.joined { place in
      try place.append("two")
      try place.archive()
      try FileManager.default.removeItem(atPath: place.statePath + "/" + WriterFile.name)
      for _ in 0..<2 {
        let error = #expect(throws: WireError.self) { try place.append("three") }
        #expect(error == .ownLogAhead(log: place.log, seq: 2, known: 0))
        try? FileManager.default.removeItem(atPath: "\(place.path)/\(place.log)")
      }
    }
  }

  @Test("where the archived file is gone nothing is signed")
  func gone() throws {
    try WriterPlace.joined { place in
      try place.append("two")
      try place.archive()
      let file = "\(place.path)/archive/2026/bob_to_ada.1-2.jsonl"
      try FileManager.default.moveItem(atPath: file, toPath: place.root + "/aside")
      let error = #expect(throws: WireError.self) { try place.append("three") }
      #expect(error == .ownLogBehind(log: place.log, seq: 2))
      try FileManager.default.moveItem(atPath: place.root + "/aside", toPath: file)
      #expect(try place.append("three").seq == 3)
    }
  }

  #if FAULTS
    @Test("a kill or an error at any call leaves a sound wire, and the next append works")
    func struck() throws {
      try WriterPlace.joined { place in
        try place.append("two")
        let recording = FaultPlan()
        try recording.run { _ = try place.archive() }
        var stored = try place.append("three").seq
        let effects: [Fault.Effect] = [
          .crash, .crashAfter(.bytes(1 << 20)), .fail(EIO), .fail(ENOSPC), .interrupt,
        ]
        for point in 1...recording.trace.count {
          for effect in effects {
            let plan = FaultPlan([Fault(effect, occurrence: point)])
            _ = try? plan.run { try place.archive() }
            #expect(try place.chain().head.seq == stored, "\(point) \(effect)")
            let receipt = try place.append("after")
            #expect(receipt.seq == stored + 1, "\(point) \(effect)")
            stored = receipt.seq
          }
        }
        #expect(try place.chain().head.seq == stored)
        #expect(place.archived.count > recording.trace.count)
      }
    }

    @Test("an archive that cannot be made keeps no line back, and is made at the next append")
    func full() throws {
      try WriterPlace.joined { place in
        for call in [SystemCall.mkdir, .rename] {
          let plan = FaultPlan([Fault(.fail(ENOSPC), call: call, isLasting: true)])
          let count = place.archived.count
          let year = try place.chain().head.seq + 2030
          let receipt = try plan.run { try place.append("new", at: WriterPlace.time(year)) }
          #expect(receipt.notes.contains { $0.contains("is not archived now: ") })
          #expect(place.archived.count == count)
        }
        #expect(try place.append("next", at: WriterPlace.time(2099)).notes.count == 1)
        #expect(try place.chain().head.seq == 4)
      }
    }
  #endif
}

extension WriterPlace {
  @discardableResult
  fileprivate func append(_ text: String, at clock: Int64 = time(2026)) throws -> Receipt {
    let state = try PrivateState.open(statePath)
    return try writer.append(
      Draft(.feedback, subject: "note", body: .string(Text(text))), with: key.signing,
      SharedDirectory.open(path), state, clock: clock)
  }

  @discardableResult
  fileprivate func archive(_ rule: ArchiveRule = .now) throws -> OpenLog.Archiving {
    let state = try PrivateState.open(statePath)
    return try writer.archive(rule, by: key.pk, SharedDirectory.open(path), state)
  }

  /// Paths below the archive.
  fileprivate var archived: [String] {
    let found = try? FileManager.default.subpathsOfDirectory(atPath: path + "/archive")
    return (found ?? []).filter { $0.hasSuffix(".jsonl") }.sorted()
  }

  fileprivate func hasLive() -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(log)") }
}
