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
      #expect(error == .locked(directory.path + "/lock"))
      try holder.unlock()
      #expect(try waiter.lock(upTo: .zero))
    }
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
