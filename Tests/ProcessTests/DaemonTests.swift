import Foundation
import Host
import TestSupport
import Testing
import Wire

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension RealProcesses {
  @Suite("Daemons as processes")
  struct DaemonTests {
    @Test("two daemons decide what was acked, and tell nobody twice")
    func decided() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        try stand.withDaemons(["forge", "scribe"]) { daemons in
          for number in 1...3 {
            let id = try stand.mustPropose("number \(number)", as: "forge")
            try stand.mustRun(["ack", id], as: "scribe")
            try stand.waitUntil("a decision") { try stand.decisions().count == number }
          }
          try stand.waitUntil("its word") { try daemons[0].count("ratified") == 3 }
          let incident = try stand.mustRun(
            ["incident", "--subject", "disk full", "--body", "help", "--json"], as: "forge")
          let id = try #require(incident.eventID)
          try stand.waitUntil("an ack by the daemon") {
            try stand.lines(stand.log(of: "scribe")).contains {
              let line = String(decoding: $0, as: UTF8.self)
              return line.contains("\"re\":\"\(id)\"") && line.contains("\"by\":\"daemon\"")
            }
          }
          for daemon in daemons { #expect(try daemon.stop().code == 0) }
          for words in [["verify", "--every-signature"], ["status"]] {
            for handle in ["forge", "scribe"] { try stand.mustRun(words, as: handle) }
          }
        }
      }
    }

    @Test("a second one ends with 7 and names the first; after a kill the next one begins at once")
    func second() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        try stand.withDaemons(["forge"]) { daemons in
          let second = try stand.startDaemon("forge").finish(upTo: .seconds(10))
          #expect(second.code == 7)
          #expect(second.errors.contains("(pid \(daemons[0].child.processID))"))
          #expect(try stand.daemonStatus("forge").contains("\"running\":true"))
          daemons[0].child.signal(9)
          _ = try daemons[0].finish(upTo: .seconds(10))
          #expect(try stand.daemonStatus("forge").contains("\"running\":false"))
          let beats = try stand.beats(of: "forge")
          try stand.withDaemons([]) { _ in }
          let third = try stand.startDaemon("forge")
          try stand.waitUntil("a third one") { try third.says("is present") }
          #expect(try third.stop().code == 0)
          #expect(try stand.beats(of: "forge") <= beats + 1)
          let stopped = try stand.mustRun(["daemon", "stop"], as: "forge")
          #expect(stopped.output == "no daemon runs\n")
        }
      }
    }

    @Test("SIGTERM under load ends it with 0 and a log that is whole")
    func terminated() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        for round in 0..<5 {
          try stand.withDaemons(["forge", "scribe"]) { daemons in
            for number in 0..<4 {
              let id = try stand.mustPropose("load \(round) \(number)", as: "forge")
              try stand.mustRun(["ack", id], as: "scribe")
            }
            for daemon in daemons {
              let outcome = try daemon.stop()
              #expect(outcome.code == 0, "\(outcome.summary)")
              #expect(outcome.errors.hasSuffix("stopped\n"))
            }
          }
          try stand.mustRun(["verify"], as: "forge")
        }
        // What the last ones did not come to, the next commands do.
        for handle in ["forge", "scribe"] { try stand.mustRun(["inbox"], as: handle) }
        #expect(try stand.decisions().count == 20)
        #expect(try stand.audit().bad.isEmpty)
      }
    }

    @Test("SIGHUP reads daemon.json; one that cannot be read changes nothing and stops nothing")
    func settings() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let status = try stand.daemonStatus("forge")
        let bell = try #require(status.firstMatch(of: /"doorbell":"([^"]*)"/)).1
        let file = String(bell).replacing("/doorbell", with: "/daemon.json")
        func set(_ text: String) throws {
          try Data(text.utf8).write(to: URL(filePath: file))
          unsafe chmod(file, 0o600)
        }
        let old = stand.root + "/old"
        let new = stand.root + "/new"
        try set(#"{"on_message":"cat >> \#(old)"}"#)
        try stand.withDaemons(["forge"], ["--on-message-timeout", "7s"]) { daemons in
          #expect(try stand.daemonStatus("forge").contains("\"on_message_seconds\":7,"))
          try stand.mustSend("one", as: "scribe")
          try stand.waitUntil("the old command") { stand.written("old").count == 1 }
          try set(#"{"on_message":"cat >> \#(new)"}"#)
          daemons[0].child.signal(SIGHUP)
          try stand.waitUntil("settings") { try daemons[0].says("reads its settings again") }
          try stand.mustSend("two", as: "scribe")
          try stand.waitUntil("the new command") { stand.written("new").count == 1 }
          #expect(try stand.daemonStatus("forge").contains("/new\",\"on_message_seconds\":7,"))
          try set("{\"on_message\":")
          daemons[0].child.signal(SIGHUP)
          try stand.waitUntil("the fault") { try daemons[0].says("keeps the settings") }
          try stand.mustSend("three", as: "scribe")
          // The command for "two" may have been ended by the signal, and is told of it again then.
          try stand.waitUntil("the same command") {
            stand.written("new").last?.contains("three") == true
          }
          #expect(stand.written("old").count == 1)
          #expect(try daemons[0].stop().code == 0)
        }
      }
    }
  }
}
