import Foundation
import Host
import Testing

@Suite("Clocks, chance, surroundings and words")
struct SystemTests {
  @Test(
    "an error is one clause with call, place and reason",
    arguments: [
      (
        HostError.system(SystemError(call: .open, path: "/x/y", code: 2)),
        "open /x/y: no such file or directory"
      ),
      (.system(SystemError(call: .getrandom, path: "", code: 22)), "getrandom: invalid argument"),
      (.system(SystemError(call: .truncate, path: "/x", code: 9_999)), "ftruncate /x: errno 9999"),
      (.refused("/x", .hardLinked), "/x: has more than one name"),
      (.locked("/x", by: nil), "/x: locked by another process"),
      (
        .locked("/x", by: LockHolder(processID: 7, command: "deaddrop")),
        "/x: locked by deaddrop (pid 7)"
      ),
      (.locked("/x", by: LockHolder(processID: 7, command: nil)), "/x: locked by process 7"),
      (.tornWrite("/x", wanted: 40, wrote: 12), "write /x: 12 of 40 bytes written"),
      (.tooLarge("/x", limit: 9), "/x: more than 9 bytes"),
      (.badName("a/b"), "\"a/b\": not a usable file name"),
    ])
  func words(error: HostError, words: String) {
    #expect(error.description == words)
  }

  @Test("clocks go forward and the wall clock is in microseconds")
  func clocks() {
    let start = (MonotonicClock.now(), BootClock.now(), WallClock.now())
    MonotonicClock.sleep(for: .milliseconds(20))
    let passed = (
      MonotonicClock.now() - start.0, BootClock.now() - start.1, WallClock.now() - start.2
    )
    #expect(passed.0 >= 20_000_000)
    #expect(passed.1 >= 20_000_000)
    #expect(passed.2 > 10_000 && passed.2 < 20_000_000)
    #expect(start.2 > 1_700_000_000_000_000)
  }

  #if os(Linux)
    @Test("code that is let go of leaves memory, and is there when it is used again")
    func programCode() throws {
      let before = try residentCode()
      // Other tests use it meanwhile.
      let after = try (0..<20).map { _ in
        ProgramCode.release()
        return try residentCode()
      }
      #expect(try #require(after.min()) < before / 2)
    }

    /// The kB in memory of the parts of this program's file that are not written to.
    private func residentCode() throws -> Int {
      let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      var kilobytes = 0
      var counts = false
      for line in try String(contentsOfFile: "/proc/self/smaps", encoding: .utf8).split(
        separator: "\n")
      {
        let words = line.split(separator: " ")
        if words[0].contains("-") { counts = line.hasSuffix(program) && !words[1].contains("w") }
        if counts, words[0] == "Rss:" { kilobytes += Int(words[1]) ?? 0 }
      }
      return kilobytes
    }
  #endif

  @Test("the start of the machine has one name")
  func bootID() {
    #expect(BootClock.bootID().count == 36)
    #expect(BootClock.bootID() == BootClock.bootID())
  }

  #if FAULTS
    @Test("chance gives as many bytes as asked, and others each time, even in small pieces")
    func random() throws {
      let plan = FaultPlan([Fault(.short(.bytes(5)), call: .getrandom, isLasting: true)])
      let one = try plan.run { try Random.bytes(32) }
      #expect(one.count == 32)
      #expect(plan.trace.count == 7)
      #expect(one.suffix(8).contains { $0 != 0 })
      #expect(try Random.bytes(32) != one)
      #expect(try Random.bytes(0) == [])
    }
  #endif

  @Test("an unset variable is nil and the current directory is absolute")
  func environment() throws {
    #expect(Environment.value("DEADDROP_NO_SUCH_VARIABLE") == nil)
    #expect(Environment.value("PATH")?.isEmpty == false)
    #expect(try Environment.currentDirectory().hasPrefix("/"))
    #expect(!Environment.arguments.isEmpty)
  }

  @Test("a watch wakes for a change in the directory, and sleeps without one")
  func watch() throws {
    try Scratch.run { directory in
      var watch = FileWatch(directory)
      guard !watch.isPolling else { return }
      #expect(try !watch.wait(upTo: .milliseconds(20)))
      try directory.put("file", "x")
      #expect(try watch.wait(upTo: .seconds(10)))
      #expect(try !watch.wait(upTo: .milliseconds(20)))
      let file = try OpenFile.open("file", in: directory, mode: .append)
      _ = try file.writeOnce([1])
      #expect(try watch.wait(upTo: .seconds(10)))
    }
  }

  #if FAULTS
    @Test("without inotify every wait is short and says: look again")
    func polling() throws {
      try Scratch.run { directory in
        for occurrence in 1...2 {
          let plan = FaultPlan([Fault(.fail(24), call: .inotify, occurrence: occurrence)])
          try plan.run {
            var watch = FileWatch(directory)
            let isPolling = watch.isPolling
            #expect(isPolling)
            let soon = try watch.wait(upTo: .milliseconds(10))
            #expect(soon)
            let start = MonotonicClock.now()
            let later = try watch.wait(upTo: .seconds(60))
            #expect(later)
            #expect(MonotonicClock.now() - start < 20_000_000_000)
          }
        }
      }
    }
  #endif

  @Test("more changes than the queue holds mean: look again, and the watch goes on")
  func overflow() throws {
    try Scratch.run { directory in
      var watch = FileWatch(directory)
      guard !watch.isPolling else { return }
      // Equal events that follow each other are one, so two files take turns.
      let one = try OpenFile.open("one", in: directory, mode: .append)
      let two = try OpenFile.open("two", in: directory, mode: .append)
      for _ in 0...Self.queueLimit / 2 {
        _ = try one.writeOnce([1])
        _ = try two.writeOnce([1])
      }
      #expect(try watch.wait(upTo: .seconds(10)))
      #expect(try !watch.wait(upTo: .milliseconds(20)))
      _ = try one.writeOnce([1])
      #expect(try watch.wait(upTo: .seconds(10)))
      let isPolling = watch.isPolling
      #expect(!isPolling)
    }
  }

  /// What inotify(7) queues at most before it says IN_Q_OVERFLOW; 16,384 unless it was set.
  private static var queueLimit: Int {
    let text = try? String(
      contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
    return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 16_384
  }

  @Test("a watched directory that goes away is noticed")
  func removed() throws {
    try Scratch.run { directory in
      var watch = FileWatch()
      try directory.createSubdirectory("gone", permissions: 0o700)
      do {
        let gone = try directory.openSubdirectory("gone")
        watch.add(gone)
      }
      guard !watch.isPolling else { return }
      try Scratch.removeDirectory("gone", in: directory)
      #expect(try watch.wait(upTo: .seconds(10)))
      let isPolling = watch.isPolling
      #expect(isPolling)
    }
  }
}
