package import Host
package import Wire

/// How another process of an agent wakes its daemon where no line on the wire does.
///
/// A command that announces another tier changes when the next beat is due: one in `T3_long_idle`
/// would sleep on for minutes, and the agent would be taken for gone. Its daemon watches a folder of
/// private state in which nothing else is written.
package enum DaemonCall {
  private static let folderName = "call"
  private static let fileName = "tier"

  /// The folder to watch, made where there is none.
  package static func folder(_ state: borrowing PrivateState) throws(KitError) -> Directory {
    try KitError.lifting { () throws(HostError) in try state.subdirectory(folderName) }
  }

  /// Wakes the daemon, where one has ever been.
  static func make(_ state: borrowing PrivateState) {
    // A beat was written; that nobody is woken by it is late and not lost.
    do throws(HostError) {
      guard let folder = try state.subdirectoryIfThere(folderName) else { return }
      let file = try OpenFile.open(
        fileName, in: folder, mode: .readWriteCreate, permissions: 0o600)
      try file.require(.secret)
      try file.overwrite([UInt8(ascii: "\n")], at: 0)
    } catch { return }
  }
}
