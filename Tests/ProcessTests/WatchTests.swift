import Foundation
import Host
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension RealProcesses {
  @Suite("A watch is told by other processes")
  struct WatchTests {
    /// Waits until so many lines were printed, for a minute at most.
    private func lines(_ count: Int, of started: Stand.Started) throws -> [Substring] {
      let deadline = MonotonicClock.deadline(after: .seconds(60))
      while true {
        let output = try started.output()
        let lines = output.split(separator: "\n")
        if lines.count >= count, output.hasSuffix("\n") { return lines }
        guard MonotonicClock.now() < deadline else {
          throw Stand.Failed(
            description: "\(lines.count) lines and not \(count): \(try started.errors())")
        }
        MonotonicClock.sleep(for: .milliseconds(2))
      }
    }

    private func watch(_ stand: Stand, _ words: [String] = []) throws -> Stand.Started {
      try stand.mustRun(["inbox"], as: "forge")
      return try stand.start(Stand.binary(), ["watch"] + words, as: "forge")
    }

    @Test("what another process sends is printed at once, and SIGTERM ends it")
    func wakes() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let watch = try watch(stand)
        defer { watch.child.signal(SIGKILL) }
        for number in 1...3 {
          let id = try stand.mustSend("hello", as: "scribe")
          let line = try #require(try lines(number, of: watch).last)
          #expect(line.hasPrefix("\(id) scribe VERIFIED request 20"))
        }
        watch.child.signal(SIGTERM)
        let outcome = try watch.finish(upTo: .seconds(30))
        #expect(outcome.ending == .killed(SIGTERM), "\(outcome.summary)")
        #expect(outcome.errors.isEmpty)
        #expect(
          try stand.mustRun(["inbox", "--json"], as: "forge").output.split(separator: "\n").count
            == 3)
      }
    }

    @Test("a hundred messages while it runs come once each, in order, from both writers")
    func hundred() async throws {
      try await Stand.run(["forge", "scribe", "mason"]) { stand in
        let watch = try watch(stand, ["--format", "json"])
        defer { watch.child.signal(SIGKILL) }
        let drill = try Products.path("Drill")
        let gate = stand.root + "/gate"
        try Data().write(to: URL(filePath: gate))
        let senders = try ["scribe", "mason"].map {
          try stand.start(drill, ["append", "50", "0", gate], as: $0)
        }
        let sent = try senders.map { try $0.finish(upTo: .seconds(120)).output }
        let printed = try lines(100, of: watch)
        let ids = printed.compactMap { line in
          line.firstMatch(of: /"event_id":"([0-9a-f]{64})"/).map { String($0.1) }
        }
        #expect(ids.count == 100 && Set(ids).count == 100)
        for output in sent {
          let own = output.split(separator: "\n").map(String.init)
          #expect(own.count == 50)
          #expect(ids.filter { own.contains($0) } == own)
        }
        watch.child.signal(SIGTERM)
        let outcome = try watch.finish(upTo: .seconds(30))
        #expect(outcome.output.split(separator: "\n").count == 100)
        #expect(outcome.errors.isEmpty)
      }
    }

    @Test("where no inotify is left, it looks by itself", .enabled(if: NoInotify.isPossible))
    func withoutInotify() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        try stand.mustRun(["inbox"], as: "forge")
        let words = NoInotify.words(try Stand.binary(), "watch")
        let watch = try stand.start("/usr/bin/unshare", words, as: "forge")
        defer { watch.child.signal(SIGKILL) }
        for number in 1...2 {
          let id = try stand.mustSend("hello", as: "scribe")
          #expect(try lines(number, of: watch).last?.hasPrefix(id) == true)
        }
        watch.child.signal(SIGTERM)
        #expect(try watch.finish(upTo: .seconds(30)).ending == .killed(SIGTERM))
      }
    }

    @Test("more changes than the system remembers hide no message")
    func overflow() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let watch = try watch(stand)
        defer { watch.child.signal(SIGKILL) }
        let first = try stand.mustSend("first", as: "scribe")
        #expect(try lines(1, of: watch).last?.hasPrefix(first) == true)
        // While it stands still, so that it takes up none of them; alike in a row they count once.
        watch.child.signal(SIGSTOP)
        let limit = try String(
          contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
        let files = try ["one", "two"].map { name in
          let path = "\(stand.wire)/\(name)"
          try Data().write(to: URL(filePath: path))
          return try FileHandle(forWritingTo: URL(filePath: path))
        }
        let count = try #require(Int(limit.trimmingCharacters(in: .whitespacesAndNewlines)))
        for number in 0...min(count, 100_000) {
          try files[number % 2].write(contentsOf: Data([0]))
        }
        let id = try stand.mustSend("behind them", as: "scribe")
        watch.child.signal(SIGCONT)
        #expect(try lines(2, of: watch).last?.hasPrefix(id) == true)
      }
    }

    @Test("it ends by itself, quietly, when nobody reads it any more")
    func closedPipe() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let script = "\(try Stand.binary()) watch | head -n 1"
        try stand.mustRun(["inbox"], as: "forge")
        let shell = try stand.start("/bin/sh", ["-c", script], as: "forge")
        // One line ends head; nothing more has to come for watch to end as well.
        try stand.mustSend("hello", as: "scribe")
        let outcome = try shell.finish(upTo: .seconds(30))
        #expect(outcome.ending == .exited(0), "\(outcome.summary)")
        #expect(outcome.output.split(separator: "\n").count == 1)
        #expect(outcome.errors.isEmpty)
      }
    }

    @Test("it goes on where a peer's heads and its own trust change under it")
    func trust() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let watch = try watch(stand)
        defer { watch.child.signal(SIGKILL) }
        try stand.mustRun(["trust", "revoke", "scribe", "--from", "2"], as: "forge")
        try stand.mustSend("hidden", as: "scribe")
        let deadline = MonotonicClock.deadline(after: .seconds(30))
        while try watch.errors().isEmpty, MonotonicClock.now() < deadline {
          MonotonicClock.sleep(for: .milliseconds(5))
        }
        #expect(try watch.errors().contains("1 message of scribe not shown, by your revocation"))
        #expect(try watch.output().isEmpty)
        watch.child.signal(SIGINT)
        #expect(try watch.finish(upTo: .seconds(30)).ending == .killed(SIGINT))
      }
    }

    @Test("wait is woken by what comes, and ends with 5 when nothing does")
    func wait() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        try stand.mustRun(["inbox"], as: "forge")
        let waiting = try stand.start(
          Stand.binary(), ["wait", "--timeout", "1m", "--json"], as: "forge")
        let id = try stand.mustSend("hello", as: "scribe")
        let outcome = try waiting.finish(upTo: .seconds(50))
        #expect(outcome.code == 0, "\(outcome.summary)")
        #expect(outcome.output.contains("\"event_ids\":[\"\(id)\"]"))
        let late = try stand.run(["wait", "--for", "proposal", "--timeout", "1s"], as: "forge")
        #expect(late.code == 5 && late.output.isEmpty, "\(late.summary)")
      }
    }

    @Test("send waits until every recipient's beat has seen it")
    func seen() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let words = Stand.send("hello") + ["--wait-seen", "1m"]
        let sending = try stand.start(Stand.binary(), words, as: "forge")
        let deadline = MonotonicClock.deadline(after: .seconds(30))
        while try sending.output().isEmpty, MonotonicClock.now() < deadline {
          MonotonicClock.sleep(for: .milliseconds(2))
        }
        try stand.mustRun(["heartbeat"], as: "scribe")
        let outcome = try sending.finish(upTo: .seconds(50))
        #expect(outcome.code == 0, "\(outcome.summary)")
        #expect(outcome.output.contains("\"by\":[\"scribe\"]"))
        let late = try stand.run(Stand.send("again") + ["--wait-seen", "1s"], as: "forge")
        #expect(late.code == 5 && late.output.contains("\"waits_for\":[\"scribe\"]"))
      }
    }
  }
}

/// Runs a program as a user who may have no inotify(7) at all: user_namespaces(7) has limits of its own.
private enum NoInotify {
  static func words(_ program: String, _ word: String) -> [String] {
    let script = "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$0\" \"$1\""
    return ["--user", "--map-root-user", "/bin/sh", "-c", script, program, word]
  }

  static let isPossible: Bool = {
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer {
      for end in [".out", ".err"] { try? FileManager.default.removeItem(atPath: scratch + end) }
    }
    let child = try? ChildProcess(
      "/usr/bin/unshare", words("/bin/echo", "here"), environment: [:], output: scratch + ".out",
      errors: scratch + ".err")
    return child?.wait() == .exited(0)
  }()
}
