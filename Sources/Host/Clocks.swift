/// The time of day, which can jump.
package enum WallClock {
  /// Microseconds since 1970 (CLOCK_REALTIME).
  package static func now() -> Int64 { Kernel.nanoseconds(.wall) / 1_000 }
}

/// Time since the machine started, suspended time included.
package enum BootClock {
  /// Nanoseconds since the start of the machine (CLOCK_BOOTTIME).
  package static func now() -> Int64 { Kernel.nanoseconds(.boot) }

  /// A name of this start of the machine; empty where the system has none.
  ///
  /// Times of `now()` compare only under one name. From `/proc/sys/kernel/random/boot_id`.
  package static func bootID() -> String {
    guard let directory = try? Directory.open("/proc/sys/kernel/random", followLast: true),
      let bytes = try? directory.readFile("boot_id", limit: 64, policy: .anyOwner)
    else { return "" }
    return String(decoding: bytes.prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self)
  }
}

/// A moment of this start of the machine; moments of two starts do not compare.
package struct BootMoment: Equatable, Sendable {
  /// The name of the start.
  package let boot: String
  /// Since the start.
  package let milliseconds: Int

  package init(boot: String, milliseconds: Int) {
    (self.boot, self.milliseconds) = (boot, milliseconds)
  }

  package static func now() -> BootMoment {
    BootMoment(boot: BootClock.bootID(), milliseconds: Int(BootClock.now() / 1_000_000))
  }

  /// The same by a clock that stands while the machine sleeps.
  package static func awake() -> BootMoment {
    BootMoment(boot: BootClock.bootID(), milliseconds: Int(MonotonicClock.now() / 1_000_000))
  }
}

/// Time that never jumps, for limits within one run.
package enum MonotonicClock {
  /// Nanoseconds from an unknown start (CLOCK_MONOTONIC).
  package static func now() -> Int64 { Kernel.nanoseconds(.monotonic) }

  /// The time of this clock when the duration has passed, at most about 146 years away.
  package static func deadline(after duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    let bounded = min(max(seconds, 0), Int64.max / 2_000_000_000)
    return now() + bounded * 1_000_000_000 + max(0, attoseconds / 1_000_000_000)
  }

  /// Sleeps for the whole duration, whatever signals come: usleep(3).
  package static func sleep(for duration: Duration) {
    let deadline = deadline(after: duration)
    while true {
      let left = deadline - now()
      if left <= 0 { return }
      Kernel.pause(nanoseconds: min(500_000_000, left))
    }
  }
}
