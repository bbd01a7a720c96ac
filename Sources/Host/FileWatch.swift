/// Wakes a reader when something in a directory may have changed: a hint to rescan, no more.
///
/// It is inotify(7) on Linux. Where that cannot be had (limits, other systems, a directory that
/// went away) or does not tell of all (a file system that others write to from elsewhere) a wait
/// lasts at most one second and always says that something may have changed.
package struct FileWatch: ~Copyable {
  private let descriptor: Descriptor?
  private var hasGap: Bool

  /// What poll(2) takes; nil where nothing can be watched.
  var number: Int32? {
    switch descriptor {
    case .some(let descriptor): descriptor.number
    case .none: nil
    }
  }

  /// A watch on no directory yet.
  package init() {
    do {
      descriptor = try Kernel.openWatch()
      hasGap = false
    } catch {
      descriptor = nil
      hasGap = true
    }
  }

  /// A watch on one directory.
  package init(_ directory: borrowing Directory) {
    self.init()
    add(directory)
  }

  /// Whether some directory is not watched, so that waits are short and always say yes.
  package var isPolling: Bool { hasGap }

  /// Watches one more directory: what is made, changed, renamed or removed directly in it.
  package mutating func add(_ directory: borrowing Directory) {
    guard let number else { return }
    if (try? FileSystemKind.name(of: directory)).map(FileSystemKind.isRemote) ?? false {
      hasGap = true
    }
    do {
      // By descriptor: the path may stand for another directory by now.
      try Kernel.addWatch(number, path: "/proc/self/fd/\(directory.number)")
    } catch {
      hasGap = true
    }
  }

  /// Waits until something may have changed or the time is over; true means: look again.
  ///
  /// Changes since the last wait count, also those from before this call.
  package mutating func wait(upTo limit: Duration) throws(HostError) -> Bool {
    let limit = hasGap ? min(limit, .seconds(1)) : limit
    guard let number else {
      MonotonicClock.sleep(for: limit)
      return true
    }
    if try Kernel.waitUntilReady(number, upTo: limit, path: "inotify") {
      if try drain(number) { hasGap = true }
      return true
    }
    return hasGap
  }

  /// Ready to read while a change waits to be taken; nil where there is nothing to wait for.
  package var readyNumber: Int32? { number }

  /// Takes the changes that are there without waiting.
  package mutating func take() throws(HostError) {
    if let number, try drain(number) { hasGap = true }
  }

  /// Takes all events that are there; true when a directory went away with its watch.
  private func drain(_ number: Int32) throws(HostError) -> Bool {
    var isLost = false
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count: Int
      do {
        count = try Kernel.readBytes(number, into: &buffer, path: "inotify")
      } catch {
        if Kernel.wouldWait(error) { return isLost }
        throw error
      }
      if count == 0 { return isLost }
      isLost = isLost || Kernel.hasLostWatch(buffer.span.extracting(0..<count))
    }
  }
}
