import Host
import Testing

@Suite("Bytes go in and out as asked")
struct BytesTests {
  @Test("appending goes to the end, wherever others wrote")
  func append() throws {
    try Scratch.run { directory in
      let one = try OpenFile.open("log", in: directory, mode: .append)
      let two = try OpenFile.open("log", in: directory, mode: .append)
      #expect(try one.writeOnce(Array("a\n".utf8)) == 2)
      #expect(try two.writeOnce(Array("b\n".utf8)) == 2)
      #expect(try one.writeOnce(Array("c\n".utf8)) == 2)
      #expect(try directory.text("log") == "a\nb\nc\n")
      try one.truncate(to: 2)
      #expect(try directory.text("log") == "a\n")
    }
  }

  @Test("reading stops at the end of the file and starts anywhere")
  func read() throws {
    try Scratch.run { directory in
      try directory.put("file", "0123456789")
      let file = try OpenFile.open("file", in: directory, mode: .read)
      #expect(try file.read(at: 0, count: 4) == Array("0123".utf8))
      #expect(try file.read(at: 8, count: 100) == Array("89".utf8))
      #expect(try file.read(at: 10, count: 1) == [])
      #expect(try file.read(at: 3, count: 0) == [])
    }
  }

  @Test("a whole file is read up to its limit, and is nil when absent")
  func limit() throws {
    try Scratch.run { directory in
      try directory.put("file", "12345")
      #expect(try directory.readFile("file", limit: 5, policy: .own) == Array("12345".utf8))
      let error = Scratch.failure { () throws(HostError) in
        _ = try directory.readFile("file", limit: 4, policy: .own)
      }
      #expect(error == .tooLarge(directory.path + "/file", limit: 4))
      #expect(try directory.readFile("none", limit: 5, policy: .own) == nil)
      try directory.put("empty", "")
      #expect(try directory.readFile("empty", limit: 0, policy: .own) == [])
    }
  }

  @Test("a file without a size is read as far as the limit allows")
  func sizeless() throws {
    let directory = try Directory.open("/proc/self", followLast: true)
    let whole = try directory.readFile("maps", limit: 1 << 24, policy: .anyOwner)
    #expect((whole?.count ?? 0) > 100)
    let error = Scratch.failure { () throws(HostError) in
      _ = try directory.readFile("maps", limit: 20, policy: .anyOwner)
    }
    #expect(error == .tooLarge("/proc/self/maps", limit: 20))
  }

  @Test("the block reader hands on every byte once, after the tail it was told to keep")
  func blocks() throws {
    try Scratch.run { directory in
      try directory.put("file", "aaaa\nbb\ncccccc\ndd")
      let file = try OpenFile.open("file", in: directory, mode: .append)
      var reader = BlockReader(from: 0, blockByteCount: 5)
      var lines: [String] = []
      var tail = 0
      for expected in [["aaaa", "bb", "cccccc"], ["aaaa", "bb", "cccccc", "dddd"]] {
        while try reader.next(of: file, keeping: tail) {
          let parts = reader.block.split(separator: 10, omittingEmptySubsequences: false)
          lines += parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
          tail = parts.last?.count ?? 0
        }
        let block = reader.block
        #expect(lines == expected)
        #expect(block == Array((expected.count == 3 ? "dd" : "").utf8))
        try file.writeWhole(Array("dd\n".utf8))
      }
      let offset = reader.offset
      #expect(offset == 20)
    }
  }

  @Test("input is cut into lines whatever the blocks, and long lines are cut and flagged")
  func lines() {
    var splitter = LineSplitter(limit: 3)
    var lines: [InputLine] = []
    for block in ["ab", "c\nabcd", "e\n\nla", "st"] {
      _ = splitter.take(Array(block.utf8).span) {
        lines.append($0)
        return true
      }
    }
    splitter.end {
      lines.append($0)
      return true
    }
    #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["abc", "abc", "", "las"])
    #expect(lines.map(\.isCut) == [false, true, false, true])
  }

  @Test("a reader of lines that has enough gets no more")
  func enough() {
    var splitter = LineSplitter(limit: 9)
    var count = 0
    let goesOn = splitter.take(Array("a\nb\nc\n".utf8).span) { _ in
      count += 1
      return count < 2
    }
    #expect(!goesOn)
    #expect(count == 2)
  }
}
