package import Host
package import Protocol
import WireFormat

/// The directory that the members share, opened once and checked.
package struct SharedDirectory: ~Copyable {
  package let directory: Directory
  /// Who else's account writes here, and so how files are made.
  package let sharing: Sharing
  package var path: String { directory.path }

  package static let genesisName = "wire.json"
  package static let beatsName = "beats"
  package static let decisionsName = "decisions.jsonl"
  package static let incidentLogName = "incident_log.jsonl"
  private static let genesisByteLimit = 1 << 20

  /// Refuses a link, and a directory that others may change: world-writable without the sticky bit,
  /// or of another account unless it is shared by a group with setgid and sticky (3770).
  package static func open(_ path: String) throws(WireError) -> SharedDirectory {
    let directory = try openDirectory(path)
    let status = try WireError.lifting { () throws(HostError) in try directory.status() }
    if let refusal = Sharing.refusal(of: status, user: Environment.effectiveUser) {
      throw .unsafeDirectory(path, refusal)
    }
    return SharedDirectory(directory: directory, sharing: Sharing(status))
  }

  /// Whether its path still stands for the directory that is open.
  package var isInPlace: Bool { directory.isInPlace }

  private static func openDirectory(_ path: String) throws(WireError) -> Directory {
    do {
      return try Directory.open(path, followLast: false)
    } catch {
      if error.isNotFound { throw .noDirectory(path) }
      if case .refused(_, .symbolicLink) = error { throw .linkedDirectory(path) }
      throw .host(error)
    }
  }

  private func genesisBytes() throws(WireError) -> [UInt8] {
    let bytes: [UInt8]?
    do {
      bytes = try directory.readFile(
        Self.genesisName, limit: Self.genesisByteLimit, policy: .anyOwner)
    } catch { throw .host(error) }
    guard let bytes else { throw .notAWire(path) }
    return bytes
  }

  /// The genesis by its content alone: for an agent that has pinned the wire's id.
  package func genesis() throws(WireError) -> Genesis {
    let bytes = try genesisBytes()
    do { return try Genesis(bytes) } catch { throw .genesis(path, error) }
  }

  /// The genesis with its signature checked: for a stranger.
  package func checkedGenesis() throws(WireError) -> Genesis {
    let bytes = try genesisBytes()
    do { return try Genesis(checking: bytes) } catch { throw .genesis(path, error) }
  }

  /// A log or derived file for reading; nil when there is none yet.
  package func openForReading(_ name: String) throws(HostError) -> OpenFile? {
    let file = try OpenFile.find(name, in: directory)
    try file?.require(.anyOwner)
    return file
  }

  /// A peer's file for reading; nil also where a link, a pipe or a directory stands in its place, or
  /// where another account keeps it to itself.
  ///
  /// One member's odd file must not keep a reader from the others.
  package func openIfReadable(_ name: String) throws(HostError) -> OpenFile? {
    do {
      return try openForReading(name)
    } catch {
      if error.isOfWrongKind { return nil }
      if try isClosed(name, error) { return nil }
      throw error
    }
  }

  /// Whether an error says that another account keeps its file to itself.
  private func isClosed(_ name: String, _ error: HostError) throws(HostError) -> Bool {
    guard error.isForbidden, let status = try directory.status(of: name) else { return false }
    return status.owner != Environment.effectiveUser
  }

  /// Whether something stands there that is no file to read.
  package func isOdd(_ name: String) throws(HostError) -> Bool {
    guard try directory.status(of: name) != nil else { return false }
    switch try openIfReadable(name) {
    case .some: return false
    case .none: return true
    }
  }

  /// The heartbeat directory; nil when there is none yet.
  package func beats() throws(HostError) -> Directory? {
    do {
      return try directory.openSubdirectory(Self.beatsName)
    } catch {
      if error.isNotFound || error.isOfWrongKind { return nil }
      throw error
    }
  }
}
