package import Host
package import Wire
package import WireFormat

/// That a daemon runs for an agent, and what it says of itself.
///
/// Who holds `daemon.lock` is the daemon; `daemon-run.json` beside it is its word, for people.
package struct DaemonPresence: Equatable, Sendable {
  package var processID: Int32
  package var since: Timestamp
  /// Whether it is woken by the system, or must look every second.
  package var isPolling = false
  /// What keeps it from its work, as long as something does.
  package var trouble: String?
  /// What it goes by: the command line may have said otherwise than the file.
  package var settings: DaemonSettings?

  package init(processID: Int32, since: Timestamp) {
    (self.processID, self.since) = (processID, since)
  }

  package static let lockName = "daemon.lock"
  private static let fileName = "daemon-run.json"
  /// Who only looks holds the lock for a moment.
  private static let patience: Duration = .milliseconds(500)

  /// Becomes the agent's daemon, until the file is closed.
  ///
  /// Throws `locked`, which names the other one, within a second.
  package static func begin(_ state: borrowing PrivateState) throws(KitError) -> OpenFile {
    try KitError.lifting { () throws(HostError) in
      let file = try OpenFile.open(
        lockName, in: state.directory, mode: .readWriteCreate, permissions: 0o600)
      try file.require(.secret)
      try file.requireLock(upTo: patience)
      return file
    }
  }

  /// Nil where no daemon runs.
  package static func look(_ state: borrowing PrivateState) throws(KitError) -> DaemonPresence? {
    guard let holder = try holder(state) else { return nil }
    let object = (try? state.readObject(fileName)) ?? nil
    var found = DaemonPresence(
      processID: holder.processID,
      since: object?["since"]?.text.flatMap { Timestamp($0) } ?? Timestamp(microseconds: 0))
    found.isPolling = object?["polling"]?.flag ?? false
    found.trouble = object?["trouble"]?.text?.string
    // Where it could not write its word, one before it did.
    if object?["pid"]?.int == Int(holder.processID) {
      found.settings = object?["settings"]?.members.flatMap { try? DaemonSettings($0) }
    }
    return found
  }

  /// Who holds the lock; where the system does not tell, the process that has written last.
  private static func holder(
    _ state: borrowing PrivateState
  ) throws(KitError) -> LockHolder? {
    let (isHeld, holder) = try KitError.lifting { () throws(HostError) -> (Bool, LockHolder?) in
      guard try state.directory.status(of: lockName) != nil else { return (false, nil) }
      let file = try OpenFile.open(lockName, in: state.directory, mode: .read)
      if try file.tryLock(exclusive: false) { return (false, nil) }
      return (true, file.lockHolder())
    }
    guard isHeld else { return nil }
    if let holder { return holder }
    let object = (try? state.readObject(fileName)) ?? nil
    return LockHolder(processID: Int32(clamping: object?["pid"]?.int ?? 0), command: nil)
  }

  /// Whether the lock is still that of the agent's private state: another may stand in its place.
  package static func holds(
    _ lock: borrowing OpenFile, _ state: borrowing PrivateState
  ) throws(KitError) -> Bool {
    try KitError.lifting { () throws(HostError) in
      let (held, there) = (try lock.status(), try state.directory.status(of: lockName))
      return there?.device == held.device && there?.inode == held.inode
    }
  }

  /// Said anew whenever it changes, in the agent's private state, which must be there.
  package func save(in statePath: String) throws(KitError) {
    let object: JSONObject = [
      "pid": .integer(Int(processID)), "since": .string(since.string),
      "polling": .bool(isPolling), "trouble": trouble.map { .string($0) },
      "settings": settings.map { .object($0.object) },
    ]
    try KitError.lifting { () throws(HostError) in
      let directory = try Directory.open(statePath, followLast: false)
      try directory.replaceFile(
        Self.fileName, with: CanonicalWriter.bytes(of: object) + [UInt8(ascii: "\n")],
        permissions: 0o600, durable: false)
    }
  }
}
