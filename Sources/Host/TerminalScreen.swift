import CHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The terminal as one screen to draw on; given back when its owner goes, by a crash as well.
///
/// Descriptor 0 is the keyboard and 1 the screen. One of it a process. After kill(2) with SIGKILL
/// nobody gives it back: `reset` does.
package struct TerminalScreen: ~Copyable {
  /// What woke a wait; nothing of it when the time was over.
  package struct Wake: Equatable, Sendable {
    /// A signal or the end of the input asks to end.
    package fileprivate(set) var isEnding = false
    /// What is drawn may be gone, or have no place any more.
    package fileprivate(set) var isResized = false
    /// Something watched may have changed.
    package fileprivate(set) var isChanged = false
    /// The keys that were pressed; those that send more than one byte are left out.
    package fileprivate(set) var keys: [UInt8] = []
  }

  private let signals: Pipe
  /// Its own opening of the terminal: what does not wait here waits for all others still.
  private let output: Descriptor

  private init(signals: consuming Pipe, output: consuming Descriptor) {
    self.signals = signals
    self.output = output
  }

  /// Takes the terminal over.
  package static func take() throws(HostError) -> TerminalScreen {
    let signals = try Kernel.openPipe()
    try Kernel.unblock(signals.read.number)
    try Kernel.unblock(signals.write.number)
    let screen = TerminalScreen(signals: signals, output: try Kernel.reopenTerminal(1))
    try Kernel.catchTerminalSignals(screen.signals.write.number)
    try Kernel.enterTerminal(0, screen.output.number)
    return screen
  }

  deinit {
    chost_terminal_leave()
    // Not before: what comes meanwhile would end the process without that.
    chost_terminal_uncatch()
  }

  /// Columns and rows; 80 by 24 where the terminal does not say.
  package func size() throws(HostError) -> (columns: Int, rows: Int) {
    let (columns, rows) = try Kernel.terminalSize(1)
    return (columns > 0 ? columns : 80, rows > 0 ? rows : 24)
  }

  /// Writes all bytes, unless a signal comes while nobody takes them: false then.
  ///
  /// The bytes are ours: text of others has passed through what escapes it.
  @discardableResult
  package func write(_ bytes: [UInt8]) throws(HostError) -> Bool {
    var written = 0
    while written < bytes.count {
      do {
        // SAFETY: the array is not changed while the closure runs.
        written += try unsafe bytes.span.withUnsafeBytes { buffer throws(HostError) in
          try unsafe Kernel.writeBytes(
            output.number, UnsafeRawBufferPointer(rebasing: buffer[written...]), path: "terminal")
        }
      } catch {
        guard Kernel.wouldWait(error) else { throw error }
        let ready = try Kernel.ready(
          [signals.read.number, output.number], lastForWriting: true, upTo: nil)
        if ready[0], !ready[1] { return false }
      }
    }
    return true
  }

  /// Waits for a key, a signal or, unless it is deaf to them, a change; without a limit for ever.
  package func wait(
    _ watch: inout FileWatch, isDeaf: Bool = false, upTo limit: Duration?
  ) throws(HostError) -> Wake {
    var wake = Wake()
    let limit = watch.isPolling ? min(limit ?? .seconds(1), .seconds(1)) : limit
    var numbers: [Int32] = [signals.read.number, 0]
    if let number = watch.number, !isDeaf { numbers.append(number) }
    let ready = try Kernel.ready(numbers, upTo: limit)
    if ready[0] { try takeSignals(&wake) }
    if ready[1] { try takeKeys(&wake) }
    if ready.count > 2, ready[2] {
      _ = try watch.wait(upTo: .zero)
      wake.isChanged = true
    }
    if watch.isPolling { wake.isChanged = true }
    return wake
  }

  private func takeSignals(_ wake: inout Wake) throws(HostError) {
    var block = [UInt8](repeating: 0, count: 64)
    var isStopped = false
    var isContinued = false
    while true {
      let count: Int
      do {
        count = try Kernel.readBytes(signals.read.number, into: &block, path: "")
      } catch {
        if Kernel.wouldWait(error) { break }
        throw error
      }
      if count == 0 { break }
      for byte in block[..<count] {
        switch Int32(byte) {
        case SIGINT, SIGTERM, SIGHUP: wake.isEnding = true
        case SIGTSTP: isStopped = true
        case SIGCONT: isContinued = true
        default: wake.isResized = true
        }
      }
    }
    guard isStopped || isContinued, !wake.isEnding else { return }
    if isStopped {
      chost_terminal_leave()
      chost_terminal_stop()
    }
    // A shell that let it go on may have changed the modes meanwhile.
    try Kernel.enterTerminal(0, output.number)
    wake.isResized = true
  }

  private func takeKeys(_ wake: inout Wake) throws(HostError) {
    var block = [UInt8](repeating: 0, count: 64)
    do {
      let count = try Kernel.readBytes(0, into: &block, path: "terminal")
      if count == 0 { wake.isEnding = true }
      // An escape begins what a key of another kind sends.
      if count > 0, block[0] != 0x1B { wake.keys = Array(block[..<count]) }
    } catch {
      if Kernel.wouldWait(error) { return }
      // The terminal is gone: EIO.
      wake.isEnding = true
    }
  }
}
