/// A process that holds a lock, as far as the system tells.
package struct LockHolder: Equatable, Sendable {
  package let processID: Int32
  /// The name that the system shows for it; nil when that cannot be read, or it has ended.
  package let command: String?

  /// A holder as the system told it, or as a test makes it up.
  package init(processID: Int32, command: String?) {
    (self.processID, self.command) = (processID, command)
  }

  /// Asks the process to end: kill(2) with SIGTERM.
  package func terminate() throws(HostError) {
    try Kernel.terminate(processID)
  }

  /// The clause that follows the path of a locked file, whether its holder is known or not.
  package static func words(_ holder: LockHolder?) -> String {
    switch (holder?.processID, holder?.command) {
    case (let number?, let command?): "locked by \(command) (pid \(number))"
    case (let number?, nil): "locked by process \(number)"
    case (nil, _): "locked by another process"
    }
  }
}

extension OpenFile {
  /// A process that holds a flock(2) lock on this file now; nil when the system does not tell.
  ///
  /// From `/proc/locks`, which only Linux has; it knows no holder on another machine or outside of
  /// this PID namespace, nor one on a file system that shows its files under another device.
  package func lockHolder() -> LockHolder? {
    #if os(Linux)
      guard let status = try? status(),
        let process = try? Directory.open("/proc", followLast: true),
        let table = try? process.readFile("locks", limit: 1 << 20, policy: .anyOwner),
        let number = LockHolder.processID(
          holding: status, in: String(decoding: table, as: UTF8.self))
      else { return nil }
      return LockHolder(processID: number, command: LockHolder.command(of: number))
    #else
      return nil
    #endif
  }
}

extension LockHolder {
  /// The first process of a table such as `/proc/locks` that has a flock(2) lock on this file.
  ///
  ///     1: FLOCK  ADVISORY  WRITE 4242 fe:00:131077 0 EOF
  ///     1: -> FLOCK  ADVISORY  WRITE 4243 fe:00:131077 0 EOF        only waits for it
  package static func processID(holding file: FileStatus, in table: String) -> Int32? {
    let major = file.device >> 8 & 0xFFF | file.device >> 32 & 0xFFFF_F000
    let minor = file.device & 0xFF | file.device >> 12 & 0xFFFF_FF00
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 6, fields[1] == "FLOCK", let number = Int32(fields[4]), number > 0
      else { continue }
      let place = fields[5].split(separator: ":")
      guard place.count == 3, UInt64(place[0], radix: 16) == major,
        UInt64(place[1], radix: 16) == minor, UInt64(place[2]) == file.inode
      else { continue }
      return number
    }
    return nil
  }

  /// From `/proc/PID/comm`: at most 15 bytes that the process itself can choose.
  fileprivate static func command(of number: Int32) -> String? {
    guard let directory = try? Directory.open("/proc/\(number)", followLast: true),
      let bytes = try? directory.readFile("comm", limit: 64, policy: .anyOwner)
    else { return nil }
    let name = bytes.prefix { $0 != UInt8(ascii: "\n") }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }
}
