/// How long a reader that is woken by changes is deaf to them after it has looked in vain.
///
/// Whoever may write to a watched directory can change something in it without end, and nothing has
/// to be signed for that. A burst of such changes is looked at one by one; then looks take a fifth
/// of the time, and are at most 20 a second. A look that found something is free.
package struct WakeBudget: Equatable, Sendable {
  /// What the looks in vain cost, in nanoseconds, that are looked at one by one.
  private static let burst: Int64 = 2_500_000_000
  private static let leastCost: Int64 = 50_000_000
  /// Nobody is deaf for longer than this, however long a look took.
  package static let longestRest: Int64 = 1_000_000_000

  /// When all looks so far will have been paid for, on the clock that the caller reads.
  private var paidAt: Int64 = 0
  private var wokenAt: Int64?

  package init() {}

  /// A change has come, and the look that follows is because of it.
  package mutating func wake(at now: Int64) { wokenAt = now }

  /// The look is over; gives until when changes are let be, at the latest `longestRest` from now.
  package mutating func endLook(at now: Int64, hasFound: Bool) -> Int64 {
    guard let begin = wokenAt else { return now }
    wokenAt = nil
    if hasFound {
      paidAt = 0
      return now
    }
    let cost = max(Self.leastCost, 5 * max(0, now - begin))
    paidAt = min(max(paidAt, begin) + cost, now + Self.burst + Self.longestRest)
    return max(now, paidAt - Self.burst)
  }
}
