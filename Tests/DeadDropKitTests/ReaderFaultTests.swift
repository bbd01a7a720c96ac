#if FAULTS
  import DeadDropKit
  import Foundation
  import Host
  import Protocol
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("A fault while reading moves no head back and skips no message")
  struct ReaderFaultTests {
    private static let log = "scribe_to_forge.jsonl"

    enum Path: CaseIterable {
      /// Only what is new is read.
      case incremental
      /// The log is another file since, so that all is read.
      case whole
    }

    /// Forge has read two messages; three more and a proposal are new.
    private func withNews(_ path: Path, _ body: (Bench, [Handle: Head]) throws -> Void) throws {
      try Bench.run("forge", "scribe") { bench in
        try bench.send(["one", "two"], by: "scribe")
        try #require(try bench.inbox("forge") == ["one", "two"])
        try bench.send("three", by: "scribe")
        _ = try bench.propose("port", by: "scribe")
        try bench.send(["four", "five"], by: "scribe")
        if path == .whole {
          let file = bench.path + "/" + Self.log
          try FileManager.default.copyItem(atPath: file, toPath: file + ".new")
          try FileManager.default.removeItem(atPath: file)
          try FileManager.default.moveItem(atPath: file + ".new", toPath: file)
        }
        try body(bench, try bench.savedHeads(of: "forge"))
      }
    }

    private func checkHeads(
      since before: [Handle: Head], _ bench: Bench, _ findings: inout Findings
    ) throws {
      let now = try bench.savedHeads(of: "forge")
      for (handle, head) in before {
        findings.require(
          now[handle]?.seq ?? 0 >= head.seq, "the head of \(handle) went back from \(head.seq)")
      }
    }

    private func checkAfterwards(_ bench: Bench, _ findings: inout Findings) throws {
      try bench.send("after", by: "scribe")
      let last = try bench.look("forge")
      findings.requireEqual(last.broken, [], "after the recovery")
      findings.requireEqual(last.subjects, ["after"], "what is shown next")
      let proposals = try bench.act(as: "forge") { session, _ in
        try session.proposals().map(\.proposal.subject)
      }
      findings.requireEqual(proposals, ["port"], "proposals")
      try bench.checkWire(&findings)
    }

    @Test("while catching up", arguments: Path.allCases)
    func catchUp(path: Path) throws {
      try withNews(path) { bench, heads in
        try bench.walk(.key) {
          var session = try bench.open("forge")
          return try session.catchUp().isUnsafe
        } check: { strike, findings in
          findings.require(strike.value != true, "unsafe under the fault")
          try checkHeads(since: heads, bench, &findings)
          let look = try bench.look("forge")
          findings.requireEqual(look.broken, [], "after the fault")
          findings.requireEqual(look.subjects, ["three", "four", "five"], "what is shown")
          try checkAfterwards(bench, &findings)
        }
      }
    }

    /// What `inbox` gave under a fault, also where the process died after it.
    private final class Shown {
      var subjects: [String] = []
    }

    @Test("while showing the inbox and moving the cursor", arguments: Path.allCases)
    func inbox(path: Path) throws {
      try withNews(path) { bench, heads in
        let shown = Shown()
        try bench.walk(.key) {
          shown.subjects = []
          var session = try bench.open("forge")
          let report = try session.catchUp()
          let inbox = try session.inbox(
            session: Session.defaultSession, limit: nil, isPeek: false)
          shown.subjects = inbox.subjects
          _ = try session.commitRead()
          return report.isUnsafe
        } check: { strike, findings in
          findings.require(strike.value != true, "unsafe under the fault")
          try checkHeads(since: heads, bench, &findings)
          let all = ["three", "four", "five"]
          findings.require(
            shown.subjects.isEmpty || shown.subjects == all, "shown at once: \(shown.subjects)")
          let later = try bench.look("forge")
          findings.requireEqual(later.broken, [], "after the fault")
          findings.require(
            later.subjects == all || (later.subjects.isEmpty && shown.subjects == all),
            "shown \(shown.subjects) and later \(later.subjects)")
          if strike.value != nil { findings.requireEqual(later.subjects, [], "shown again") }
          try checkAfterwards(bench, &findings)
        }
      }
    }

    @Test("while keeping the evidence of a refused line")
    func evidence() throws {
      try withNews(.incremental) { bench, heads in
        try bench.append(Array(#"{"v":1}"#.utf8), to: "scribe")
        let folder = try bench.statePath(of: "forge") + "/evidence"
        try bench.walk(.key) {
          var session = try bench.open("forge")
          return try session.catchUp().bad.map(\.reason)
        } check: { strike, findings in
          try checkHeads(since: heads, bench, &findings)
          let later = try bench.look("forge")
          let told = (strike.value ?? []) + (later.broken.isEmpty ? [] : [.malformed])
          findings.requireEqual(later.subjects, ["three", "four", "five"], "what is shown")
          let files = try bench.snapshot(folder).filter { !$0.key.hasSuffix(".tmp") }
          for (name, bytes) in files {
            findings.require((try? JSONParser.object(Array(bytes).span)) != nil, "torn \(name)")
          }
          // A fault of the evidence itself leaves none, and then the line is told; whoever is killed
          // or refused after the heads are saved tells nobody, and then it is kept.
          findings.require(
            told == [.malformed] || files.count == 1, "told \(told), kept \(files.count)")
          if strike.value != nil { findings.requireEqual(told, [.malformed], "told") }
          try bench.send("after", by: "scribe")
          findings.requireEqual(try bench.look("forge").subjects, ["after"], "what is shown next")
        }
      }
    }
  }
#endif
