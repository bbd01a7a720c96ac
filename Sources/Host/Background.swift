import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One piece of work on a thread of its own, whose end is seen by who waits for descriptors.
///
/// It is held on a leash: once this value is cancelled or dropped, work that watches it gives up.
package struct Background<Value: Sendable>: ~Copyable {
  private final class Outcome: Sendable {
    let value = Mutex<Value?>(nil)
  }

  private let outcome: Outcome
  private let end: Descriptor
  private let leash: Descriptor
  private let thread: pthread_t

  /// Starts the work, which is given its end of the leash.
  ///
  /// Throws where the system gives no pipe or no thread.
  package init(_ work: @escaping @Sendable (Leash) -> Value) throws(HostError) {
    let done = try Kernel.openPipe()
    let hold = try Kernel.openPipe()
    let outcome = Outcome()
    // The thread's own: it closes them when all is done.
    let (signal, held) = (done.write.release(), hold.read.release())
    let worker = Worker {
      let value = work(Leash(number: held))
      outcome.value.withLock { $0 = value }
      Kernel.shut(held)
      Kernel.shut(signal)
    }
    guard let thread = worker.start() else {
      Kernel.shut(held)
      Kernel.shut(signal)
      throw .system(SystemError(call: .spawn, path: "a thread", code: EAGAIN))
    }
    (self.outcome, self.thread) = (outcome, thread)
    end = done.read
    leash = hold.write
  }

  /// Ready to read once the work is done.
  package var number: Int32 { end.number }

  /// Waits for the end of the work and gives what it came to.
  package consuming func finish() -> Value? {
    pthread_join(thread, nil)
    return outcome.value.withLock { $0 }
  }

  /// Lets the leash go and waits for the work, which then ends early.
  package consuming func cancel() {
    let thread = thread
    drop(leash)
    pthread_join(thread, nil)
  }
}

/// The end of a leash that work holds: ready to read once nobody wants its outcome any more.
package struct Leash: Sendable {
  let number: Int32

  package var isGone: Bool {
    (try? Kernel.readyAmong([(number, false)], until: 0))?.isEmpty == false
  }
}

private func drop(_ end: consuming Descriptor) {}
