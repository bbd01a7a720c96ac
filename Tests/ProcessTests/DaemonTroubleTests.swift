import Foundation
import Host
import TestSupport
import Testing

extension RealProcesses {
  @Suite("Trouble that a daemon goes through")
  struct DaemonTroubleTests {
    enum Loss: String, CaseIterable {
      case moved, otherWire, emptyDirectory, privateState
    }

    @Test(
      "a wire or a private state that goes away is told once, and it goes on when that is back",
      arguments: Loss.allCases)
    func lost(loss: Loss) async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let status = try stand.daemonStatus("forge")
        let bell = try #require(status.firstMatch(of: /"doorbell":"([^"]*)"/)).1
        let state = String(bell.dropLast("/doorbell".count))
        let place = loss == .privateState ? state : stand.wire
        try stand.withDaemons(["forge"]) { daemons in
          let daemon = daemons[0]
          let files = FileManager.default
          let beats = try stand.beats(of: "forge")
          try files.moveItem(atPath: place, toPath: stand.root + "/away")
          switch loss {
          case .moved, .privateState: break
          case .otherWire: try stand.mustRun(["init", "--local", "forge", "mason"])
          case .emptyDirectory:
            try files.createDirectory(atPath: place, withIntermediateDirectories: false)
          }
          // A change that it sees makes it look; else its next beat would.
          if loss == .privateState {
            let sent = try stand.run(Stand.send("look"), as: "scribe")
            #expect(sent.code == 0)
          }
          try stand.waitUntil("trouble") { try daemon.says("trouble, tried again") }
          let (before, said) = (try daemon.work(), try daemon.errors())
          MonotonicClock.sleep(for: .seconds(2))
          let after = try daemon.work()
          #expect(after.waits - before.waits < 40, "it waited \(after.waits - before.waits) times")
          #expect(after.ticks - before.ticks < 100, "it worked all the time")
          #expect(try daemon.count("trouble") <= 2, "\(said)")
          if loss != .moved, files.fileExists(atPath: place) {
            try files.removeItem(atPath: place)
          }
          try files.moveItem(atPath: stand.root + "/away", toPath: place)
          try stand.waitUntil("it goes on") { try daemon.says("goes on") }
          let id = try stand.mustPropose("back", as: "forge")
          try stand.mustRun(["ack", id], as: "scribe")
          try stand.waitUntil("a decision") { try stand.decisions().count == 1 }
          #expect(try stand.beats(of: "forge") <= beats + 6)
          #expect(try stand.daemonStatus("forge").contains("\"trouble\":") == false)
          #expect(try stand.run(["daemon", "run"], as: "forge").code == 7)
          #expect(try daemon.stop().code == 0)
          try stand.mustRun(["verify", "--every-signature"], as: "forge")
        }
      }
    }

    @Test("a file that somebody changes without end keeps neither daemon nor watch busy, nor deaf")
    func storm() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        try stand.withDaemons(["forge"]) { daemons in
          let watch = try stand.start(Stand.binary(), ["watch"], as: "forge")
          defer { watch.child.signal(SIGKILL) }
          let first = try stand.mustSend("first", as: "scribe")
          try stand.waitUntil("a line") { try watch.output().contains(first) }
          let before = [try daemons[0].work(), try watch.work()]
          let end = MonotonicClock.deadline(after: .seconds(4))
          while MonotonicClock.now() < end {
            for _ in 0..<20 { try Data().write(to: URL(fileURLWithPath: stand.wire + "/junk")) }
            MonotonicClock.sleep(for: .microseconds(200))
          }
          for (old, started) in zip(before, [daemons[0], watch]) {
            let waits = try started.work().waits - old.waits
            #expect(waits < 800, "it waited \(waits) times")
          }
          let id = try stand.mustSend("hello", as: "scribe")
          try stand.waitUntil("a line") { try watch.output().contains(id) }
          #expect(try daemons[0].stop().code == 0)
        }
      }
    }

    @Test(
      "a full disk is told once, makes no busy loop, and costs neither a beat nor a decision",
      .enabled(if: TinyFileSystem.isAllowed, "no namespaces for us here"), arguments: [false, true])
    func full(holdsPrivateState: Bool) async throws {
      try await Stand.run { outer in
        let disk = try TinyFileSystem(in: outer, kibibytes: holdsPrivateState ? 512 : 96)
        defer { disk.end() }
        let stand = Stand(
          root: holdsPrivateState ? disk.path : outer.root, wire: disk.path + "/_coordination",
          streams: outer.root)
        try stand.mustRun(["init", "--local", "forge", "scribe"])
        let id = try stand.mustPropose("port", as: "forge")
        try stand.withDaemons(["forge"]) { daemons in
          let daemon = daemons[0]
          try stand.mustRun(["ack", "--help"], as: "scribe")
          // The ack is the last that finds room, and the decision finds none.
          try stand.mustSend("for room", as: "scribe")
          try fill(disk.path)
          let room = "\(disk.path)/filler-0"
          try FileManager.default.removeItem(atPath: room)
          let acked = try stand.run(["ack", id], as: "scribe")
          try fill(disk.path)
          if acked.code == 0, try stand.decisions().isEmpty {
            let before = try daemon.work()
            let beats = try stand.beats(of: "forge")
            MonotonicClock.sleep(for: .seconds(3))
            let after = try daemon.work()
            #expect(after.waits - before.waits < 60)
            #expect(after.ticks - before.ticks < 150, "it worked all the time")
            #expect(try stand.beats(of: "forge") <= beats + 1)
          }
          try empty(disk.path)
          if acked.code != 0 { try stand.mustRun(["ack", id], as: "scribe") }
          try stand.waitUntil("a decision") { try stand.decisions().count == 1 }
          #expect(try daemon.count("trouble") <= 2)
          #expect(try daemon.stop().code == 0)
          try stand.mustRun(["verify", "--every-signature"], as: "forge")
        }
      }
    }

    @Test(
      "a message is told once to the command, also where a full disk forgets that it was",
      .enabled(if: TinyFileSystem.isAllowed, "no namespaces for us here"))
    func toldOnFullDisk() async throws {
      try await Stand.run { outer in
        let disk = try TinyFileSystem(in: outer, kibibytes: 512)
        defer { disk.end() }
        let stand = Stand(
          root: disk.path, wire: outer.root + "/_coordination", streams: outer.root)
        try stand.mustRun(["init", "--local", "forge", "scribe"])
        let command =
          "echo $DEADDROP_EVENT_ID >> \(outer.root)/ids; "
          + "while [ ! -e \(outer.root)/go ]; do sleep 0.01; done"
        try stand.withDaemons(["forge"], ["--on-message", command]) { daemons in
          let first = try stand.mustSend("first", as: "scribe")
          try outer.waitUntil("it runs") { outer.written("ids") == [first] }
          try fill(disk.path)
          try Data().write(to: URL(filePath: outer.root + "/go"))
          try stand.waitUntil("trouble") { try daemons[0].says("trouble") }
          // Settings that are read anew forget nothing; the first tries come after one and three
          // seconds.
          daemons[0].child.signal(SIGHUP)
          try stand.waitUntil("settings") { try daemons[0].says("reads its settings again") }
          MonotonicClock.sleep(for: .milliseconds(3_500))
          #expect(outer.written("ids") == [first])
          try empty(disk.path)
          let second = try stand.mustSend("second", as: "scribe")
          try stand.waitUntil("the second") { outer.written("ids") == [first, second] }
          #expect(try daemons[0].says("goes on"))
          #expect(try daemons[0].stop().code == 0)
        }
      }
    }

    /// Writes files of a page until no more goes in.
    private func fill(_ folder: String) throws {
      for number in 0..<400 {
        let file = "\(folder)/filler-\(number)"
        guard !FileManager.default.fileExists(atPath: file) else { continue }
        do { try Data(repeating: 1, count: 4_096).write(to: URL(filePath: file)) } catch {
          try? FileManager.default.removeItem(atPath: file)
          return
        }
      }
    }

    private func empty(_ folder: String) throws {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder)
      where name.hasPrefix("filler") {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
    }

    @Test(
      "without inotify it looks every second, says so, and is woken again once it can be",
      .enabled(if: TinyFileSystem.isAllowed, "no namespaces for us here"))
    func exhausted() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let limit = "/proc/sys/user/max_inotify_instances"
        let line =
          "old=$(cat \(limit)); echo 0 > \(limit); '\(try Stand.binary())' daemon run & "
          + "while [ ! -e \(stand.root)/more ]; do sleep 0.05; done; echo $old > \(limit); "
          + "while [ ! -e \(stand.root)/end ]; do sleep 0.05; done; kill $!; wait $!"
        let daemon = try stand.start(
          "/usr/bin/unshare", ["-Ur", "/bin/sh", "-c", line], as: "forge")
        defer { daemon.end() }
        try stand.waitUntil("its word") { try daemon.says("looks every second") }
        try stand.waitUntil("a first beat") { try daemon.says("in T") }
        #expect(try stand.daemonStatus("forge").contains("\"polling\":true"))
        let id = try stand.mustPropose("polled", as: "forge")
        try stand.mustRun(["ack", id], as: "scribe")
        try stand.waitUntil("a decision") { try stand.decisions().count == 1 }
        try Data().write(to: URL(filePath: stand.root + "/more"))
        try stand.waitUntil("it is woken") { try daemon.says("is woken by changes again") }
        #expect(try stand.daemonStatus("forge").contains("\"polling\":false"))
        let second = try stand.mustPropose("woken", as: "forge")
        try stand.mustRun(["ack", second], as: "scribe")
        try stand.waitUntil("a decision") { try stand.decisions().count == 2 }
        try Data().write(to: URL(filePath: stand.root + "/end"))
        #expect(try daemon.finish(upTo: .seconds(30)).code == 0)
      }
    }
  }
}
