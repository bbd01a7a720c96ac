#if FAULTS
  import Host
  import TestSupport
  import Testing

  @Suite("The model of a power cut leaves what a disk may leave")
  struct PowerModelTests {
    /// Runs calls in a watched directory that holds `old` of 700 bytes, and gives what may be left.
    private func cuts(
      _ body: (borrowing Directory) throws -> Void
    ) throws -> [[String: [UInt8]]] {
      try Scratch.run { root in
        try Scratch.write(Array(repeating: 65, count: 700), to: "old", in: root)
        let power = try PowerModel(watching: root)
        let directory = try Directory.open(root, followLast: true)
        try FaultPlan(observer: { power.observe($0) }).run { try body(directory) }
        var random = RandomSource("the model itself")
        let cuts = power.now.cuts(mixCount: 200, using: &random)
        // The tree as it is can be left too, whatever is in doubt.
        #expect(cuts.contains(try TreeImage(of: root)))
        return cuts.map { $0.files.mapValues(\.bytes) }
      }
    }

    private func bytes(_ byte: UInt8, _ count: Int) -> [UInt8] {
      Array(repeating: byte, count: count)
    }

    @Test(
      "what was appended is dropped, zeroed, cut at a multiple of 512, or there; flushed it is there"
    )
    func appended() throws {
      let old = bytes(65, 700)
      let left = try cuts { directory in
        let file = try OpenFile.open("old", in: directory, mode: .append)
        try file.writeWhole(bytes(66, 900))
      }
      let cut = old + bytes(66, 324)
      let wanted: Set<[UInt8]> = [
        old, old + bytes(66, 900), old + bytes(0, 900), cut, cut + bytes(0, 576),
        old + bytes(66, 836), old + bytes(66, 836) + bytes(0, 64),
      ]
      #expect(Set(left.compactMap { $0["old"] }) == wanted)
      let flushed = try cuts { directory in
        let file = try OpenFile.open("old", in: directory, mode: .append)
        try file.writeWhole(bytes(66, 900))
        try file.synchronizeData()
      }
      #expect(flushed == [["old": old + bytes(66, 900)]])
    }

    @Test("a sector that was overwritten is old or new, each by itself")
    func overwritten() throws {
      let left = try cuts { directory in
        let file = try OpenFile.open("old", in: directory, mode: .readWrite)
        try file.writeWhole(bytes(66, 700))
      }
      let wanted: Set<[UInt8]> = [
        bytes(65, 700), bytes(66, 700), bytes(65, 512) + bytes(66, 188),
        bytes(66, 512) + bytes(65, 188),
      ]
      #expect(Set(left.compactMap { $0["old"] }) == wanted)
    }

    @Test("a file put in place without a flush may be the old one, empty, zeroed, or whole")
    func replaced() throws {
      let left = try cuts { directory in
        try directory.replaceFile("old", with: bytes(66, 600), permissions: 0o600, durable: false)
      }
      let found = Set(left.compactMap { $0["old"] })
      let wanted: Set<[UInt8]> = [bytes(65, 700), [], bytes(0, 600), bytes(66, 600)]
      #expect(found.isSuperset(of: wanted))
      #expect(left.allSatisfy { $0["old"] != nil })
      let flushed = try cuts { directory in
        try directory.replaceFile("old", with: bytes(66, 600), permissions: 0o600, durable: true)
      }
      #expect(flushed == [["old": bytes(66, 600)]])
    }

    @Test("a new name is there for certain only when its directory was flushed")
    func created() throws {
      func create(_ isFlushed: Bool) throws -> Set<[String]> {
        let left = try cuts { directory in
          try directory.createSubdirectory("sub", permissions: 0o700)
          let file = try OpenFile.open("new", in: directory, mode: .append)
          try file.writeWhole([66])
          try file.synchronizeData()
          if isFlushed { try directory.synchronize() }
          try directory.unlink("old")
        }
        return Set(left.map { $0.keys.sorted() })
      }
      #expect(try create(false) == [["old"], ["new"], ["new", "old"], []])
      #expect(try create(true) == [["new", "old"], ["new"]])
    }

    @Test("a file that went to another directory has one of its two names, never none or both")
    func moved() throws {
      func move(_ isFlushed: Bool) throws -> Set<[String]> {
        let left = try cuts { directory in
          try directory.createSubdirectory("sub", permissions: 0o700)
          try directory.synchronize()
          let sub = try directory.openSubdirectory("sub")
          try directory.move("old", to: sub, as: "moved")
          if isFlushed { try sub.synchronize() }
          let new = try OpenFile.open("old", in: directory, mode: .append)
          try new.writeWhole([66])
          try new.synchronizeData()
        }
        #expect(left.allSatisfy { $0["sub/moved"] ?? $0["old"] == bytes(65, 700) })
        return Set(left.map { $0.keys.sorted() })
      }
      #expect(try move(false) == [["old"], ["sub/moved"], ["old", "sub/moved"]])
      #expect(try move(true) == [["sub/moved"], ["old", "sub/moved"]])
    }
  }
#endif
