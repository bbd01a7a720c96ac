import Host
import Wire

/// Wakes a command that stays, for what changes in the shared directory and in its beats.
struct WireWatch: ~Copyable {
  private var watch: FileWatch
  /// Where beats are, as long as they are waited for and there are none yet.
  private var missingBeats: String?

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
  mutating func hasChanged() throws(HostError) -> Bool {
    guard !watch.isPolling else { return false }
    return try watch.wait(upTo: .zero)
  }

  /// Waits until something may have changed, or the time is over.
  mutating func wait(upTo limit: Duration) throws(HostError) {
    // Beats that came before they were watched are to be looked at.
    if addBeats() { return }
    _ = try watch.wait(upTo: limit)
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
