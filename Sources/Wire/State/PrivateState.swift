package import Host
package import WireFormat

/// What one agent remembers of one wire, on this machine only; no peer can reach it.
///
///     heads.json  facts.N.jsonl      what was verified, and the lines that carry state
///     writer.txt                     the own head; locked while the own log is written
///     cursors/SESSION.json           how far a session was shown
///     trust.json  invites.json  settling.json
///                                    what DeadDropKit keeps
///     reader.lock  settle.lock  tier.lock  daemon.lock
///                                    never unlinked
///     elsewhere.json                 where this agent is in force, if not here
///     evidence/                      lines that were refused, proofs of forks and rollbacks
package struct PrivateState: ~Copyable {
  package let directory: Directory
  package var path: String { directory.path }
  /// Whether its path still stands for the directory that is open.
  package var isInPlace: Bool { directory.isInPlace }

  /// How long a lock is waited for before its holder is named.
  package static let lockPatience: Duration = .seconds(5)
  private static let fileByteLimit = 1 << 28

  /// Makes the directory when it is absent; refuses one that others may read or change.
  package static func open(_ path: String) throws(WireError) -> PrivateState {
    do {
      let directory = try Directory.createPath(path, permissions: 0o700)
      _ = try directory.require(.privateDirectory)
      return PrivateState(directory: directory)
    } catch { throw .host(error) }
  }

  /// Takes a lock file; it goes with the returned file.
  package func lock(
    _ name: String, unless mutant: Mutant? = nil
  ) throws(WireError) -> OpenFile {
    do {
      let file = try OpenFile.open(
        name, in: directory, mode: .readWriteCreate, permissions: 0o600)
      try file.require(.secret)
      if mutant.map(Mutant.on) ?? false { return file }
      try file.requireLock(upTo: Self.lockPatience)
      return file
    } catch { throw .host(error) }
  }

  /// Says that this agent is in force elsewhere, and why.
  package static let elsewhereName = "elsewhere.json"

  /// Throws `notInForce` where the identity is in force elsewhere: two places that sign make a fork.
  ///
  /// Asked under the lock of whatever is signed, and closed where the file cannot be read.
  package func requireInForce() throws(WireError) {
    if let (why, path) = try elsewhere() { throw .notInForce(why, path) }
  }

  /// Where this agent is in force, if not here.
  package func elsewhere() throws(WireError) -> (why: WireError.NotInForce, path: String)? {
    let status = try WireError.lifting { () throws(HostError) in
      try directory.status(of: Self.elsewhereName)
    }
    guard status != nil else { return nil }
    let object = (try? readObject(Self.elsewhereName)) ?? nil
    let why = object?["why"]?.text.flatMap { WireError.NotInForce(word: $0.string) }
    return (why ?? .moved, object?["path"]?.text?.string ?? "another place")
  }

  /// Says that this agent is in force at another path, durably.
  package func markElsewhere(
    _ why: WireError.NotInForce, _ path: String
  ) throws(WireError) {
    try write(
      ["why": .string(why.word), "path": .string(path)], to: Self.elsewhereName, durable: true)
  }

  /// A JSON object that this agent wrote; nil when absent.
  package func readObject(_ name: String) throws(WireError) -> JSONObject? {
    guard let bytes = try readFile(name) else { return nil }
    do {
      return try JSONParser.record(bytes)
    } catch {
      throw .privateState(
        "\(path)/\(name)", "damaged (\(error.reason.rawValue) at byte \(error.offset))")
    }
  }

  package func readFile(_ name: String) throws(WireError) -> [UInt8]? {
    do {
      return try directory.readFile(name, limit: Self.fileByteLimit, policy: .secret)
    } catch { throw .host(error) }
  }

  /// Gives a file that cannot be read another name; the new path.
  package func putAside(_ name: String) throws(WireError) -> String {
    try WireError.lifting { () throws(HostError) in
      try directory.rename(name, to: name + ".damaged")
    }
    return "\(path)/\(name).damaged"
  }

  /// Replaces a file at once.
  package func write(
    _ object: JSONObject, to name: String, durable: Bool
  ) throws(WireError) {
    do {
      try directory.replaceFile(
        name, with: CanonicalWriter.bytes(of: object) + [UInt8(ascii: "\n")], permissions: 0o600,
        durable: durable)
    } catch { throw .host(error) }
  }

  /// A directory inside it; nil when absent.
  package func subdirectoryIfThere(_ name: String) throws(HostError) -> Directory? {
    do {
      return try directory.openSubdirectory(name)
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }

  /// A directory inside it, made when absent.
  package func subdirectory(_ name: String) throws(HostError) -> Directory {
    if let directory = try subdirectoryIfThere(name) { return directory }
    do {
      try directory.createSubdirectory(name, permissions: 0o700)
    } catch {
      if !error.isExists { throw error }
    }
    return try directory.openSubdirectory(name)
  }
}

extension WireError.NotInForce {
  fileprivate var word: String {
    switch self {
    case .moved: "moved"
    case .moving: "moving"
    case .backup: "backup"
    case .unfinished: "unfinished"
    }
  }

  fileprivate init?(word: String) {
    guard let found = [Self.moved, .moving, .backup, .unfinished].first(where: { $0.word == word })
    else {
      return nil
    }
    self = found
  }
}
