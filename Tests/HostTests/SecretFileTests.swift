#if FAULTS
  import Host
  import Testing

  @Suite("A secret is private from its birth and leaves no trace on failure")
  struct SecretFileTests {
    @Test("what was written is read back into memory of the caller")
    func roundTrip() throws {
      try Scratch.run { directory in
        try create(directory, [1, 2, 3, 4])
        let status = try #require(try directory.status(of: "key"))
        #expect(status.mode == 0o600)
        #expect(status.byteCount == 4)
        let (count, bytes) = try read(directory, room: 6)
        #expect(count == 4)
        #expect(bytes == [1, 2, 3, 4, 0, 0])
      }
    }

    @Test("it is 0600 before the first byte is in it")
    func birth() throws {
      try Scratch.run { directory in
        let plan = FaultPlan([Fault(.crash, call: .write)])
        #expect(throws: HostError.self) { try plan.run { try create(directory, [1, 2]) } }
        #expect(try directory.status(of: "key") == nil, "it has no name before it is whole")
        let name = try #require(try directory.names().first { $0.hasPrefix(".key.") })
        let status = try #require(try directory.status(of: name))
        #expect(status.mode == 0o600)
        #expect(status.byteCount == 0)
        #expect(plan.trace.map(\.call).prefix(3) == [.getrandom, .open, .write])
      }
    }

    @Test("the file and then its directory reach the disk before success")
    func durable() throws {
      try Scratch.run { directory in
        let plan = FaultPlan()
        try plan.run { try create(directory, [1]) }
        #expect(plan.trace.map(\.call) == [.getrandom, .open, .write, .fsync, .rename, .fsync])
        #expect(plan.trace.map(\.path).suffix(2) == [directory.path + "/key", directory.path])
      }
    }

    @Test("a failure of any call leaves no file", arguments: 1...5)
    func failure(point: Int) throws {
      try Scratch.run { directory in
        let plan = FaultPlan([Fault(.fail(5), occurrence: point)])
        #expect(throws: HostError.self) { try plan.run { try create(directory, [1, 2]) } }
        let names = try directory.names()
        #expect(names == [])
      }
    }

    @Test("an existing file is neither touched nor removed")
    func existing() throws {
      try Scratch.run { directory in
        try directory.put("key", "old")
        #expect(throws: HostError.self) { try create(directory, [1]) }
        #expect(try directory.text("key") == "old")
      }
    }

    @Test("a readable, a linked, a large and an absent secret are told apart")
    func refusals() throws {
      try Scratch.run { directory in
        try directory.put("key", "12345", permissions: 0o640)
        let path = directory.path + "/key"
        #expect(throws: HostError.refused(path, .looseMode)) { try read(directory, room: 9) }
        try directory.unlink("key")
        #expect(try read(directory, room: 9).count == nil)
        try directory.put("real", "12345")
        Scratch.makeLink(to: "real", "key", in: directory)
        #expect(throws: HostError.refused(path, .symbolicLink)) { try read(directory, room: 9) }
        try directory.rename("real", to: "key")
        #expect(throws: HostError.tooLarge(path, limit: 4)) { try read(directory, room: 4) }
      }
    }

    private func create(_ directory: borrowing Directory, _ bytes: [UInt8]) throws {
      // SAFETY: the array outlives the call it is lent to, here and below.
      try unsafe bytes.withUnsafeBytes {
        try unsafe SecretFile.create("key", in: directory, from: $0)
      }
    }

    private func read(
      _ directory: borrowing Directory, room: Int
    ) throws -> (count: Int?, bytes: [UInt8]) {
      var bytes = [UInt8](repeating: 0, count: room)
      let count = try unsafe bytes.withUnsafeMutableBytes {
        try unsafe SecretFile.read("key", in: directory, into: $0)
      }
      return (count, bytes)
    }
  }
#endif
