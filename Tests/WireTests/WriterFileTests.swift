import Foundation
import Host
import Identity
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("The writer's record is the newest whole one, whatever tore the other")
struct WriterFileTests {
  private func state(_ body: (borrowing PrivateState, String) throws -> Void) throws {
    try Scratch.run { root in
      let path = root + "/state"
      try body(try PrivateState.open(path), path + "/" + WriterFile.name)
    }
  }

  private func record(_ seq: Int) -> WriterRecord {
    let head = Head(seq: seq, eventID: .unheld("line \(seq)"))
    return WriterRecord(head: head, end: .init(offset: Int64(seq) * 700, lineCount: seq))
  }

  /// Saves records of these seqs, one after the other.
  private func save(_ seqs: ClosedRange<Int>, _ state: borrowing PrivateState) throws {
    var file = try WriterFile.lock(state)
    for seq in seqs { try file.save(record(seq), state) }
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func put(_ bytes: [UInt8], _ path: String) throws {
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data(bytes))
    try file.close()
  }

  private func expectDamaged(_ state: borrowing PrivateState) {
    do {
      _ = try WriterFile.peek(state)
      Issue.record("read")
    } catch {
      guard case .privateState(let path, "damaged") = error, path.hasSuffix("/writer.txt") else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test("the key of the next line is kept with the head, and one without a key is read")
  func withKey() throws {
    try state { state, _ in
      var file = try WriterFile.lock(state)
      var one = record(41)
      one.key = KeySpan(fromSeq: 42, pk: .unheld("key"))
      try file.save(one, state)
      #expect(try WriterFile.peek(state)?.key == one.key)
      try file.save(record(42), state)
      let found = try #require(try WriterFile.peek(state))
      #expect(found.key == nil && found.head == record(42).head)
    }
  }

  @Test("recoveries that were gone by are kept, so that an older log is no cut and a lower one is")
  func recoveries() throws {
    func recovery(_ seq: Int) -> KeyDirectory.Recovery {
      .init(seq: seq, eventID: .unheld("line \(seq)"), pk: .unheld("key \(seq)"))
    }
    func spans(_ recovery: KeyDirectory.Recovery) -> [KeySpan] {
      [
        KeySpan(fromSeq: 1, pk: .unheld("key")),
        KeySpan(fromSeq: recovery.seq + 1, pk: recovery.pk),
      ]
    }
    try state { state, _ in
      var one = record(90)
      one.key = KeySpan(fromSeq: 31, pk: .unheld("key 30"))
      for seq in stride(from: 80, through: 30, by: -5) {
        #expect(one.isCutOff(by: [recovery(seq)], in: spans(recovery(seq))), "\(seq)")
        one.follow([recovery(seq)], in: spans(recovery(seq)))
      }
      var file = try WriterFile.lock(state)
      try file.save(one, state)
      let held = try #require(try WriterFile.peek(state))
      #expect(held.recovered == KeySpan(fromSeq: 31, pk: .unheld("key 30")))
      for seq in stride(from: 80, through: 30, by: -5) {
        #expect(!held.isCutOff(by: [recovery(seq)], in: spans(recovery(seq))), "\(seq)")
      }
      #expect(held.isCutOff(by: [recovery(20)], in: spans(recovery(20))))
    }
  }

  @Test("a record of the time before logs had archives is read")
  func withoutBase() throws {
    try state { state, path in
      try save(1...1, state)
      let id = Bytes32.unheld("line 7").hex
      let words = "9 7 \(id) 7 4900 650 1800000000000000 7 "
      let check = SHA256Hasher.hash(Array(words.utf8)).hex.prefix(16)
      let text = words + check
      let slot = text + String(repeating: " ", count: 511 - text.utf8.count) + "\n"
      try put(Array((slot + slot).utf8), path)
      let record = try #require(try WriterFile.peek(state))
      #expect(record.head == Head(seq: 7, eventID: .unheld("line 7")))
      #expect(record.place.number == 7 && record.place.end == 4900 + 651)
      #expect(record.base == 0)
    }
  }

  @Test("what was saved last comes back, also over a change in the number of digits")
  func newest() throws {
    try state { state, path in
      #expect(try WriterFile.peek(state) == nil)
      for seq in 1...130 {
        try save(seq...seq, state)
        #expect(try WriterFile.peek(state)?.head == record(seq).head)
        #expect(try bytes(path).count == 1024)
      }
    }
  }

  @Test(
    "a save torn at any byte leaves the one before it, and the next one counts",
    arguments: [1, 2, 9, 10])
  func torn(saves: Int) throws {
    try state { state, path in
      try save(1...saves, state)
      let before = try bytes(path)
      try save((saves + 1)...(saves + 1), state)
      let after = try bytes(path)
      let changed = try #require(before.indices.first { before[$0] != after[$0] }) / 512 * 512
      let other = changed == 0 ? 512 : 0
      #expect(before[other..<(other + 512)] == after[other..<(other + 512)])
      let next = record(saves + 1).head
      for count in 0...512 {
        let cut = changed + count
        var bytes = before
        bytes.replaceSubrange(changed..<cut, with: after[changed..<cut])
        try put(bytes, path)
        let found = try #require(try WriterFile.peek(state)).head
        // The last bytes of both are the same spaces.
        let isWhole = bytes == after
        #expect(found == (isWhole ? next : record(saves).head), "\(count) bytes")
      }
      try put(Array(before), path)
      try save((saves + 2)...(saves + 2), state)
      #expect(try WriterFile.peek(state)?.head == record(saves + 2).head)
    }
  }

  @Test("any changed byte of the newer one gives the older one, of both a refusal")
  func damaged() throws {
    try state { state, path in
      try save(1...12, state)
      let whole = try bytes(path)
      let text = String(decoding: whole, as: UTF8.self)
      let newer = text.hasPrefix("12 ") ? 0 : 512
      let used = try #require(whole[newer...].firstRange(of: [0x20, 0x20])).lowerBound - newer
      for offset in 0...used {
        var bytes = whole
        bytes[newer + offset] ^= 4
        try put(bytes, path)
        #expect(try WriterFile.peek(state)?.head == record(11).head, "byte \(offset)")
        bytes[512 - newer + offset] ^= 4
        try put(bytes, path)
        expectDamaged(state)
        #expect(throws: WireError.self) { _ = try WriterFile.lock(state).record?.head }
      }
      // The first save writes both at once: of what was cut off nothing was ever used.
      for count in [1, 2, 60, used] {
        try put(Array(whole.prefix(count)), path)
        #expect(try WriterFile.peek(state) == nil)
      }
      try put([UInt8](repeating: 0, count: 1024), path)
      #expect(try WriterFile.peek(state) == nil)
      var file = try WriterFile.lockForRepair(state)
      #expect(file.record == nil)
      try file.save(record(40), state, replacingBoth: true)
      #expect(try WriterFile.peek(state)?.head == record(40).head)
    }
  }

  @Test("who looks while it is saved sees whole records, never an older one than before")
  func peeking() throws {
    try Scratch.run { root in
      let path = root + "/state"
      let first = try PrivateState.open(path)
      try save(1...1, first)
      let results = try Parallel.map(2, threads: 2) { index throws(HostError) -> [Int] in
        guard let state = try? PrivateState.open(path) else { return [-1] }
        var seen: [Int] = []
        if index == 0 {
          guard var file = try? WriterFile.lock(state) else { return [-1] }
          for seq in 2...400 { if (try? file.save(record(seq), state)) == nil { return [-1] } }
          return []
        }
        while seen.last != 400, seen.count < 20_000 {
          guard let found = try? WriterFile.peek(state), found.head == record(found.head.seq).head
          else { return [-1] }
          seen.append(found.head.seq)
        }
        return seen
      }
      #expect(results[0] == [])
      #expect(results[1] == results[1].sorted())
      #expect(!results[1].contains(-1))
    }
  }
}
