import Host
import Wire
import WireFormat

/// A file in private state that changes whenever something is unread that was not before.
///
/// For programs that watch files: its one line has a count and a time, and nothing of a peer's. It is
/// overwritten in place, so that a watch of the file itself goes on.
package enum Doorbell {
  package static let name = "doorbell"
  private static let byteCount = 64

  static func ring(
    _ state: borrowing PrivateState, unread: Int, at time: Timestamp
  ) throws(KitError) {
    try KitError.lifting { () throws(HostError) in
      let file = try OpenFile.open(
        name, in: state.directory, mode: .readWriteCreate, permissions: 0o600)
      try file.require(.secret)
      let words = Array("\(unread) unread since \(time.string)".utf8.prefix(byteCount - 1))
      let padding = [UInt8](repeating: UInt8(ascii: " "), count: byteCount - 1 - words.count)
      try file.overwrite(words + padding + [UInt8(ascii: "\n")], at: 0)
    }
  }
}
