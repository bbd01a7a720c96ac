import Host
import WireFormat

/// Where a daemon says what happens: standard error, or a file that is put aside at 1 MiB.
struct DaemonLog: Sendable {
  /// Nil is standard error.
  let path: String?

  private static let byteLimit: Int64 = 1 << 20

  /// One line with the time of day; where the file cannot be written, on standard error.
  func write(_ words: String) {
    let time = Timestamp(microseconds: WallClock.now()).string.prefix(19) + "Z"
    let line = Array("\(time) \(PeerText.escaped(words))\n".utf8)
    do throws(HostError) {
      guard let path else { return try StandardStreams.writeError(line) }
      try append(line, to: path)
    } catch {
      // There is no third place to complain to.
      try? StandardStreams.writeError(line)
    }
  }

  private func append(_ line: [UInt8], to path: String) throws(HostError) {
    let (parent, name) = NamedFile.split(path)
    let directory = try Directory.open(parent, followLast: true)
    let file = try OpenFile.open(name, in: directory, mode: .append, permissions: 0o600)
    let status = try file.require(.own)
    if status.byteCount > Self.byteLimit {
      try directory.rename(name, to: name + ".1")
      return try append(line, to: path)
    }
    try file.writeWhole(line)
  }
}
