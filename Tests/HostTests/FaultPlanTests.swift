#if FAULTS
  import Host
  import Synchronization
  import Testing

  @Suite("A fault plan strikes where it says and nowhere else")
  struct FaultPlanTests {
    @Test("the Nth call of the kind and path is struck, once")
    func nth() throws {
      try Scratch.run { directory in
        let plan = FaultPlan([Fault(.fail(5), call: .write, pathSuffix: "/a", occurrence: 2)])
        let a = try OpenFile.open("a", in: directory, mode: .append)
        let b = try OpenFile.open("b", in: directory, mode: .append)
        var failed: [Bool] = []
        try plan.run {
          for turn in 0..<8 {
            do {
              if turn.isMultiple(of: 2) { try b.writeWhole([66]) } else { try a.writeWhole([65]) }
              failed.append(false)
            } catch let error as HostError {
              #expect(error.description == "write \(directory.path)/a: input/output error")
              failed.append(true)
            }
          }
        }
        #expect(failed == [false, false, false, true, false, false, false, false])
        #expect(try directory.text("a") == "AAA")
        #expect(try directory.text("b") == "BBBB")
      }
    }

    @Test("without a plan, and after one, nothing is struck or traced")
    func inert() throws {
      try Scratch.run { directory in
        let plan = FaultPlan([Fault(.fail(5), isLasting: true)])
        try directory.put("before", "")
        #expect(plan.trace == [])
        let empty = plan.run { (try? directory.names()) == nil }
        #expect(empty)
        let count = plan.trace.count
        #expect(count == 1)
        #expect(try directory.names() == ["before"])
        #expect(plan.trace.count == count)
      }
    }

    @Test("after a crash nothing is done any more, and it is the same crash for every call")
    func afterCrash() throws {
      try Scratch.run { directory in
        let file = try OpenFile.open("file", in: directory, mode: .append)
        let plan = FaultPlan([Fault(.crash, call: .write, occurrence: 2)])
        try plan.run {
          try file.writeWhole([65])
          for _ in 0..<3 {
            #expect(throws: HostError.self) { try file.writeWhole([66]) }
          }
          let unlinked = Scratch.failure { () throws(HostError) in try directory.unlink("file") }
          #expect(unlinked?.isCrash == true)
        }
        #expect(try directory.text("file") == "A")
      }
    }

    @Test(
      "one write is one call, and a short one is told and not made up for",
      arguments: [
        (TransferCut.half, 5), (.allButOne, 9), (.bytes(3), 3), (.bytes(0), 0), (.bytes(99), 10),
      ])
    func oneWrite(cut: TransferCut, wrote: Int) throws {
      try Scratch.run { directory in
        let file = try OpenFile.open("file", in: directory, mode: .append)
        let plan = FaultPlan([Fault(.short(cut), call: .write)])
        let count = try plan.run { try file.writeOnce(Array("0123456789".utf8)) }
        #expect(count == wrote)
        #expect(plan.trace.map(\.call) == [.write])
        #expect(try directory.text("file") == String("0123456789".prefix(wrote)))
      }
    }

    @Test("a write that takes nothing is torn, not tried for ever", .timeLimit(.minutes(1)))
    func nothingWritten() throws {
      try Scratch.run { directory in
        let file = try OpenFile.open("file", in: directory, mode: .append)
        let plan = FaultPlan([
          Fault(.short(.bytes(2)), call: .write),
          Fault(.short(.bytes(0)), call: .write, occurrence: 2, isLasting: true),
        ])
        #expect(throws: HostError.tornWrite(file.path, wanted: 5, wrote: 2)) {
          try plan.run { try file.writeWhole([1, 2, 3, 4, 5]) }
        }
      }
    }

    @Test("every kind of call is made again after an interruption")
    func interruptions() throws {
      try Scratch.run { directory in
        let plan = FaultPlan(SystemCall.allCases.map { Fault(.interrupt, call: $0) })
        try plan.run {
          let file = try OpenFile.open("file", in: directory, mode: .append)
          #expect(try file.tryLock())
          #expect(try file.writeOnce([65, 66]) == 2)
          #expect(try file.read(at: 0, count: 2) == [65, 66])
          try file.truncate(to: 1)
          try file.synchronizeData()
          try file.synchronize()
          _ = try file.status()
          try directory.createSubdirectory("sub", permissions: 0o700)
          try directory.rename("file", to: "other")
          #expect(try directory.names() == ["other", "sub"])
          try directory.unlink("other")
          #expect(try Random.bytes(4).count == 4)
        }
        let calls = Set(plan.trace.map(\.call))
        for call in calls {
          #expect(plan.trace.filter { $0.call == call }.count >= 2, "\(call)")
        }
        #expect(calls.count == 13)
      }
    }

    @Test("an observer is told of each call that passed, and of no other")
    func observer() throws {
      try Scratch.run { directory in
        let told = Mutex<[SystemCall]>([])
        let plan = FaultPlan([
          Fault(.fail(5), call: .write), Fault(.interrupt, call: .truncate),
          Fault(.short(.half), call: .write, occurrence: 2), Fault(.crash, call: .fdatasync),
        ]) { traced in told.withLock { $0.append(traced.call) } }
        try plan.run {
          let file = try OpenFile.open("file", in: directory, mode: .append)
          #expect(throws: HostError.self) { try file.writeOnce([65]) }
          #expect(try file.writeOnce([65, 66]) == 1)
          try file.truncate(to: 0)
          #expect(throws: HostError.self) { try file.synchronizeData() }
          #expect(throws: HostError.self) { try file.status() }
        }
        #expect(told.withLock { $0 } == [.open, .write, .truncate])
        #expect(plan.trace.count == 7)
      }
    }

    @Test("a call that is pretended is not made, succeeds, and is told")
    func pretended() throws {
      try Scratch.run { directory in
        let told = Mutex<[SystemCall]>([])
        let plan = FaultPlan([Fault(.pretend, call: .truncate)]) { traced in
          told.withLock { $0.append(traced.call) }
        }
        try directory.put("file", "AB")
        try plan.run {
          try OpenFile.open("file", in: directory, mode: .readWrite).truncate(to: 0)
        }
        #expect(try directory.text("file") == "AB")
        #expect(told.withLock { $0 } == [.open, .truncate])
      }
    }

    @Test("short reads are read on, to the last byte")
    func shortReads() throws {
      try Scratch.run { directory in
        try directory.put("file", "0123456789")
        let plan = FaultPlan([Fault(.short(.bytes(3)), call: .read, isLasting: true)])
        let text = try plan.run { try directory.text("file") }
        #expect(text == "0123456789")
        #expect(plan.trace.filter { $0.call == .read }.count == 5)
      }
    }
  }
#endif
