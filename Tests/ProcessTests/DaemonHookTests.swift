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
  @Suite("What a daemon runs for each message")
  struct DaemonHookTests {
    /// Runs a daemon of forge with this command, whose HOME is the folder of the test.
    private static func run(
      _ command: String, _ words: [String] = [],
      _ body: @escaping @Sendable (Stand, Stand.Started) throws -> Void
    ) async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        try stand.withDaemons(["forge"], ["--on-message", command] + words) { daemons in
          try body(stand, daemons[0])
        }
      }
    }

    @Test("each message of a verified peer, in order, as one line of JSON, and no shell reads it")
    func order() async throws {
      let command = "cat >> ~/told; echo $DEADDROP_FROM $DEADDROP_EVENT_ID >> ~/ids"
      try await Self.run(command) { stand, daemon in
        let trap =
          "$(touch \(stand.root)/shot) `touch \(stand.root)/shot` '; touch \(stand.root)/shot; '"
        var ids: [String] = []
        for number in 0..<4 { ids.append(try stand.mustSend("\(number) \(trap)", as: "scribe")) }
        ids.append(try stand.mustSend("long", as: "scribe"))
        try stand.waitUntil("all are told") { stand.written("ids").count == 5 }
        #expect(stand.written("ids") == ids.map { "scribe \($0)" })
        let told = stand.written("told")
        #expect(told.count == 5)
        for (line, id) in zip(told, ids) {
          let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
          #expect(object?["event_id"] as? String == id)
        }
        try stand.mustRun(["trust", "revoke", "scribe", "--from", "7"], as: "forge")
        try stand.mustSend("by one who is revoked", as: "scribe")
        let mine = try stand.mustSend("mine", as: "forge")
        func lastBeat() throws -> String {
          String(decoding: try stand.lines("beats/forge.jsonl").last ?? [], as: UTF8.self)
        }
        try stand.waitUntil("a beat behind it") { try lastBeat().contains(mine) }
        #expect(try daemon.stop().code == 0)
        #expect(stand.written("ids").count == 5)
        #expect(!FileManager.default.fileExists(atPath: stand.root + "/shot"))
        // What a command was told is no receipt: no model has read it.
        #expect(try lastBeat().contains(#""read":{"scribe":0}"#))
      }
    }

    @Test(
      "one that fails is told of and the next message goes on",
      arguments: [
        ("exit 1", "ended with 1"), ("deaddrop-no-such-command", "ended with 127"),
        ("kill -9 $$", "was ended by a signal"), ("yes", "output of /bin/sh"),
        ("exec <&-; sleep 0.01", ""), ("yes >&2 & sleep 100", "/bin/sh"),
      ])
    func failure(line: String, words: String) async throws {
      let command = "if [ -e ~/once ]; then cat >> ~/told; else touch ~/once; \(line); fi"
      try await Self.run(command, ["--on-message-timeout", "1s"]) { stand, daemon in
        let body = String(repeating: "x", count: 60_000)
        try stand.mustRun(
          ["send", "request", "--subject", "one", "--body", body], as: "scribe")
        try stand.mustSend("two", as: "scribe")
        try stand.waitUntil("the next one") { stand.written("told").count == 1 }
        #expect(stand.written("told").first?.contains("two") == true)
        if !words.isEmpty { #expect(try daemon.says(words)) }
        #expect(try daemon.stop().code == 0)
      }
    }

    @Test(
      "a message whose command could not be started is told as soon as it can be",
      .enabled(if: FileManager.default.isExecutableFile(atPath: limiter)))
    func unstarted() async throws {
      try await Self.run("cat >> ~/told") { stand, daemon in
        func limit(memory: String) throws {
          let number = "\(daemon.child.processID)"
          let child = try ChildProcess(
            Self.limiter, ["--pid", number, "--as=\(memory):"], environment: [:],
            output: "/dev/null", errors: "/dev/null")
          try #require(child.wait() == .exited(0))
        }
        let status = try String(
          contentsOfFile: "/proc/\(daemon.child.processID)/status", encoding: .utf8)
        let held = try #require(status.firstMatch(of: /VmSize:\s*(\d+)/).flatMap { Int($0.1) })
        // Too little for the stack of a thread.
        try limit(memory: "\(1_024 * held + 400_000)")
        try stand.mustSend("one", as: "scribe")
        try stand.waitUntil("trouble") { try daemon.says("trouble") }
        try limit(memory: "unlimited")
        try stand.waitUntil("it is told") { stand.written("told").count == 1 }
        #expect(try daemon.stop().code == 0)
      }
    }

    /// Of util-linux; changes the limits of a process that runs.
    private static let limiter = "/usr/bin/prlimit"

    /// Leaves a child, writes the numbers of both, and hangs.
    private static let hanging = "sleep 300 & echo $! >> ~/pids; echo $$ >> ~/pids; wait"

    @Test("one that hangs is ended after its time with all that it has started")
    func late() async throws {
      try await Self.run(Self.hanging, ["--on-message-timeout", "1s"]) { stand, daemon in
        for subject in ["one", "two"] { try stand.mustSend(subject, as: "scribe") }
        try stand.waitUntil("both are ended") { try daemon.count("on-message, ") == 2 }
        let processes = stand.written("pids")
        #expect(processes.count == 4)
        #expect(!processes.contains(where: Stand.isRunning))
        #expect(try daemon.stop().code == 0)
      }
    }

    @Test("while one hangs the daemon settles and beats, and SIGTERM ends both")
    func meanwhile() async throws {
      try await Self.run(Self.hanging, ["--on-message-timeout", "1h"]) { stand, daemon in
        try stand.mustSend("one", as: "scribe")
        try stand.waitUntil("it hangs") { stand.written("pids").count == 2 }
        let id = try stand.mustPropose("port", as: "forge")
        try stand.mustRun(["ack", id], as: "scribe")
        try stand.waitUntil("a decision") { try stand.decisions().count == 1 }
        let beats = try stand.beats(of: "forge")
        try stand.mustSend("two", as: "scribe")
        try stand.waitUntil("a beat") { try stand.beats(of: "forge") > beats }
        #expect(stand.written("pids").allSatisfy(Stand.isRunning))
        #expect(try daemon.stop().code == 0)
        try stand.waitUntil("nothing is left") {
          !stand.written("pids").contains(where: Stand.isRunning)
        }
        #expect(stand.written("pids").count == 2)
      }
    }

    @Test("what a kill came before is told again, once it had ended it is not")
    func killed() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let root = stand.root
        let words = [
          "--on-message",
          "echo $DEADDROP_EVENT_ID >> \(root)/ids; [ -e \(root)/go ] || { echo $$ >> \(root)/pids; exec sleep 300; }",
        ]
        try stand.withDaemons(["forge"], words) { daemons in
          let id = try stand.mustSend("one", as: "scribe")
          try stand.waitUntil("it runs") { stand.written("pids").count == 1 }
          daemons[0].child.signal(9)
          _ = try daemons[0].finish(upTo: .seconds(10))
          // Nobody is left to end it: a kill of the daemon is none of its command.
          if let orphan = stand.written("pids").first.flatMap({ Int32($0) }) {
            kill(orphan, SIGKILL)
          }
          try Data().write(to: URL(filePath: root + "/go"))
          try stand.withDaemons(["forge"], words) { daemons in
            try stand.waitUntil("told again") { stand.written("ids") == [id, id] }
            let second = try stand.mustSend("two", as: "scribe")
            try stand.waitUntil("the next") { stand.written("ids") == [id, id, second] }
            // Three messages: the end of the one before is remembered once the next one begins.
            try stand.mustSend("three", as: "scribe")
            try stand.waitUntil("the third") { stand.written("ids").count == 4 }
            daemons[0].child.signal(9)
            _ = try daemons[0].finish(upTo: .seconds(10))
          }
          try stand.withDaemons(["forge"], words) { daemons in
            let last = try stand.mustSend("last", as: "scribe")
            try stand.waitUntil("the last") { stand.written("ids").last == last }
            #expect(stand.written("ids").count { $0 == id } == 2)
            #expect(try daemons[0].stop().code == 0)
          }
        }
      }
    }
  }
}
