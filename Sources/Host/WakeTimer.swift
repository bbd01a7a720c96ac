import CHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Waits for descriptors or for a moment of the clock that runs on while the machine sleeps.
///
/// It is timerfd_create(2) of CLOCK_BOOTTIME, so that what fell due in a sleep is seen right after
/// it. Where that cannot be had, a wait lasts at most one second: the caller looks at its clock.
package struct WakeTimer: ~Copyable {
  private let descriptor: Descriptor?

  package init() {
    let number = try? Kernel.attempt(.timerfd, "") { Int(chost_timer_open()) }
    descriptor = number.map { Descriptor(number: Int32($0)) }
  }

  private var number: Int32? {
    switch descriptor {
    case .some(let descriptor): descriptor.number
    case .none: nil
    }
  }

  /// Which of the descriptors can be read from; none of them when the moment has come.
  ///
  /// `moment` is in nanoseconds of `BootClock`; nil waits for descriptors alone.
  package func wait(
    for numbers: [Int32], until moment: Int64?
  ) throws(HostError) -> [Int32] {
    var wanted = numbers.map { (number: $0, isForWriting: false) }
    var limit = Int64.max
    if let moment {
      let left = moment - BootClock.now()
      guard left > 0 else { return try Kernel.readyAmong(wanted, until: 0) }
      if let number {
        try Kernel.attempt(.timerfd, "") { Int(chost_timer_set(number, moment)) }
        wanted.append((number, false))
      } else {
        limit = MonotonicClock.deadline(after: .nanoseconds(min(left, 1_000_000_000)))
      }
    }
    let ready = try Kernel.readyAmong(wanted, until: limit)
    return ready.filter { $0 != number }
  }
}
