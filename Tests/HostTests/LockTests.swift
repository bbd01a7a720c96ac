import Host
import Testing

@Suite("A lock has one holder and a limit to waiting")
struct LockTests {
  @Test("a lock held elsewhere is waited for as long as allowed, then named")
  func held() throws {
    try Scratch.run { directory in
      let holder = try OpenFile.open("lock", in: directory, mode: .readWriteCreate)
      let waiter = try OpenFile.open("lock", in: directory, mode: .readWriteCreate)
      #expect(try holder.tryLock())
      #expect(try !waiter.tryLock())
      let start = MonotonicClock.now()
      #expect(try !waiter.lock(upTo: .milliseconds(80)))
      let waited = MonotonicClock.now() - start
      #expect(waited >= 80_000_000)
      let error = Scratch.failure { () throws(HostError) in
        try waiter.requireLock(upTo: .zero)
      }
      #expect(error == .locked(directory.path + "/lock", by: waiter.lockHolder()))
      #if os(Linux)
        #expect(waiter.lockHolder()?.processID == Environment.processID)
        #expect(waiter.lockHolder()?.command?.isEmpty == false)
      #endif
      try holder.unlock()
      #expect(try waiter.lock(upTo: .zero))
    }
  }

  @Test("a free file has no holder, and its name or number tells nothing about another one")
  func holder() throws {
    try Scratch.run { directory in
      let one = try OpenFile.open("one", in: directory, mode: .readWriteCreate)
      let two = try OpenFile.open("two", in: directory, mode: .readWriteCreate)
      #expect(try two.tryLock())
      #expect(one.lockHolder() == nil)
    }
  }

  @Test(
    "the holder is read from the system's table by device and inode, and a waiter is none",
    arguments: [
      ("1: FLOCK  ADVISORY  WRITE 42 fe:01:77 0 EOF", 42),
      (
        "1: FLOCK  ADVISORY  READ 42 fe:01:77 0 EOF\n2: FLOCK  ADVISORY  READ 43 fe:01:77 0 EOF", 42
      ),
      ("1: -> FLOCK  ADVISORY  WRITE 42 fe:01:77 0 EOF", nil),
      ("1: POSIX  ADVISORY  WRITE 42 fe:01:77 0 EOF", nil),
      ("1: FLOCK  ADVISORY  WRITE 42 fe:01:78 0 EOF", nil),
      ("1: FLOCK  ADVISORY  WRITE 42 fe:02:77 0 EOF", nil),
      ("1: FLOCK  ADVISORY  WRITE 0 fe:01:77 0 EOF", nil),
      ("1: FLOCK  ADVISORY  WRITE 42 <none>:0 0 EOF\n2: FLOCK  ADVISORY  WRITE 9 fe:01:77", 9),
      ("", nil), ("1: FLOCK", nil), ("1: FLOCK  ADVISORY  WRITE x fe:01:77 0 EOF", nil),
    ] as [(String, Int32?)])
  func table(table: String, number: Int32?) {
    let file = FileStatus(kind: .regular, owner: 0, mode: 0, device: 0xFE01, inode: 77)
    #expect(LockHolder.processID(holding: file, in: table) == number)
  }

  @Test("shared locks go together, an exclusive one does not join them")
  func shared() throws {
    try Scratch.run { directory in
      let one = try OpenFile.open("lock", in: directory, mode: .readWriteCreate)
      let two = try OpenFile.open("lock", in: directory, mode: .read)
      let three = try OpenFile.open("lock", in: directory, mode: .read)
      #expect(try one.tryLock(exclusive: false))
      #expect(try two.tryLock(exclusive: false))
      #expect(try !three.tryLock(exclusive: true))
    }
  }

  @Test("closing the file lets the lock go")
  func closed() throws {
    try Scratch.run { directory in
      do {
        let holder = try OpenFile.open("lock", in: directory, mode: .readWriteCreate)
        #expect(try holder.tryLock())
      }
      let next = try OpenFile.open("lock", in: directory, mode: .readWriteCreate)
      #expect(try next.tryLock())
    }
  }
}
