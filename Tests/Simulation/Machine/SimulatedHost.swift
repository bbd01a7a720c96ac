#if FAULTS
  import Foundation
  import Host

  /// The one time that all simulated hosts live in.
  package final class SimulatedTime {
    /// Since an unknown start.
    package var nanoseconds: Int64 = 1_000_000_000

    package init() {}
  }

  /// A computer of the simulation: a disk, and clocks that go wrong in their own ways.
  ///
  /// Only one thread of a simulation runs at a time, which is what makes this safe to share.
  package final class SimulatedHost: @unchecked Sendable {
    package let number: Int
    package let disk = SimulatedDisk()
    let time: SimulatedTime
    /// What its time of day is ahead of the true one.
    package var skewNanoseconds: Int64 = 0
    private var bootTime: Int64
    private var bootCount = 0

    /// The true time of day when the simulation begins: 2026-12-31 23:00 UTC, an hour before a year ends.
    package static let epochNanoseconds: Int64 = 1_798_758_000 * 1_000_000_000

    package init(_ number: Int, _ time: SimulatedTime) {
      (self.number, self.time) = (number, time)
      bootTime = time.nanoseconds
      boot()
    }

    /// Starts again, under another boot id.
    package func boot() {
      bootCount += 1
      bootTime = time.nanoseconds
      let id = "boot-\(number)-\(bootCount)\n"
      disk.write(Array(id.utf8), to: "/proc/sys/kernel/random/boot_id")
    }

    func nanoseconds(_ clock: MachineClock) -> Int64 {
      switch clock {
      case .wall: Self.epochNanoseconds + time.nanoseconds + skewNanoseconds
      case .boot: time.nanoseconds - bootTime
      case .monotonic: time.nanoseconds
      }
    }
  }
#endif
