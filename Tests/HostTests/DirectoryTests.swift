import Host
import Testing

@Suite("A directory gives out its own names only")
struct DirectoryTests {
  @Test("names are sorted by their bytes, and those that are not UTF-8 are counted")
  func names() throws {
    try Scratch.run { directory in
      for name in ["b", "a", "\u{e9}", "Z", ".hidden", "a-"] { try directory.put(name, "") }
      try Scratch.withFile(bytesOfName: [0x66, 0xff], in: directory) {
        let listing = try directory.listing()
        #expect(listing.names == [".hidden", "Z", "a", "a-", "b", "\u{e9}"])
        #expect(listing.undecodableCount == 1)
        #expect(try directory.names() == listing.names)
      }
    }
  }

  @Test(
    "a name that is a path is refused before any call",
    arguments: ["", ".", "..", "a/b", "/", "/etc", "a\0b", "../x"])
  func badNames(name: String) throws {
    try Scratch.run { directory in
      let failures = [
        Scratch.failure { () throws(HostError) in
          _ = try OpenFile.open(name, in: directory, mode: .append)
        },
        Scratch.failure { () throws(HostError) in _ = try directory.openSubdirectory(name) },
        Scratch.failure { () throws(HostError) in
          try directory.createSubdirectory(name, permissions: 0o700)
        },
        Scratch.failure { () throws(HostError) in _ = try directory.status(of: name) },
        Scratch.failure { () throws(HostError) in try directory.unlink(name) },
        Scratch.failure { () throws(HostError) in try directory.rename(name, to: "x") },
        Scratch.failure { () throws(HostError) in try directory.rename("x", to: name) },
        Scratch.failure { () throws(HostError) in
          try directory.replaceFile(name, with: [1], permissions: 0o600, durable: false)
        },
      ]
      #expect(failures.allSatisfy { $0 == .badName(name) })
      let names = try directory.names()
      #expect(names == [])
    }
  }

  @Test("a link as the last component is refused unless following was asked for")
  func links() throws {
    try Scratch.run { directory in
      try directory.createSubdirectory("real", permissions: 0o700)
      Scratch.makeLink(to: "real", "link", in: directory)
      let path = directory.path + "/link"
      let open = Scratch.failure { () throws(HostError) in
        _ = try Directory.open(path, followLast: false)
      }
      let sub = Scratch.failure { () throws(HostError) in
        _ = try directory.openSubdirectory("link")
      }
      #expect(open == .refused(path, .symbolicLink))
      #expect(sub == .refused(path, .symbolicLink))
      let followed = try Directory.open(path, followLast: true).status()
      let real = try directory.openSubdirectory("real").status()
      #expect(followed.isSameFile(as: real))
      let link = try directory.status(of: "link")
      #expect(link?.kind == .symbolicLink)
    }
  }

  @Test("a file is no directory, and an absent name has no status")
  func absent() throws {
    try Scratch.run { directory in
      try directory.put("file", "")
      let error = Scratch.failure { () throws(HostError) in
        _ = try directory.openSubdirectory("file")
      }
      #expect(error?.description == "\(directory.path)/file: not a directory")
      #expect(try directory.status(of: "none") == nil)
      #expect(
        Scratch.failure { () throws(HostError) in _ = try directory.openSubdirectory("none") }?
          .isNotFound == true)
    }
  }

  @Test("a path is made as far as it is missing, private, and a second time left alone")
  func createPath() throws {
    try Scratch.run { directory in
      let path = directory.path + "/a/b/c"
      let first = try Directory.createPath(path).status()
      #expect(first.mode == 0o700)
      let parent = try #require(try directory.status(of: "a"))
      #expect(parent.mode == 0o700)
      let again = try Directory.createPath(path + "/").status()
      #expect(again.isSameFile(as: first))
      let relative = Scratch.failure { () throws(HostError) in
        _ = try Directory.createPath("a/b")
      }
      #expect(relative == .badName("a/b"))
      try directory.put("file", "")
      let blocked = Scratch.failure { () throws(HostError) in
        _ = try Directory.createPath(directory.path + "/file/x")
      }
      #expect(blocked?.description == "open \(directory.path)/file/x: not a directory")
    }
  }

  @Test("renaming replaces what had the name")
  func rename() throws {
    try Scratch.run { directory in
      try directory.put("old", "1")
      try directory.put("new", "2")
      try directory.rename("old", to: "new")
      #expect(try directory.names() == ["new"])
      #expect(try directory.text("new") == "1")
    }
  }

  @Test("the file system has a name")
  func fileSystem() throws {
    let processes = try Directory.open("/proc", followLast: true)
    #expect(try FileSystemKind.name(of: processes) == "0x9fa0")
    #expect(FileSystemKind.isRemote("nfs"))
    #expect(!FileSystemKind.isRemote("ext"))
  }
}
