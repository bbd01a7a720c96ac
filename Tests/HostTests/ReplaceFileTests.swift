#if FAULTS
  import Host
  import Testing

  @Suite("Replacing a file shows the old or the new, never a mix")
  struct ReplaceFileTests {
    @Test("the durable replacement makes exactly these calls")
    func trace() throws {
      try Scratch.run { directory in
        let plan = FaultPlan()
        try plan.run {
          try directory.replaceFile("file", with: [1], permissions: 0o644, durable: true)
        }
        let calls: [SystemCall] = [.getrandom, .open, .write, .fdatasync, .rename, .fsync]
        #expect(plan.trace.map(\.call) == calls)
        #expect(plan.trace.last?.path == directory.path)
        #expect(try directory.names() == ["file"])
      }
    }

    @Test("the fleeting replacement waits for no disk")
    func fleeting() throws {
      try Scratch.run { directory in
        let plan = FaultPlan()
        try plan.run {
          try directory.replaceFile("file", with: [1], permissions: 0o644, durable: false)
        }
        #expect(plan.trace.map(\.call) == [.getrandom, .open, .write, .rename])
      }
    }

    @Test(
      "a failure of any call leaves old or new and nothing else", arguments: 1...6,
      [5, 28, 13] as [Int32])
    func failure(point: Int, code: Int32) throws {
      try Scratch.run { directory in
        try directory.put("file", "old content")
        let plan = FaultPlan([Fault(.fail(code), occurrence: point)])
        let error = replace(directory, under: plan)
        #expect(error?.code == code)
        #expect(try directory.names() == ["file"])
        #expect(try directory.text("file") == (point == 6 ? "new" : "old content"))
      }
    }

    @Test("a full disk that stays full leaves the old and nothing else")
    func full() throws {
      try Scratch.run { directory in
        try directory.put("file", "old content")
        let error = replace(
          directory, under: FaultPlan([Fault(.fail(28), call: .write, isLasting: true)]))
        #expect(error?.isFull == true)
        #expect(try directory.names() == ["file"])
        #expect(try directory.text("file") == "old content")
      }
    }

    @Test(
      "a kill before any call leaves old or new, and at most one temporary file", arguments: 1...6)
    func crash(point: Int) throws {
      try Scratch.run { directory in
        try directory.put("file", "old content")
        let plan = FaultPlan([Fault(.crash, occurrence: point)])
        let error = replace(directory, under: plan)
        #expect(error?.isCrash == true)
        #expect(plan.hasCrashed)
        #expect(try directory.text("file") == (point == 6 ? "new" : "old content"))
        let left = try directory.names().filter { $0 != "file" }
        #expect(left.count == ((3...5).contains(point) ? 1 : 0))
        #expect(left.allSatisfy { $0.hasPrefix(".file.") && $0.hasSuffix(".tmp") })
      }
    }

    @Test("a kill in the middle of the write leaves the old")
    func torn() throws {
      try Scratch.run { directory in
        try directory.put("file", "old content")
        let error = replace(directory, under: FaultPlan([Fault(.crashAfter(.half), call: .write)]))
        #expect(error?.isCrash == true)
        #expect(try directory.text("file") == "old content")
        let left = try directory.names().filter { $0 != "file" }
        #expect(try left.map { try directory.text($0) } == ["n"])
      }
    }

    @Test("short writes and interruptions anywhere change nothing", arguments: 1...6)
    func interrupted(point: Int) throws {
      try Scratch.run { directory in
        let plan = FaultPlan([
          Fault(.interrupt, occurrence: point),
          Fault(.short(.bytes(1)), call: .write, isLasting: true),
        ])
        let error = replace(directory, under: plan)
        #expect(error == nil)
        #expect(plan.trace.count == 9)
        let text = try directory.text("file")
        #expect(text == "new")
      }
    }

    @Test("the new file has the permissions asked for")
    func permissions() throws {
      try Scratch.run { directory in
        try directory.put("file", "old", permissions: 0o644)
        try directory.replaceFile("file", with: [1], permissions: 0o600, durable: false)
        let status = try directory.status(of: "file")
        #expect(status?.mode == 0o600)
      }
    }

    private func replace(_ directory: borrowing Directory, under plan: FaultPlan) -> HostError? {
      Scratch.failure { () throws(HostError) in
        do {
          try plan.run {
            try directory.replaceFile(
              "file", with: Array("new".utf8), permissions: 0o600, durable: true)
          }
        } catch let error as HostError {
          throw error
        } catch {
          Issue.record("a foreign error: \(error)")
        }
      }
    }
  }
#endif
