import Host
import Testing

@Suite("Opening a file never follows, waits or trusts")
struct OpenFileTests {
  @Test(
    "a symbolic link is refused in every mode",
    arguments: [OpenMode.read, .readWrite, .readWriteCreate, .append, .appendExisting])
  func link(mode: OpenMode) throws {
    try Scratch.run { directory in
      try directory.put("target", "x")
      Scratch.makeLink(to: "target", "link", in: directory)
      let error = Scratch.failure { () throws(HostError) in
        _ = try OpenFile.open("link", in: directory, mode: mode)
      }
      #expect(error == .refused(directory.path + "/link", .symbolicLink))
    }
  }

  @Test("a pipe without a partner neither hangs nor passes", .timeLimit(.minutes(1)))
  func pipe() throws {
    try Scratch.run { directory in
      Scratch.makePipe("pipe", in: directory)
      let error = Scratch.failure { () throws(HostError) in
        try OpenFile.open("pipe", in: directory, mode: .read).require(.anyOwner)
      }
      #expect(error == .refused(directory.path + "/pipe", .notRegular))
      let bytes = Scratch.failure { () throws(HostError) in
        _ = try directory.readFile("pipe", limit: 10, policy: .anyOwner)
      }
      #expect(bytes == error)
    }
  }

  @Test("a device is refused by its kind")
  func device() throws {
    let devices = try Directory.open("/dev", followLast: true)
    let error = Scratch.failure { () throws(HostError) in
      try OpenFile.open("null", in: devices, mode: .read).require(.anyOwner)
    }
    #expect(error == .refused("/dev/null", .notRegular))
  }

  @Test("a second name of the file is refused, and gone with that name")
  func hardLink() throws {
    try Scratch.run { directory in
      try directory.put("file", "x")
      Scratch.makeHardLink("file", "other", in: directory)
      let file = try OpenFile.open("file", in: directory, mode: .read)
      let error = Scratch.failure { () throws(HostError) in try file.require(.own) }
      #expect(error == .refused(directory.path + "/file", .hardLinked))
      try directory.unlink("other")
      #expect(Scratch.failure { () throws(HostError) in try file.require(.own) } == nil)
      try directory.unlink("file")
      #expect(Scratch.failure { () throws(HostError) in try file.require(.own) } == nil)
    }
  }

  @Test("a file that its name stands for no more, or not alone, is not the one meant")
  func replaced() throws {
    try Scratch.run { directory in
      try directory.put("outside", "x")
      Scratch.makeHardLink("outside", "log", in: directory)
      let file = try OpenFile.open("log", in: directory, mode: .append)
      #expect(refusal(of: file, in: directory) == .refused(directory.path + "/log", .hardLinked))
      try directory.unlink("log")
      #expect(Scratch.failure { () throws(HostError) in try file.require(.own) } == nil)
      #expect(refusal(of: file, in: directory) == .refused(directory.path + "/log", .replaced))
      try directory.put("log", "y")
      #expect(refusal(of: file, in: directory) == .refused(directory.path + "/log", .replaced))
      try directory.rename("outside", to: "log")
      #expect(refusal(of: file, in: directory) == nil)
    }
  }

  private func refusal(
    of file: borrowing OpenFile, in directory: borrowing Directory
  ) -> HostError? {
    do {
      try file.require(.own, named: "log", in: directory)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "a loose mode is refused by the policy that minds it",
    arguments: [
      (0o644, FilePolicy.own, nil),
      (0o664, .own, .writableByOthers),
      (0o646, .own, .writableByOthers),
      (0o600, .secret, nil),
      (0o640, .secret, .looseMode),
      (0o622, .secret, .looseMode),
      (0o666, .anyOwner, nil),
    ] as [(UInt16, FilePolicy, FileRefusal?)])
  func mode(mode: UInt16, policy: FilePolicy, refusal: FileRefusal?) throws {
    try Scratch.run { directory in
      try directory.put("file", "x", permissions: mode)
      let file = try OpenFile.open("file", in: directory, mode: .read)
      let error = Scratch.failure { () throws(HostError) in try file.require(policy) }
      #expect(error == refusal.map { .refused(directory.path + "/file", $0) })
    }
  }

  @Test("another account's file is refused unless anybody's will do")
  func owner() {
    let status = FileStatus(kind: .regular, owner: 7, mode: 0o600)
    #expect(FilePolicy.own.refusal(of: status, user: 8) == .foreignOwner)
    #expect(FilePolicy.own.refusal(of: status, user: 7) == nil)
    #expect(FilePolicy.anyOwner.refusal(of: status, user: 8) == nil)
  }

  @Test("a directory passes only as a directory")
  func directoryKind() throws {
    try Scratch.run { directory in
      #expect(Scratch.failure { () throws(HostError) in try directory.require(.own) } != nil)
      #expect(
        Scratch.failure { () throws(HostError) in
          try directory.require(.privateDirectory)
        } == nil)
      try directory.setPermissions(0o755)
      #expect(
        Scratch.failure { () throws(HostError) in try directory.require(.privateDirectory) }
          == .refused(directory.path, .looseMode))
    }
  }

  @Test(
    "exclusive modes refuse a file that exists",
    arguments: [OpenMode.createExclusive, .appendExclusive])
  func exclusive(mode: OpenMode) throws {
    try Scratch.run { directory in
      try directory.put("file", "old")
      let error = Scratch.failure { () throws(HostError) in
        _ = try OpenFile.open("file", in: directory, mode: mode)
      }
      #expect(error?.isExists == true)
      #expect(try directory.text("file") == "old")
    }
  }

  @Test(
    "modes for existing files create none",
    arguments: [OpenMode.read, .readWrite, .appendExisting])
  func existing(mode: OpenMode) throws {
    try Scratch.run { directory in
      let error = Scratch.failure { () throws(HostError) in
        _ = try OpenFile.open("file", in: directory, mode: mode)
      }
      #expect(error?.isNotFound == true)
      let names = try directory.names()
      #expect(names == [])
    }
  }

  @Test("the status tells size, mode, owner and identity")
  func status() throws {
    try Scratch.run { directory in
      try directory.put("file", "12345", permissions: 0o640)
      let opened = try OpenFile.open("file", in: directory, mode: .read).status()
      let named = try #require(try directory.status(of: "file"))
      #expect(opened == named)
      #expect(opened.isSameFile(as: named))
      #expect(opened.byteCount == 5)
      #expect(opened.mode == 0o640)
      #expect(opened.owner == Environment.effectiveUser)
      #expect(opened.modifiedSeconds * 1_000_000 > WallClock.now() - 600_000_000)
      try directory.put("other", "12345", permissions: 0o640)
      let other = try #require(try directory.status(of: "other"))
      #expect(!opened.isSameFile(as: other))
    }
  }
}
