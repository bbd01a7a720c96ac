import Host
package import Identity
package import WireFormat

/// What an append proved.
package struct Receipt: Equatable, Sendable {
  package let eventID: Bytes32
  package let seq: Int
  /// What went less than well although the line is stored.
  package var notes: [String] = []
}

/// The way to one agent's own log.
///
/// The system calls of one append, in order:
///
///     openat     writer.txt  O_RDWR|O_CREAT       private: no peer can hold it
///     flock      LOCK_EX|LOCK_NB                    up to 5 s, then the holder is named
///     fstatat    elsewhere.json                     there: nothing is signed here
///     pread                                         the own head
///     openat     LOG  O_RDWR|O_APPEND|O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK
///     fstat                                         regular, ours, one link, not writable by others
///     fstatat    LOG                                still this inode?
///     pread                                         the own last line is where it was left
///     [openat    LOG  O_CREAT as well]              where there is none, after a look at the archive
///     [ftruncate]                                   bytes after the last LF are not part of the log
///     write                                         the whole line and its LF, once
///     fdatasync
///     [fsync     the directory and its parent]      with the first line of the file
///     pwrite     writer.txt                       fdatasynced every 32nd time
///     close                                         unlocks
///
/// BUG: on a file system without working O_APPEND or flock (NFS, SMB) two processes of one agent on
/// two hosts can write at once; one writer a log makes that harmless, and nothing here detects a
/// second.
package struct LogWriter: Sendable {
  package let wire: Bytes32
  package let handle: Handle
  package let log: String
  /// What the wire says of the own keys, as far as this agent's reader has come.
  package var keys = OwnKeys()

  /// A crash after an append leaves at most so many lines that the record does not know.
  package static let adoptableLines = 64

  package init(wire: Bytes32, handle: Handle, log: String) {
    (self.wire, self.handle, self.log) = (wire, handle, log)
  }

  /// Locks the log and makes the record and the log agree, for as many appends as are wanted.
  ///
  /// `pk` is the key to open a log with that holds no line yet. `isSound` is what this agent's reader says of the own chain; without `synchronizes` nothing is
  /// durable and the log is for measuring. Throws `ownLogBehind`, `ownLogAhead`, `ownLogDiffers`
  /// or `notInForce` rather than let a second history be signed.
  package func open(
    by pk: Bytes32, _ shared: borrowing SharedDirectory, _ state: borrowing PrivateState,
    isSound: Bool = true, synchronizes: Bool = true
  ) throws(WireError) -> OpenLog {
    var recordFile = try WriterFile.lock(state)
    var record = recordFile.record ?? WriterRecord()
    let live = try openFile(shared, mode: .appendExisting)
    let notes = try Adoption(
      writer: self, pk: keys.opening ?? pk, isKnown: recordFile.record != nil
    ).settle(&record, live, shared)
    // The end is as it was left, and a reader has found that what is before it is not.
    guard isSound else { throw .ownLogDiffers(log: log, seq: record.head.seq) }
    // What was adopted is durable before anything is added: one cut or kill after the other must not
    // add up.
    if !notes.isEmpty { try recordFile.save(record, state, durable: true) }
    if record.key == nil { record.key = KeySpan(fromSeq: 1, pk: keys.opening ?? pk) }
    return OpenLog(
      self, recordFile, live, record, notes: notes, synchronizes: synchronizes)
  }

  /// The file that the log's name stands for now; nil when there is none and none may be made.
  func openFile(
    _ shared: borrowing SharedDirectory, mode: OpenMode
  ) throws(WireError) -> LogFile.Held? {
    try WireError.lifting { () throws(HostError) in
      while true {
        let file: OpenFile
        do throws(HostError) {
          file = try OpenFile.open(
            log, in: shared.directory, mode: mode, permissions: shared.sharing.ownFile)
        } catch {
          if error.isNotFound, mode == .appendExisting { return nil }
          throw error
        }
        let status = try file.require(.own)
        guard let named = try shared.directory.status(of: log), named.isSameFile(as: status) else {
          continue
        }
        // A second name that was taken away meanwhile shows in neither look alone.
        try file.require(.own, named: log, in: shared.directory)
        try shared.sharing.apply(shared.sharing.ownFile, to: file, status)
        return LogFile.Held(file)
      }
    }
  }
}

/// The keys of the own chain as the wire's directory has them.
package struct OwnKeys: Equatable, Sendable {
  /// The key of seq 1; nil where the chain has not begun.
  package var opening: Bytes32?
  /// The key of the line after the last one read; nil where nothing was read yet.
  package var next: Bytes32?
  /// Where the other members decided that the chain goes on.
  package var recoveries: [KeyDirectory.Recovery] = []

  package init() {}

  package init(_ record: HeadRecord) {
    (opening, next) = (record.openingKey, record.spans.last?.pk)
    recoveries = record.recoveries
  }
}
