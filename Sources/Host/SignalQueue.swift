import CHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Signals that a process takes one by one, instead of being ended by them.
///
/// One queue a process: it is for the rest of its life.
package struct SignalQueue: ~Copyable {
  package enum Signal: Sendable {
    case hangUp, interrupt, terminate
  }

  private let descriptor: Descriptor

  /// Takes SIGHUP, SIGINT and SIGTERM: sigaction(2).
  package init() throws(HostError) {
    let numbers = [SIGHUP, SIGINT, SIGTERM]
    descriptor = Descriptor(
      number: Int32(
        try Kernel.attempt(.signal, "") {
          // SAFETY: the array is lent with its true count for the length of the call.
          Int(unsafe chost_signal_queue(numbers, Int32(numbers.count)))
        }))
  }

  /// Ready to read while a signal waits to be taken.
  package var number: Int32 { descriptor.number }

  /// The signals that came since the last time, oldest first.
  package func take() throws(HostError) -> [Signal] {
    var bytes = [UInt8](repeating: 0, count: 256)
    do {
      let count = try Kernel.readBytes(number, into: &bytes, path: "signals")
      return bytes.prefix(count).compactMap { byte in
        switch Int32(byte) {
        case SIGHUP: .hangUp
        case SIGINT: .interrupt
        case SIGTERM: .terminate
        default: nil
        }
      }
    } catch {
      if Kernel.wouldWait(error) { return [] }
      throw error
    }
  }
}
