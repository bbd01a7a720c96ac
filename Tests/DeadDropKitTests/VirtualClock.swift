import DeadDropKit
import Foundation
import Host
import Synchronization

/// The clocks of one simulated machine: they go on only when the test says so.
final class VirtualClock: Sendable {
  struct Times: Equatable {
    /// Microseconds since 1970, which can jump.
    var wall = VirtualClock.lateInThisYear
    /// Milliseconds since the start of the machine, and of that those in which it was awake.
    var boot = 1_000_000
    var awake = 900_000
    var start = "first"
  }

  /// Four days before this year ends, as the real clock has it: the wire is founded by that.
  private static var lateInThisYear: Int64 {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let year = calendar.component(.year, from: Date()) + 1
    let start = calendar.date(from: DateComponents(year: year, month: 1, day: 1)) ?? Date()
    return (Int64(start.timeIntervalSince1970) - 4 * 86_400) * 1_000_000
  }

  private let times = Mutex(Times())

  var now: Times { times.withLock { $0 } }
  var milliseconds: Int { now.boot }

  func change(_ body: (inout Times) -> Void) { times.withLock { body(&$0) } }

  /// Time passes on all three.
  func advance(to moment: Int) {
    change {
      let step = max(0, moment - $0.boot)
      ($0.boot, $0.awake, $0.wall) = (
        $0.boot + step, $0.awake + step, $0.wall + Int64(step) * 1_000
      )
    }
  }

  func rule(_ session: inout Session) {
    session.wallClock = { self.now.wall }
    session.bootClock = { BootMoment(boot: self.now.start, milliseconds: self.now.boot) }
    session.awakeClock = { BootMoment(boot: self.now.start, milliseconds: self.now.awake) }
  }
}
