#if FAULTS
  import Foundation
  import Host
  import Synchronization
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("An unfinished line that its writer cuts while it is read is no line")
  struct ChangingTailTests {
    /// Reads a log whose end becomes another one at the n-th read of it; false once there is none.
    private func strikes(
      at number: Int, torn: Int, next: [String],
      _ read: (_ path: String, _ wire: TestWire) throws -> Void
    ) throws -> Bool {
      var wire = try TestWire()
      try wire.join(introducing: true)
      for number in 0..<3 { try wire.note("note \(number)", by: "bob") }
      var lost = wire
      try lost.note(String(repeating: "never finished ", count: 40), by: "bob")
      wire.tails["bob"] = Array(try #require(lost.logs["bob"]?.last).prefix(torn))
      wire.pass(seconds: 60)
      var after = wire
      for text in next { try after.note(text, by: "bob") }
      let count = try #require(wire.logs["bob"]?.count)
      let size = wire.logs["bob"]?.reduce(0) { $0 + $1.count + 1 } ?? 0
      let more: [UInt8] = try #require(after.logs["bob"]).dropFirst(count).flatMap { $0 + [10] }
      return try Scratch.run { path in
        let left = Mutex(number)
        let log = "\(path)/wire/bob_to_ada.jsonl"
        let plan = FaultPlan { traced in
          guard traced.call == .read, traced.path.hasSuffix("bob_to_ada.jsonl") else { return }
          let isDue = left.withLock { left in
            left -= 1
            return left == 0
          }
          guard isDue else { return }
          Faults.$plan.withValue(nil) { replaceEnd(of: log, from: size, with: more) }
        }
        try FileManager.default.createDirectory(
          atPath: path + "/wire", withIntermediateDirectories: false,
          attributes: [.posixPermissions: 0o755])
        try wire.write(to: path + "/wire")
        try plan.run { try read(path, wire) }
        return left.withLock { $0 } <= 0
      }
    }

    /// As the writer does it: the same file, cut and gone on with.
    private func replaceEnd(of log: String, from size: Int, with bytes: [UInt8]) {
      do {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: log))
        try file.truncate(atOffset: UInt64(size))
        try file.seekToEnd()
        try file.write(contentsOf: Data(bytes))
        try file.close()
      } catch {
        Issue.record(error)
      }
    }

    private static let ends: [(torn: Int, next: [String])] = [
      (1, ["short"]), (249, ["short"]), (249, ["short", "and one more"]),
      (700, [String(repeating: "long ", count: 400)]), (700, ["a", "b", "c"]),
    ]

    @Test("an audit finds no fault, whenever it happens", arguments: 0..<5)
    func audit(index: Int) throws {
      let end = Self.ends[index]
      for partByteCount in [nil, 300] {
        var number = 1
        while try strikes(
          at: number, torn: end.torn, next: end.next,
          { path, wire in
            let audit = try Audit.atPath(path + "/wire", partByteCount: partByteCount)
            #expect(audit.badLines.isEmpty, "at read \(number)")
            let head = try #require(audit.reading.chains["bob"]).head.seq
            let count = try #require(wire.logs["bob"]).count
            #expect((count...count + end.next.count).contains(head), "at read \(number)")
          })
        { number += 1 }
        #expect(number > 3 || partByteCount != nil)
      }
    }

    @Test(
      "a reader takes the whole line, then or later", arguments: 0..<5, [false, true])
    func catchUp(index: Int, isKnown: Bool) throws {
      let end = Self.ends[index]
      var number = 1
      while try strikes(
        at: number, torn: end.torn, next: end.next,
        { path, wire in
          let state = try PrivateState.open(path + "/state")
          var reader = WireReader(wire.genesis)
          if isKnown {
            try Faults.$plan.withValue(nil) {
              _ = try reader.catchUp(SharedDirectory.open(path + "/wire"), state)
            }
          }
          for _ in 0..<3 {
            let news = try reader.catchUp(SharedDirectory.open(path + "/wire"), state)
            #expect(news.bad.isEmpty, "at read \(number)")
          }
          let record = try #require(reader.store.records["bob"])
          #expect(record.faultCount == 0 && record.verdict == .sound, "at read \(number)")
        })
      { number += 1 }
      #expect(number > 3)
    }
  }
#endif
