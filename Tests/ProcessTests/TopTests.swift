import Foundation
import Host
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `deaddrop top` on a terminal of the test.
private struct OpenTop {
  let terminal: PseudoTerminal
  let started: Stand.Started
  /// The modes before it began.
  let modes: [UInt32]

  init(
    _ stand: Stand, words: [String] = ["top"], columns: Int = 80,
    variables: [String: String] = ["TERM": "xterm"]
  ) throws {
    terminal = try PseudoTerminal(columns: columns, rows: 24)
    modes = terminal.modes()
    let streams = "\(stand.streams)/\(UUID().uuidString)"
    // So that the file of its output, which is the terminal, need not be there.
    try Data().write(to: URL(filePath: streams + ".out"))
    let child = try ChildProcess(
      Stand.binary(), words,
      environment: stand.environment("forge").merging(variables) { $1 }, input: terminal.path,
      output: terminal.path, errors: streams + ".err", inOwnSession: true)
    started = Stand.Started(words: words, child: child, streams: streams)
  }

  /// The same as soon as its first frame is there.
  static func shown(_ stand: Stand) throws -> OpenTop {
    let top = try OpenTop(stand)
    try top.terminal.wait("first frame") { $0.shows("q quits") && $0.shows("scribe  VERIFIED") }
    return top
  }

  /// Waits for its end, and expects the terminal as it was.
  func finish() throws -> Stand.Outcome {
    let outcome = try started.finish(upTo: .seconds(30))
    terminal.readAll()
    expectGivenBack()
    return outcome
  }

  func expectGivenBack() {
    let screen = terminal.screen
    #expect(terminal.modes() == modes)
    #expect(!screen.isAlternate && screen.isCursorShown && screen.wraps)
    #expect(screen.strange.isEmpty, "\(screen.strange)")
  }
}

extension RealProcesses {
  @Suite("top on a terminal")
  struct TopTests {
    @Test("it draws what another process sends, raw bytes of a peer excepted, and q gives all back")
    func live() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let top = try OpenTop.shown(stand)
        #expect(top.terminal.modes() != top.modes)
        let log = try stand.log(of: "forge")
        let before = try stand.lines(log)
        try stand.mustSend("evil \u{1B}]52;c;eA==\u{7}\u{202E}\u{9B}2J\n end", as: "scribe")
        try top.terminal.wait("message") {
          $0.shows("evil \\u{1B}]52;c;eA==\\u{7}\\u{202E}\\u{9B}2J\\n end")
        }
        let clearCount = top.terminal.screen.clearCount
        top.terminal.resize(columns: 40, rows: 10)
        try top.terminal.wait("smaller frame") {
          $0.clearCount > clearCount && $0.shows("evil")
        }
        let screen = top.terminal.screen
        #expect(screen.rows.allSatisfy { $0.count <= 40 })
        #expect(screen.rows[10...].allSatisfy { $0.isEmpty })
        top.terminal.type("xyzq")
        let outcome = try top.finish()
        #expect(outcome.code == 0, "\(outcome.summary)")
        #expect(outcome.errors == "")
        // Nothing was written, and nothing was read in anybody's name.
        #expect(try stand.lines(log) == before)
        #expect(!FileManager.default.fileExists(atPath: stand.wire + "/beats/forge.jsonl"))
        let unread = try stand.mustRun(["inbox", "--peek"], as: "forge")
        #expect(unread.output.contains("evil"))
      }
    }

    @Test("a beat of a peer is shown as it comes")
    func beat() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let top = try OpenTop.shown(stand)
        #expect(!top.terminal.screen.shows("T1_active"))
        try stand.mustRun(["heartbeat"], as: "scribe")
        try top.terminal.wait("beat") { $0.shows("alive") && $0.shows("T1_active") }
        top.terminal.type("q")
        #expect(try top.finish().code == 0)
      }
    }

    @Test(
      "signals end it and give the terminal back", arguments: [SIGTERM, SIGHUP, SIGINT, SIGABRT])
    func signals(number: Int32) async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let top = try OpenTop.shown(stand)
        top.started.child.signal(number)
        let outcome = try top.finish()
        #expect(outcome.ending == (number == SIGABRT ? .killed(SIGABRT) : .exited(0)))
      }
    }

    @Test("Ctrl-C, Ctrl-D and Q end it; keys of several bytes and Ctrl-Z do not")
    func keys() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        for key in ["\u{3}", "\u{4}", "Q"] {
          let top = try OpenTop.shown(stand)
          let clearCount = top.terminal.screen.clearCount
          // Nobody could let it go on whom Ctrl-Z stopped here: the system passes over that.
          top.terminal.type("\u{1A}")
          try top.terminal.wait("new frame") { $0.clearCount > clearCount && $0.shows("q quits") }
          top.terminal.type("\u{1B}Oq")
          let again = top.terminal.screen.clearCount
          try stand.mustSend("after \(key.unicodeScalars.map(\.value))", as: "scribe")
          try top.terminal.wait("more") { $0.shows("after \(key.unicodeScalars.map(\.value))") }
          #expect(top.terminal.screen.clearCount == again)
          top.terminal.type(key)
          #expect(try top.finish().code == 0)
        }
      }
    }

    @Test("it ends with its terminal")
    func hangUp() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let top = try OpenTop.shown(stand)
        top.terminal.hangUp()
        #expect(try top.started.finish(upTo: .seconds(30)).code == 0)
      }
    }

    @Test("an error gives the terminal back before it is told")
    func failure() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let top = try OpenTop.shown(stand)
        let wire = try FileManager.default.contentsOfDirectory(atPath: stand.home)
          .filter { $0 != "keys" }
        let trust = "\(stand.home)/\(try #require(wire.first))/forge/trust.json"
        try Data("no trust store".utf8).write(to: URL(filePath: trust))
        try stand.mustSend("look", as: "scribe")
        let outcome = try top.finish()
        #expect(outcome.code == 3, "\(outcome.summary)")
        #expect(outcome.errors.contains("deaddrop: error: "), "\(outcome.summary)")
      }
    }

    @Test("status cuts its lines to the terminal, and to nothing else")
    func status() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        try stand.mustSend(String(repeating: "long ", count: 40), as: "scribe")
        try stand.mustRun(
          ["send", "request", "--subject", String(repeating: "owed ", count: 40), "--body", "x"]
            + ["--ack-required"], as: "scribe")
        let top = try OpenTop(stand, words: ["status"], columns: 40)
        #expect(try top.started.finish(upTo: .seconds(30)).code == 0)
        top.terminal.readAll()
        // It moves no cursor, so that all of it stands in one row of the model.
        let lines = top.terminal.screen.rows[0].split(separator: "\r\n")
        #expect(lines.count > 4 && lines.allSatisfy { $0.count <= 40 }, "\(lines)")
        #expect(lines.contains { $0.hasSuffix("owed ow…") || $0.hasSuffix("…") })
        let piped = try stand.mustRun(["status"], as: "forge").output
        #expect(piped.contains(String(repeating: "owed ", count: 40)))
      }
    }

    @Test("a line at fault that it met makes its exit code that of what is not safe")
    func unsafe() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let top = try OpenTop.shown(stand)
        let log = try stand.wire + "/" + stand.log(of: "scribe")
        let file = try FileHandle(forWritingTo: URL(filePath: log))
        try file.seekToEnd()
        try file.write(contentsOf: Data("{\"no\":\"message\"}\n".utf8))
        try top.terminal.wait("fault") { $0.shows("scribe_to_forge.jsonl:") }
        try stand.mustSend("after", as: "scribe")
        try top.terminal.wait("next") { $0.shows("after") }
        top.terminal.type("q")
        let outcome = try top.finish()
        #expect(outcome.code == 3)
        #expect(outcome.errors.contains("deaddrop: warning: scribe_to_forge.jsonl:"))
      }
    }

    @Test("a terminal that cannot place what is drawn is refused")
    func dumb() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let top = try OpenTop(stand, variables: ["TERM": "dumb"])
        let outcome = try top.finish()
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("deaddrop: hint: deaddrop status\n"))
      }
    }
  }
}
