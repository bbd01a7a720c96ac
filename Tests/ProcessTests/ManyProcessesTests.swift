import Foundation
import Host
import Identity
import TestSupport
import Testing
import Wire
import WireFormat

extension RealProcesses {
  @Suite("Many processes at once")
  struct ManyProcessesTests {
    private static let processCount = 16
    private static let messageCount = size(20, long: 2_000)

    @Test("sixteen processes of one agent make one chain, with every acknowledged message once")
    func oneAgent() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let found = try stand.stored(by: "forge")
        let told = try crowd(stand, Array(repeating: "forge", count: Self.processCount), every: 10)
        let stored = try stand.stored(by: "forge")
        try expectOneChain(stored, after: found, told.flatMap(\.ids))
        let beats = told.flatMap(\.beats)
        #expect(beats.count == Self.processCount * (Self.messageCount / 10))
        try expectKept(beats.sorted(), of: "forge", stand)
        try expectSound(stand, ["forge", "scribe"])
      }
    }

    @Test("sixteen agents on one wire make sixteen chains and a whole beat file each")
    func sixteenAgents() async throws {
      let members = (1...Self.processCount).map { "agent\($0)" }
      try await Stand.run(members) { stand in
        let found = try members.map { try stand.stored(by: $0) }
        let told = try crowd(stand, members, every: 5)
        for (index, member) in members.enumerated() {
          let stored = try stand.stored(by: member)
          try expectOneChain(stored, after: found[index], told[index].ids)
          // One process a log: what it was told is also in the order of the log.
          #expect(stored.map(\.id).suffix(Self.messageCount) == told[index].ids[...])
          #expect(told[index].beats.count == Self.messageCount / 5)
          try expectKept(told[index].beats, of: member, stand)
        }
        try expectSound(stand, members)
      }
    }

    /// What one process says it was told.
    private struct Told {
      var ids: [String] = []
      var beats: [Int] = []
    }

    /// Starts a process for each of the handles, lets all go at once, and waits for all.
    private func crowd(
      _ stand: Stand, _ handles: [String], every: Int
    ) throws -> [Told] {
      let drill = try Products.path("Drill")
      let folder = try Directory.open(stand.root, followLast: false)
      let gate = try OpenFile.open("gate", in: folder, mode: .readWriteCreate)
      try #require(try gate.tryLock())
      let words = ["append", "\(Self.messageCount)", "\(every)", stand.root + "/gate"]
      let processes = try handles.map { try stand.start(drill, words, as: $0) }
      let start = MonotonicClock.now()
      try gate.unlock()
      let outcomes = try processes.map { try $0.finish(upTo: .seconds(size(120, long: 3_600))) }
      let milliseconds = (MonotonicClock.now() - start) / 1_000_000
      let slowest = outcomes.compactMap { $0.errors.firstMatch(of: /slowest ([0-9]+) ms/)?.1 }
      print(
        "\(handles.count) processes × \(Self.messageCount) messages: \(milliseconds) ms, the "
          + "slowest of each in ms: \(slowest.compactMap { Int($0) }.sorted())")
      return outcomes.map { outcome in
        #expect(outcome.ending == .exited(0), "\(outcome.errors)")
        var told = Told()
        for line in outcome.output.split(separator: "\n") {
          if let n = line.wholeMatch(of: /beat ([0-9]+)/) {
            told.beats.append(Int(n.1) ?? 0)
          } else {
            told.ids.append(String(line))
          }
        }
        #expect(told.ids.count == Self.messageCount)
        return told
      }
    }

    private func expectOneChain(
      _ stored: [Stand.Stored], after found: [Stand.Stored], _ told: [String]
    ) throws {
      #expect(stored.map(\.seq) == Array(1...stored.count))
      #expect(stored.prefix(found.count) == found[...])
      #expect(Set(told).count == told.count)
      #expect(stored.dropFirst(found.count).map(\.id).sorted() == told.sorted())
    }

    /// The newest beats are there, each line whole: all of them, unless the file was renamed.
    private func expectKept(_ told: [Int], of name: String, _ stand: Stand) throws {
      let file = "beats/\(name).jsonl"
      let hasOlder = FileManager.default.fileExists(atPath: "\(stand.wire)/\(file).1")
      var kept = try hasOlder ? wholeBeats(of: name, in: file + ".1", stand) : []
      if FileManager.default.fileExists(atPath: "\(stand.wire)/\(file)") {
        kept += try wholeBeats(of: name, in: file, stand)
      }
      #expect(kept == told.suffix(kept.count))
      #expect(hasOlder || kept.count == told.count)
    }

    /// The counters of an agent's beats, each line checked whole.
    private func wholeBeats(
      of name: String, in file: String, _ stand: Stand
    ) throws -> [Int] {
      let handle = try Handle(name)
      return try stand.lines(file).map { line in
        let envelope = try Envelope.read(line.span)
        let isOwn = envelope.isFrom(handle, line.span)
        let isSigned = LineSignature.holds(line.span, envelope, from: handle)
        guard case .beat(let n) = envelope.place, isOwn, isSigned else { return 0 }
        return n
      }
    }

    private func expectSound(_ stand: Stand, _ members: [String]) throws {
      let audit = try stand.audit()
      #expect(audit.bad.isEmpty)
      #expect(audit.reading.chains.values.allSatisfy { $0.verdict == .sound })
      #expect(audit.unseenSignatures == 0)
      for member in members {
        let outcome = try stand.run(["verify", "--every-signature"], as: member)
        #expect(outcome.code == 0, "\(outcome.summary)")
      }
    }
  }
}
