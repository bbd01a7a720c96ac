import Foundation
import Host
import Identity
import Protocol
import Synchronization
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A reader goes on across an archive, and pays for what is new")
struct ArchiveResumingTests {
  private struct Place {
    let path: String
    let statePath: String
    var wire: TestWire
    let log = "bob_to_ada.jsonl"

    /// What one command reads.
    @discardableResult
    func catchUp() throws -> (news: WireReader.News, record: HeadRecord) {
      let shared = try SharedDirectory.open(path)
      let state = try PrivateState.open(statePath)
      var reader = WireReader(wire.genesis)
      let news = try reader.catchUp(shared, state)
      return (news, try #require(reader.store.records["bob"]))
    }

    /// As the writer does it.
    func archive(_ first: Int, _ last: Int, year: Int) throws {
      let name = "\(path)/\(TestWire.archiveName(log, first, last, year: year))"
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: name).deletingLastPathComponent(),
        withIntermediateDirectories: true)
      try FileManager.default.moveItem(atPath: "\(path)/\(log)", toPath: name)
    }

    mutating func note(_ text: String) throws {
      try wire.note(text, by: "bob")
      let url = URL(fileURLWithPath: "\(path)/\(log)")
      let line = Data((wire.logs["bob"]?.last ?? []) + [10])
      let before = (try? Data(contentsOf: url)) ?? Data()
      // In place, so that the file stays the same one.
      if let file = try? FileHandle(forWritingTo: url) {
        try file.seekToEnd()
        try file.write(contentsOf: line)
        try file.close()
      } else {
        try (before + line).write(to: url)
      }
    }

    var count: Int { wire.logs["bob"]?.count ?? 0 }
  }

  private func read(_ body: (inout Place) throws -> Void) throws {
    try Scratch.run { root in
      var wire = try TestWire()
      try wire.join(introducing: true)
      for number in 0..<5 { try wire.note("note \(number)", by: "bob") }
      var place = Place(path: root + "/wire", statePath: root + "/state", wire: wire)
      try FileManager.default.createDirectory(
        atPath: place.path, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o755])
      try wire.write(to: place.path)
      try place.catchUp()
      try body(&place)
    }
  }

  @Test("places and head stay, whether new lines came before, after or not at all")
  func goesOn() throws {
    try read { place in
      let before = try place.catchUp().record
      try place.archive(1, place.count, year: 2020)
      let moved = try place.catchUp()
      #expect(moved.news.bad.isEmpty && !moved.news.hasMoved)
      #expect(moved.record.verdict == .sound && moved.record.end == before.end)
      #expect(moved.record.layout.archived.count == 1)
      let first = place.count + 1
      try place.note("next")
      let next = try place.catchUp()
      #expect(next.news.hasMoved && next.news.bad.isEmpty)
      #expect(next.record.head.seq == place.count)
      #expect(next.record.headPlace.number == place.count)
      // Unread lines before, between and behind two archives.
      try place.note("a")
      try place.archive(first, place.count, year: 2021)
      try place.note("b")
      try place.archive(place.count, place.count, year: 2021)
      try place.note("c")
      let last = try place.catchUp()
      #expect(last.news.bad.isEmpty && last.record.verdict == .sound)
      #expect(last.record.head.seq == place.count)
      #expect(last.record.layout.parts.map(\.start.lineCount) == [0, 6, 8, 9])
      #expect(try Audit.atPath(place.path).badLines == [])
    }
  }

  #if FAULTS
    @Test("where nothing changed the archive is not looked at, and never read again")
    func cheap() throws {
      try read { place in
        for year in 2000..<2020 {
          let first = place.count + 1
          try place.note("of \(year)")
          if year == 2000 {
            try place.archive(1, place.count, year: year)
          } else {
            try place.archive(first, place.count, year: year)
          }
        }
        try place.note("new")
        try place.catchUp()
        for isNew in [false, true] {
          if isNew { try place.note("newer") }
          let plan = FaultPlan()
          try plan.run { _ = try place.catchUp() }
          #expect(plan.trace.allSatisfy { !$0.path.contains("archive") })
        }
        // After another archive old files are looked at and none of their lines is read.
        try place.archive(place.count - 1, place.count, year: 2020)
        try place.note("newest")
        let plan = FaultPlan()
        let record = try plan.run { try place.catchUp().record }
        #expect(record.head.seq == place.count && record.verdict == .sound)
        let reads = plan.trace.filter { $0.path.contains("archive/200") && $0.call == .read }
        #expect(reads.count == 10)
      }
    }
  #endif

  #if FAULTS
    @Test(
      "an archive at any call of a reader is no fault, no rollback, and hides no line",
      arguments: [false, true])
    func moment(isNew: Bool) throws {
      try read { place in
        try place.note("unread")
        let base = try TreeImage(of: place.path)
        let states = try TreeImage(of: place.statePath)
        let begun = place
        var point = 0
        while true {
          point += 1
          try base.restore(to: place.path)
          try (isNew ? TreeImage() : states).restore(to: place.statePath)
          let moving = try Moving(begun, at: point)
          let plan = FaultPlan(observer: { _ in moving.called() })
          let read = try plan.run { try begun.catchUp() }
          guard moving.isDone else { break }
          #expect(read.news.bad.isEmpty && read.record.verdict == .sound, "\(point)")
          #expect(read.record.head.seq >= begun.count, "\(point)")
          let files = read.record.layout.parts.map(\.inode)
          #expect(Set(files).count == files.count, "\(point): a file is in it twice")
          let after = try begun.catchUp()
          #expect(after.news.bad.isEmpty && after.record.verdict == .sound, "\(point)")
          #expect(after.record.head.seq == begun.count + 2, "\(point)")
        }
        #expect(point > 10)
      }
    }

    /// Archives twice and writes between, when a certain call has passed.
    private final class Moving: Sendable {
      private let left: Mutex<Int>
      private let files: [(path: String, line: [UInt8])]
      private let log: String

      init(_ place: Place, at point: Int) throws {
        left = Mutex(point)
        log = "\(place.path)/\(place.log)"
        var wire = place.wire
        let count = place.count
        try wire.note("between", by: "bob")
        try wire.note("behind", by: "bob")
        files = [(1, count, 2020), (count + 1, count + 1, 2021)].enumerated().map { index, piece in
          let name = TestWire.archiveName(place.log, piece.0, piece.1, year: piece.2)
          return ("\(place.path)/\(name)", (wire.logs["bob"]?[count + index] ?? []) + [10])
        }
      }

      var isDone: Bool { left.withLock { $0 <= 0 } }

      func called() {
        let isDue = left.withLock { left in
          left -= 1
          return left == 0
        }
        guard isDue else { return }
        do {
          for (path, line) in files {
            try FileManager.default.createDirectory(
              at: URL(fileURLWithPath: path).deletingLastPathComponent(),
              withIntermediateDirectories: true)
            try FileManager.default.moveItem(atPath: log, toPath: path)
            try Data(line).write(to: URL(fileURLWithPath: log))
          }
        } catch { Issue.record("\(error)") }
      }
    }
  #endif

  @Test("a file that is gone is a rollback where the head stood in it, and sound when it is back")
  func gone() throws {
    try read { place in
      try place.archive(1, place.count, year: 2020)
      try place.catchUp()
      let archived = "\(place.path)/\(TestWire.archiveName(place.log, 1, place.count, year: 2020))"
      try FileManager.default.moveItem(atPath: archived, toPath: place.path + "/aside")
      #expect(try place.catchUp().record.verdict == .rollback)
      try FileManager.default.moveItem(atPath: place.path + "/aside", toPath: archived)
      #expect(try place.catchUp().record.verdict == .sound)
    }
  }

  @Test("missing lines that come back as a file of the archive fill their gap")
  func back() throws {
    try read { place in
      let first = place.count + 1
      try place.archive(1, first - 1, year: 2020)
      try place.note("a")
      try place.archive(first, first, year: 2021)
      let archived = "\(place.path)/\(TestWire.archiveName(place.log, first, first, year: 2021))"
      try FileManager.default.moveItem(atPath: archived, toPath: place.path + "/aside")
      try place.note("b")
      let gap = try place.catchUp()
      #expect(gap.record.verdict == .gap)
      #expect(gap.news.bad.map { "\($0.file):\($0.line) \($0.reason)" } == ["\(place.log):1 gap"])
      try FileManager.default.moveItem(atPath: place.path + "/aside", toPath: archived)
      let whole = try place.catchUp()
      #expect(whole.record.verdict == .sound && whole.record.head.seq == first + 1)
    }
  }

  @Test("a planted file shifts every place and neither loses a line nor convicts anybody")
  func planted() throws {
    try read { place in
      let name = TestWire.archiveName(place.log, 1, 1, year: 1990)
      try TestWire.write([.init(name: name, lines: [Array("junk".utf8)])], to: place.path)
      try place.note("a")
      #expect(try place.catchUp().record.head.seq == place.count)
      try place.archive(1, place.count, year: 2020)
      try place.note("b")
      let read = try place.catchUp()
      #expect(read.record.verdict == .sound && read.record.head.seq == place.count)
      #expect(read.news.bad.map { "\($0.file):\($0.line)" } == ["\(name):1"])
      try FileManager.default.removeItem(atPath: "\(place.path)/\(name)")
      try place.note("c")
      let after = try place.catchUp()
      #expect(after.record.verdict == .sound && after.record.head.seq == place.count)
    }
  }
}
