import Host
import Identity
import Protocol
import Wire
import WireFormat

/// Founds a wire over the logs of older tools, which stay as they are.
///
/// Their lines are history: covered by a hash in the genesis, in no chain, without effect.
enum Adopting {
  /// The logs of the members: those that are there under a name of theirs, else new ones.
  static func logs(of request: Founding.Request) throws(KitError) -> [String] {
    let members = [request.founder] + request.peers
    let names = try files(in: request.directory)
    return members.map { member in
      let usual = LogName.make(for: member, among: members)
      if names.contains(usual) { return usual }
      let own = names.filter { $0.hasPrefix("\(member)_to_") && LogName.isValid($0) }
      // Of several, none is more the member's than the others: all are history.
      return own.count == 1 ? own[0] : usual
    }
  }

  /// What all files of older lines hold now, each ended with an LF where it had none.
  static func takeStock(
    _ request: Founding.Request, logs: [String]
  ) throws(KitError) -> [String: Genesis.Legacy] {
    let path = request.directory
    let shared = try KitError.liftingWire { () throws(WireError) in try SharedDirectory.open(path) }
    let names = try files(in: path)
    let hasGenesis = try KitError.lifting { () throws(HostError) in
      try shared.directory.status(of: SharedDirectory.genesisName) != nil
    }
    if hasGenesis { throw .wireExists(path) }
    guard names.contains(where: { logs.contains($0) }) else { throw .nothingToAdopt(path) }
    guard names.count <= Genesis.legacyLimit else { throw .tooMuchToAdopt(path, names.count) }
    return try KitError.lifting { () throws(HostError) in
      var legacy: [String: Genesis.Legacy] = [:]
      for name in names {
        try endLastLine(of: name, in: shared.directory)
        legacy[name] = try stock(of: name, in: shared.directory)
      }
      return legacy
    }
  }

  /// The files of lines in a directory.
  private static func files(in path: String) throws(KitError) -> [String] {
    do throws(HostError) {
      let directory = try Directory.open(path, followLast: false)
      var files: [String] = []
      for name in try directory.names() where LogName.isFile(Text(name)) {
        if try directory.status(of: name)?.kind == .regular { files.append(name) }
      }
      return files
    } catch {
      if error.isNotFound { throw .wire(.noDirectory(path)) }
      throw .host(error)
    }
  }

  /// An unfinished line at the end would be cut off by whoever writes next.
  private static func endLastLine(
    of name: String, in directory: borrowing Directory
  ) throws(HostError) {
    let file = try OpenFile.open(name, in: directory, mode: .read)
    let size = try file.require(.anyOwner).byteCount
    guard try !file.missingFeed(at: size).isEmpty else { return }
    let log = try OpenFile.open(name, in: directory, mode: .appendExisting)
    try log.require(.anyOwner, named: name, in: directory)
    // Somebody who founds a wire here too may have ended it meanwhile, or be about to.
    try log.requireLock(upTo: .seconds(5))
    let feed = try log.missingFeed(at: try log.status().byteCount)
    try log.writeWhole(feed)
    try log.synchronizeData()
  }

  private static func stock(
    of name: String, in directory: borrowing Directory
  ) throws(HostError) -> Genesis.Legacy {
    let file = try OpenFile.open(name, in: directory, mode: .read)
    let size = try file.require(.anyOwner).byteCount
    var hasher = SHA256Hasher()
    var offset: Int64 = 0
    while offset < size {
      let bytes = try file.read(at: offset, count: Int(min(1 << 18, size - offset)))
      if bytes.isEmpty { break }
      hasher.update(bytes)
      offset += Int64(bytes.count)
    }
    // What the genesis covers must be on disk when the genesis is.
    try file.synchronizeData()
    return Genesis.Legacy(byteCount: offset, sha256: hasher.finish())
  }
}
