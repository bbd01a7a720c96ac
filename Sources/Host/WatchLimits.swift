/// How much inotify(7) gives one account, by `/proc/sys/fs/inotify`; nil where nothing says so.
package struct WatchLimits: Equatable, Sendable {
  /// `max_user_instances`: how many programs of the account can watch at once.
  package let instances: Int?
  /// `max_user_watches`: how many directories they can watch together.
  package let watches: Int?
  /// `max_queued_events`: how many changes wait before some are lost.
  package let events: Int?

  package static func current() -> WatchLimits {
    WatchLimits(
      instances: number("max_user_instances"), watches: number("max_user_watches"),
      events: number("max_queued_events"))
  }

  private static func number(_ name: String) -> Int? {
    guard let folder = try? Directory.open("/proc/sys/fs/inotify", followLast: true),
      let bytes = try? folder.readFile(name, limit: 64, policy: .anyOwner)
    else { return nil }
    return Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }
}
