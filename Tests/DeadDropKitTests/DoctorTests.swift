import DeadDropKit
import Foundation
import Host
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Doctor looks at everything, changes nothing and misses nothing that breaks")
struct DoctorTests {
  private let log = "scribe_to_forge.jsonl"

  /// What may befall a wire or scribe's private state.
  enum Harm: CaseIterable {
    case none, cutLog, emptyLog, noLog, changedLine, missingLine, foreignLine, junk, tornLine
    case groupWritable, worldWritable, hardLinked, linked, foreignDecision
    case noWriter, tornWriter, looseWriter, oldWriter, noHeads, tornHeads, looseHeads
    case noKey, looseKey, otherKey, tornTrust, noState, looseState, openWire, tornGenesis

    func befall(_ bench: Bench) throws {
      let files = FileManager.default
      let log = "scribe_to_forge.jsonl"
      let state = try bench.statePath(of: "scribe")
      let keys = bench.places("scribe").keys
      let junk = Array("{\"a\":".utf8)
      let lines = try bench.lines(of: "scribe")
      switch self {
      case .none: break
      case .cutLog: try bench.setLines(Array(lines.dropLast()), of: "scribe")
      case .emptyLog: try bench.setLines([], of: "scribe")
      case .noLog: try files.removeItem(atPath: "\(bench.path)/\(log)")
      case .changedLine:
        var changed = lines
        changed[1][20] ^= 1
        try bench.setLines(changed, of: "scribe")
      case .missingLine: try bench.setLines([lines[0], lines[2], lines[3]], of: "scribe")
      case .foreignLine: try bench.append(try bench.lines(of: "forge")[0], to: "scribe")
      case .junk: try bench.append(junk, to: "scribe")
      case .tornLine: try bench.appendBytes(junk, to: log)
      case .groupWritable: try bench.restrict("\(bench.path)/\(log)", to: 0o664)
      case .worldWritable: try bench.restrict("\(bench.path)/\(log)", to: 0o646)
      case .hardLinked:
        try files.linkItem(atPath: "\(bench.path)/\(log)", toPath: "\(bench.root)/second")
      case .linked:
        try files.moveItem(atPath: "\(bench.path)/\(log)", toPath: "\(bench.root)/real")
        try files.createSymbolicLink(
          atPath: "\(bench.path)/\(log)", withDestinationPath: "\(bench.root)/real")
      case .foreignDecision: try bench.put(junk + [10], "decisions.jsonl", in: bench.path)
      case .noWriter: try bench.remove("writer.txt", of: "scribe")
      case .tornWriter: try bench.overwrite("writer.txt", with: junk, in: state)
      case .looseWriter: try bench.restrict(state + "/writer.txt", to: 0o644)
      case .oldWriter:
        let old = try bench.read("writer.txt", in: state)
        for number in 0..<65 { try bench.send(Text("more \(number)"), by: "scribe") }
        try bench.overwrite("writer.txt", with: old, in: state)
      case .noHeads: try bench.remove("heads.json", of: "scribe")
      case .tornHeads: try bench.overwrite("heads.json", with: junk, in: state)
      case .looseHeads: try bench.restrict(state + "/heads.json", to: 0o644)
      case .noKey: try files.removeItem(atPath: keys + "/scribe.key")
      case .looseKey: try bench.restrict(keys + "/scribe.key", to: 0o644)
      case .otherKey:
        try bench.overwrite(
          "scribe.key", with: try bench.read("scribe.key", in: keys).reversed(), in: keys)
      case .tornTrust: try bench.overwrite("trust.json", with: junk, in: state)
      case .noState: try files.removeItem(atPath: state)
      case .looseState: try bench.restrict(state, to: 0o755)
      case .openWire: try bench.restrict(bench.path, to: 0o777)
      case .tornGenesis: try bench.overwrite("wire.json", with: junk)
      }
    }

    /// Which of these nothing is broken after; some heal by themselves, and then somebody is told.
    var isHarmless: Bool { [.none, .tornLine, .noHeads].contains(self) }
  }

  @Test("it is never green where verify or send is not", arguments: Harm.allCases)
  func agreement(harm: Harm) throws {
    try written { bench in
      try harm.befall(bench)
      let asked: [Handle?] = harm == .noState ? [nil] : ["scribe"]
      let checkups = try bench.doctor(asked[0], local: "scribe")
      #expect(checkups.bad.isEmpty == harm.isHarmless, "\(checkups.bad)")
      #expect(checkups.bad.allSatisfy { $0.remedy != nil || $0.error != nil })
      if harm == .none { #expect(checkups.warnings.isEmpty, "\(checkups.warnings)") }
      if harm == .tornLine { #expect(checkups.says(.warning, log, "unfinished line")) }
      if harm == .noHeads { #expect(checkups.says(.warning, "heads.json")) }
      let isUnsafe = try? bench.act(as: "scribe") { session, report in
        let audit = try session.verify(everySignature: false)
        return report.isUnsafe || !audit.bad.isEmpty
          || audit.reading.chains.values.contains { $0.verdict != .sound }
      }
      if isUnsafe ?? true { #expect(!checkups.bad.isEmpty) }
      let isRefused = (try? bench.send("next", by: "scribe")) == nil
      if isRefused { #expect(!checkups.bad.isEmpty) }
      if harm.isHarmless { #expect(!isRefused && isUnsafe == false) }
    }
  }

  @Test("a stranger sees the wire itself, and is told that there is no agent")
  func bystander() throws {
    try written { bench in
      let checkups = try bench.doctor(nil)
      #expect(checkups.bad.isEmpty)
      #expect(checkups.says(.warning, "no agent of this account"))
      #expect(checkups.says(.ok, log, "4 lines"))
      try bench.setLines(try bench.lines(of: "scribe").dropLast() + [[0x7B]], of: "scribe")
      #expect(try bench.doctor(nil).says(.bad, "\(log):4", "malformed"))
      #expect(try bench.doctor("mason").says(.bad, "mason has no private state"))
    }
  }

  @Test("files that belong to nobody, leftovers and edited tables are told, and break nothing")
  func names() throws {
    try written { bench in
      try bench.put([], ".writer.txt.12.ab.tmp", in: bench.path)
      try bench.put([], "notes to self.md", in: bench.path)
      try bench.put(Array("{}".utf8), "tiers.json", in: bench.path)
      let checkups = try bench.doctor("forge")
      #expect(checkups.bad.isEmpty)
      #expect(checkups.says(.warning, ".tmp", "left behind"))
      #expect(checkups.says(.warning, "notes to self.md", "belongs to no member"))
      #expect(checkups.says(.warning, "tiers.json", "ignored"))
      #expect(checkups.warnings.allSatisfy { $0.remedy != nil || $0.subject == "tiers.json" })
      for number in 0..<40 { try bench.put([], "stray \(number)", in: bench.path) }
      #expect(try bench.doctor("forge").says(.warning, bench.path, "22 more such files"))
    }
  }

  @Test("a beat from the future is told, and one that has seen more than is here")
  func beats() throws {
    try written { bench in
      try bench.act(as: "forge") { session, _ in
        let key = try session.signingKey()
        let id = Bytes32.unheld("line 9").hex
        _ = try Beats.append(
          .object(["seen": .object(["scribe": .array([.integer(9), .string(id)])])]),
          wire: session.genesis.id, handle: "forge", with: key, session.shared, session.state,
          clock: WallClock.now() + 3_600_000_000)
      }
      let checkups = try bench.doctor("scribe")
      #expect(checkups.bad.isEmpty)
      #expect(checkups.says(.warning, "clock", "forge", "in the future"))
      #expect(checkups.says(.warning, log, "a beat of forge names its line 9", "ends with 4"))
    }
  }

  @Test("a daemon is told of: what keeps it from its work, and that it must look by itself")
  func daemon() throws {
    try written { bench in
      let state = try PrivateState.open(try bench.statePath(of: "scribe"))
      #expect(try bench.doctor("scribe").says(.ok, "daemon", "none runs for scribe"))
      let lock = try DaemonPresence.begin(state)
      var presence = DaemonPresence(
        processID: Environment.processID, since: Timestamp(microseconds: WallClock.now()))
      try presence.save(in: state.path)
      var checkups = try bench.doctor("scribe")
      #expect(checkups.warnings.isEmpty && checkups.bad.isEmpty)
      #expect(checkups.says(.ok, "daemon", "process \(Environment.processID) runs for scribe"))
      (presence.isPolling, presence.trouble) = (true, "no space left on device")
      try presence.save(in: state.path)
      checkups = try bench.doctor("scribe")
      #expect(checkups.says(.bad, "daemon", "no space left on device"))
      #expect(checkups.says(.warning, "looks every second", "max_user_instances"))
      #expect((checkups.bad + checkups.warnings).allSatisfy { $0.remedy != nil })
      try lock.unlock()
      #expect(try bench.doctor("scribe").says(.ok, "daemon", "none runs for scribe"))
    }
  }

  @Test("settings of a daemon that cannot be read are told, and nobody mends them in silence")
  func settings() throws {
    try written { bench in
      let path = try bench.statePath(of: "scribe")
      let state = try PrivateState.open(path)
      var settings = DaemonSettings()
      (settings.onMessage, settings.onMessageSeconds, settings.logPath) = ("jq .", 5, "/log")
      try settings.save(state)
      #expect(try DaemonSettings.load(state) == settings)
      #expect(try bench.doctor("scribe").bad.isEmpty)
      for words in [
        "", "{", "[]", #"{"on_message":""}"#, #"{"on_message_seconds":0}"#,
        #"{"on_message_seconds":3601}"#, #"{"log":"here"}"#, #"{"onmessage":"jq"}"#,
      ] {
        try bench.overwrite(DaemonSettings.name, with: Array(words.utf8), in: path)
        let told = try bench.doctor("scribe").bad.filter { $0.subject.hasSuffix("/daemon.json") }
        #expect(told.count == 1 && told[0].error != nil, "\(words)")
        #expect(throws: KitError.self) { _ = try DaemonSettings.load(state) }
      }
    }
  }

  @Test("restored private state is brought forward, tells so, and shows again rather than never")
  func restored() throws {
    try written { bench in
      let files = FileManager.default
      let home = "\(bench.root)/home-scribe"
      try files.copyItem(atPath: home, toPath: home + ".backup")
      try bench.send("from forge", by: "forge")
      #expect(try bench.inbox("scribe") == ["from forge"])
      try bench.send(["four", "five"], by: "scribe")
      try bench.inbox("forge")
      try files.removeItem(atPath: home)
      try files.moveItem(atPath: home + ".backup", toPath: home)
      #expect(try bench.doctor("scribe").says(.warning, log, "2 lines", "adopts"))
      #expect(try bench.doctor("scribe").bad.isEmpty)
      #expect(try bench.inbox("scribe") == ["from forge"])
      #expect(try bench.send("six", by: "scribe").seq == 7)
      #expect(try bench.inbox("forge") == ["six"])
      #expect(try !bench.settle("forge").isUnsafe)
    }
  }

  @Test("evidence is pointed at until somebody has looked at it")
  func evidence() throws {
    try written { bench in
      try bench.append(Array("{".utf8), to: "scribe")
      try bench.settle("forge")
      let warnings = try bench.doctor("forge").warnings
      let told = try #require(warnings.first { $0.finding.contains("evidence") })
      let file = try #require(told.remedy?.last)
      #expect(told.remedy?.dropLast() == ["deaddrop", "verify", "--evidence"])
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
      #expect(try Verification.evidence(bytes, from: file).1 == .refused(.malformed))
      #expect(throws: KitError.notEvidence("x")) {
        _ = try Verification.evidence(Array(bytes.dropLast()), from: "x")
      }
    }
  }

  @Test("who sends meanwhile is not said to have lost anything")
  func concurrent() throws {
    try written { bench in
      let results = try Parallel.map(2, threads: 2) { index throws(HostError) -> [String] in
        var bad: [String] = []
        for number in 0..<(index == 0 ? 40 : 12) {
          if index == 0 {
            let receipt = try? bench.send(Text("n\(number)"), by: "scribe")
            if receipt == nil { bad.append("\(number)") }
          } else {
            let checkups = try? Doctor.examine(
              directory: bench.path, as: "scribe", in: bench.places("scribe"))
            bad += checkups?.bad.map(\.finding) ?? ["no answer"]
          }
        }
        return bad
      }
      #expect(results == [[], []])
    }
  }
}

extension Bench {
  fileprivate func put(_ bytes: [UInt8], _ name: String, in folder: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }
}
