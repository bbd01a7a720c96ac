import CHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Kernel {
  /// getrandom(2), once: fills a part of the buffer and says how much.
  static func randomBytes(_ buffer: UnsafeMutableRawBufferPointer) throws(HostError) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    return try transfer(.getrandom, "", byteCount: buffer.count) { count in
      on {
        unsafe $0.fill(UnsafeMutableRawBufferPointer(start: start, count: count))
        return count
      } else: {
        // SAFETY: `count` is at most the size of the buffer, which the caller keeps alive.
        Int(unsafe chost_random(start, count))
      }
    }
  }

  /// poll(2) on one descriptor: whether it is ready within the time; nil time waits for ever.
  ///
  /// After an interruption it waits for what is left of the time.
  static func waitUntilReady(
    _ descriptor: Int32, forWriting: Bool = false, upTo limit: Duration?, path: String
  ) throws(HostError) -> Bool {
    let deadline = limit.map { MonotonicClock.deadline(after: $0) }
    let ready = try attempt(.poll, path) {
      var entry = pollfd(
        fd: descriptor, events: Int16(forWriting ? POLLOUT : POLLIN), revents: 0)
      let left = deadline.map { max(0, $0 - MonotonicClock.now()) }
      let milliseconds = left.map { min(Int64(Int32.max), ($0 + 999_999) / 1_000_000) } ?? -1
      // SAFETY: one whole entry is lent for the length of the call.
      return outcome(unsafe poll(&entry, 1, Int32(milliseconds)))
    }
    return ready > 0
  }

  /// poll(2) without a wait: whether nobody is at the other end of a pipe or a socket.
  static func isCutOff(_ descriptor: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: 0, revents: 0)
    // SAFETY: one whole entry is lent for the length of the call.
    let count = unsafe poll(&entry, 1, 0)
    return count > 0 && Int32(entry.revents) & (POLLERR | POLLHUP) != 0
  }

  /// clock_gettime(2) in nanoseconds; the clocks used here exist on every system we build for.
  static func nanoseconds(_ clock: MachineClock) -> Int64 {
    #if FAULTS
      if let machine = Faults.machine { return machine.nanoseconds(clock) }
    #endif
    let number =
      switch clock {
      case .wall: CLOCK_REALTIME
      case .monotonic: CLOCK_MONOTONIC
      #if canImport(Darwin)
        // Untested: this clock goes on while a Mac sleeps.
        case .boot: CLOCK_MONOTONIC_RAW
      #else
        case .boot: CLOCK_BOOTTIME
      #endif
      }
    var time = timespec()
    // SAFETY: a whole timespec is lent for the length of the call.
    _ = unsafe clock_gettime(number, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// usleep(3).
  static func pause(nanoseconds: Int64) {
    #if FAULTS
      if let machine = Faults.machine { return machine.sleep(nanoseconds: nanoseconds) }
    #endif
    usleep(useconds_t(nanoseconds / 1_000 + 1))
  }

  /// getcwd(3).
  static func workingDirectory() throws(HostError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    try attempt(.getcwd, "") {
      // SAFETY: the buffer is lent with its true size, and ends in NUL on success.
      unsafe getcwd(&buffer, buffer.count) == nil ? -Int(errno) : 0
    }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// realpath(3): the path of what is there, without links and dots.
  static func realPath(_ path: String) throws(HostError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    try attempt(.realpath, path) {
      // SAFETY: the buffer has the size that realpath fills at most, and ends in NUL on success.
      unsafe realpath(path, &buffer) == nil ? -Int(errno) : 0
    }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Where this very program lies.
  static func programPath() throws(HostError) -> String {
    #if canImport(Darwin)
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      var count = UInt32(buffer.count)
      // SAFETY: the buffer is lent with its true size, and ends in NUL on success.
      guard unsafe _NSGetExecutablePath(&buffer, &count) == 0 else {
        throw .system(SystemError(call: .realpath, path: "this program", code: ENAMETOOLONG))
      }
      let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return try realPath(String(decoding: bytes, as: UTF8.self))
    #else
      return try realPath("/proc/self/exe")
    #endif
  }

  /// getenv(3), copied; nil when unset or not UTF-8.
  static func environmentValue(_ name: String) -> String? {
    // SAFETY: the value is copied at once, and nothing in the product calls setenv.
    guard let raw = unsafe getenv(name) else { return nil }
    return unsafe String(validatingCString: raw)
  }

  /// inotify_init1(2).
  static func openWatch() throws(HostError) -> Descriptor {
    Descriptor(number: Int32(try attempt(.inotify, "") { Int(chost_watch_open()) }))
  }

  /// inotify_add_watch(2).
  static func addWatch(_ watch: Int32, path: String) throws(HostError) {
    try attempt(.inotify, path) {
      // SAFETY: `path` is lent as a NUL-terminated string for the length of the call.
      Int(unsafe chost_watch_add(watch, path))
    }
  }

  /// Whether a read said that there is nothing to read right now.
  static func wouldWait(_ error: HostError) -> Bool { error.code == EAGAIN }

  /// Whether a batch of inotify(7) events tells of a watch that is gone (IN_IGNORED).
  ///
  /// An event is four words of 32 bits, `wd`, `mask`, `cookie` and `len`, and a name of `len`.
  static func hasLostWatch(_ events: Span<UInt8>) -> Bool {
    func word(_ start: Int) -> UInt32 {
      var bytes = (start..<start + 4).map { UInt32(events[$0]) }
      if 1.bigEndian != 1 { bytes.reverse() }
      return bytes.reduce(0) { $0 << 8 | $1 }
    }
    let ignored: UInt32 = 0x8000
    var start = 0
    while start + 16 <= events.count {
      if word(start + 4) & ignored != 0 { return true }
      start += 16 + Int(word(start + 12))
    }
    return false
  }
}
