import Host
import Wire

/// Wakes a command that stays, for what changes in the shared directory and in its beats.
struct WireWatch: ~Copyable {
  private var watch: FileWatch
  /// Where beats are, as long as they are waited for and there are none yet.
  private var missingBeats: String?
  private var budget = WakeBudget()
  /// When changes count again, by the monotonic clock.
  private var deafUntil: Int64 = 0

  /// Without `beats` nobody is woken by a peer that only lives.
  init(_ path: String, beats: Bool = false) {
    watch = FileWatch()
    do throws(HostError) {
      watch.add(try Directory.open(path, followLast: false))
    } catch {
      // The next look says what is wrong with it.
    }
    missingBeats = beats ? "\(path)/\(SharedDirectory.beatsName)" : nil
    _ = addBeats()
  }

  /// Whether something may have changed since the last wait.
  mutating func hasChanged(afterFinding hasFound: Bool = false) throws(HostError) -> Bool {
    guard !watch.isPolling else { return false }
    endLook(hasFound)
    guard deafUntil <= MonotonicClock.now(), try watch.wait(upTo: .zero) else { return false }
    budget.wake(at: MonotonicClock.now())
    return true
  }

  /// Waits until something may have changed, or the time is over.
  mutating func wait(upTo limit: Duration) throws(HostError) {
    // Beats that came before they were watched are to be looked at.
    if addBeats() { return }
    let end = MonotonicClock.deadline(after: limit)
    endLook(false)
    let rest = min(deafUntil, end) - MonotonicClock.now()
    if rest > 0 { MonotonicClock.sleep(for: .nanoseconds(rest)) }
    let left = max(0, end - MonotonicClock.now())
    if try watch.wait(upTo: .nanoseconds(left)) { budget.wake(at: MonotonicClock.now()) }
  }

  private mutating func endLook(_ hasFound: Bool) {
    deafUntil = max(
      deafUntil, budget.endLook(at: MonotonicClock.now(), hasFound: hasFound))
  }

  private mutating func addBeats() -> Bool {
    guard let path = missingBeats, let beats = try? Directory.open(path, followLast: false) else {
      return false
    }
    watch.add(beats)
    missingBeats = nil
    return true
  }
}
