extension OpenFile {
  /// Takes an advisory flock(2) lock if it is free; false when another holder is in the way.
  ///
  /// It belongs to this opening of the file, not to the process, and goes when the file is closed.
  package func tryLock(exclusive: Bool = true) throws(HostError) -> Bool {
    try Kernel.tryLock(descriptor.number, exclusive: exclusive, path: path)
  }

  /// Tries again and again, with pauses of 0.25 to 4 ms, until the time is over; false then.
  ///
  /// Nobody queues for a lock that is polled: who sleeps longer than the holder needs between two
  /// turns is passed over. Short pauses keep sixteen busy processes from waiting for seconds.
  package func lock(
    exclusive: Bool = true, upTo limit: Duration
  ) throws(HostError) -> Bool {
    let deadline = MonotonicClock.deadline(after: limit)
    var pause: Int64 = 250_000
    while try !tryLock(exclusive: exclusive) {
      let left = deadline - MonotonicClock.now()
      if left <= 0 { return false }
      MonotonicClock.sleep(for: .nanoseconds(min(pause, left)))
      pause = min(pause * 2, 4_000_000)
    }
    return true
  }

  /// Takes the lock within the time or throws `locked`, which names the holder where it can.
  package func requireLock(
    exclusive: Bool = true, upTo limit: Duration
  ) throws(HostError) {
    if try !lock(exclusive: exclusive, upTo: limit) {
      throw .locked(path, by: lockHolder())
    }
  }

  /// Lets the lock go before the file is closed.
  package func unlock() throws(HostError) {
    try Kernel.unlock(descriptor.number, path: path)
  }
}
