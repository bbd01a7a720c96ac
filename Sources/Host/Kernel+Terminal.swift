import CHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Kernel {
  /// poll(2) on several descriptors: which can be read, or have ended; none when the time is over.
  ///
  /// The last one is looked at for writing where `forWriting` says so.
  static func ready(
    _ numbers: [Int32], lastForWriting: Bool = false, upTo limit: Duration?
  ) throws(HostError) -> [Bool] {
    let deadline = limit.map { MonotonicClock.deadline(after: $0) }
    var entries = numbers.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    if lastForWriting { entries[entries.count - 1].events = Int16(POLLOUT) }
    try attempt(.poll, "terminal") {
      let left = deadline.map { max(0, $0 - MonotonicClock.now()) }
      let milliseconds = left.map { min(Int64(Int32.max), ($0 + 999_999) / 1_000_000) } ?? -1
      // SAFETY: the whole entries are lent for the length of the call.
      return outcome(unsafe poll(&entries, nfds_t(entries.count), Int32(milliseconds)))
    }
    return entries.map { $0.revents != 0 }
  }

  /// ioctl(2), TIOCGWINSZ: columns and rows; both may be 0 where the terminal does not say.
  static func terminalSize(_ number: Int32) throws(HostError) -> (columns: Int, rows: Int) {
    var columns: Int32 = 0
    var rows: Int32 = 0
    try attempt(.ioctl, "terminal") {
      // SAFETY: two integers are lent for the length of the call.
      Int(unsafe chost_terminal_size(number, &columns, &rows))
    }
    return (Int(columns), Int(rows))
  }

  /// open(2) of the terminal behind a descriptor, without waiting.
  static func reopenTerminal(_ number: Int32) throws(HostError) -> Descriptor {
    Descriptor(number: Int32(try attempt(.open, "terminal") { Int(chost_terminal_reopen(number)) }))
  }

  /// sigaction(2): what ends, stops or resizes writes a byte to a pipe.
  static func catchTerminalSignals(_ wake: Int32) throws(HostError) {
    try attempt(.signal, "") { Int(chost_terminal_catch(wake)) }
  }

  /// tcsetattr(3).
  static func enterTerminal(_ input: Int32, _ output: Int32) throws(HostError) {
    try attempt(.tcsetattr, "terminal") { Int(chost_terminal_enter(input, output)) }
  }
}
