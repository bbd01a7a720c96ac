import Host
import Synchronization
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("Work shared out among threads comes back as if one had done it")
struct ParallelTests {
  @Test(
    "results are in order, whatever the number of threads and pieces",
    arguments: [(0, 4), (1, 4), (3, 8), (100, 1), (100, 4), (2000, 3), (5, 0), (5, -1)])
  func order(count: Int, threads: Int) throws {
    let calls = Mutex(0)
    let values = try Parallel.map(count, threads: threads) { index throws(HostError) in
      calls.withLock { $0 += 1 }
      return index * 3
    }
    #expect(values == (0..<count).map { $0 * 3 })
    #expect(calls.withLock { $0 } == count)
  }

  @Test("a result that is nil is a result")
  func optional() throws {
    let values = try Parallel.map(6, threads: 3) { index throws(HostError) -> Int? in
      index.isMultiple(of: 2) ? nil : index
    }
    #expect(values == [nil, 1, nil, 3, nil, 5])
  }

  @Test("as many threads work as are asked for, the calling one among them")
  func threads() throws {
    let arrived = Mutex(0)
    // Each piece waits for the others: with a thread less this would never end.
    _ = try Parallel.map(4, threads: 4) { index throws(HostError) in
      arrived.withLock { $0 += 1 }
      while arrived.withLock({ $0 }) < 4 { sched_yield() }
      return index
    }
    #expect(arrived.withLock { $0 } == 4)
  }

  @Test("after an error no new piece is begun, and the first one is thrown")
  func failure() throws {
    for threads in [1, 2, 4] {
      let begun = Mutex<[Int]>([])
      let failure = Scratch.failure { () throws(HostError) in
        _ = try Parallel.map(1000, threads: threads) { index throws(HostError) in
          begun.withLock { $0.append(index) }
          if index == 7 { throw .badName("seven") }
          // No piece after the failing one ends before it has failed.
          while index > 7, begun.withLock({ !$0.contains(7) }) { sched_yield() }
          return index
        }
      }
      #expect(failure == .badName("seven"))
      let pieces = begun.withLock { $0 }
      #expect(pieces.count == Set(pieces).count)
      if threads == 1 { #expect(pieces == Array(0...7)) }
    }
  }

  @Test("of two errors the one that came first is thrown")
  func firstFailure() throws {
    let hasFailed = Mutex(false)
    let failure = Scratch.failure { () throws(HostError) in
      _ = try Parallel.map(2, threads: 2) { index throws(HostError) in
        if index == 1 {
          hasFailed.withLock { $0 = true }
          throw .badName("first")
        }
        while !hasFailed.withLock({ $0 }) { sched_yield() }
        // The other thread ends once its error stands; joining it is what the call waits for.
        return index
      }
    }
    #expect(failure == .badName("first"))
  }

  @Test("progress only rises, and ends with all that is done")
  func progress() throws {
    let itself: @Sendable (Int) throws(HostError) -> Int = { $0 }
    func told(threads: Int) throws -> [Int] {
      let told = Mutex<[Int]>([])
      let note: @Sendable (Int) -> Void = { count in told.withLock { $0.append(count) } }
      _ = try Parallel.map(50, threads: threads, done: note, itself)
      return told.withLock { $0 }
    }
    #expect(try told(threads: 1) == Array(1...50))
    let several = try told(threads: 3)
    #expect(several == several.sorted())
    #expect(several.allSatisfy { (0...50).contains($0) })
  }

  #if FAULTS
    @Test("a fault plan reaches every thread")
    func plan() throws {
      try Scratch.run { directory in
        for name in ["a", "b", "c", "d"] { try directory.put(name, name) }
        let plan = FaultPlan([Fault(.fail(EIO), call: .open, pathSuffix: "/c")])
        let arrived = Mutex(0)
        let failed = try plan.run {
          let path = directory.path
          return try Parallel.map(4, threads: 4) { index throws(HostError) in
            // Each on a thread of its own.
            arrived.withLock { $0 += 1 }
            while arrived.withLock({ $0 }) < 4 { sched_yield() }
            let directory = try Directory.open(path, followLast: false)
            let name = ["a", "b", "c", "d"][index]
            return (try? OpenFile.open(name, in: directory, mode: .read)) == nil
          }
        }
        #expect(failed == [false, false, true, false])
        let opened = plan.trace.filter { $0.call == .open }.map(\.path)
        for name in ["a", "b", "c", "d"] {
          #expect(opened.contains { $0.hasSuffix("/\(name)") })
        }
      }
    }
  #endif
}
