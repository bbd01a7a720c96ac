import Host
import Testing

@Suite("How often changes wake a reader")
struct WakeBudgetTests {
  private static let millisecond: Int64 = 1_000_000

  /// How many looks of this length fit into the time where every one is woken at once.
  private static func lookCount(
    in seconds: Int64, each length: Int64, hasFound: (Int) -> Bool = { _ in false }
  ) -> Int {
    var budget = WakeBudget()
    var now: Int64 = 7_000 * millisecond
    let end = now + 1_000 * millisecond * seconds
    var count = 0
    while now < end {
      budget.wake(at: now)
      now += length
      count += 1
      now = budget.endLook(at: now, hasFound: hasFound(count))
    }
    return count
  }

  @Test("a storm of changes that bring nothing is a burst and then 20 looks a second")
  func storm() {
    let count = Self.lookCount(in: 60, each: Self.millisecond)
    #expect((1_200...1_260).contains(count))
  }

  @Test("long looks in vain take at most half of the time, however long one is")
  func longLooks() {
    for length: Int64 in [20, 100, 300, 900] {
      let count = Self.lookCount(in: 60, each: length * Self.millisecond)
      #expect(Int64(count) * length < 31_000, "\(length) ms: \(count) looks")
    }
  }

  @Test("looks that find something are free, and so are a few in vain between them")
  func found() {
    let count = Self.lookCount(in: 10, each: Self.millisecond) { $0 % 20 == 0 }
    #expect(count == 10_000)
  }

  @Test("a change now and then is looked at at once")
  func calm() {
    var budget = WakeBudget()
    for second: Int64 in 1...1_000 {
      let now = second * 100 * Self.millisecond
      budget.wake(at: now)
      let end = now + Self.millisecond
      #expect(budget.endLook(at: end, hasFound: false) == end)
    }
  }

  @Test("nobody is deaf for longer than a second, and nobody who was not woken")
  func bounds() {
    var budget = WakeBudget()
    #expect(budget.endLook(at: 5, hasFound: false) == 5)
    for _ in 0..<100 {
      budget.wake(at: 0)
      let now = 3_600_000 * Self.millisecond
      #expect(budget.endLook(at: now, hasFound: false) <= now + WakeBudget.longestRest)
    }
  }
}
