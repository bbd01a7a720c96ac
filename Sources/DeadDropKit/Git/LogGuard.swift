import Protocol
import Wire
import WireFormat

/// Keeps a commit from changing what is in a log: the old bytes must be the beginning of the new.
struct LogGuard {
  /// Where wires stand in the work tree.
  enum Places {
    /// The work tree is the wire's directory itself.
    case root
    /// These directories, without a slash at the end.
    case folders([[UInt8]])
    /// Every directory of this name: no wire is known, so each may be one.
    case named([UInt8])
  }

  let places: Places

  private static let derived = "decisions.jsonl"
  private static let genesis = "wire.json"

  /// Whether a path is of the wire: of it nobody owns a domain or takes a claim.
  func isOfWire(_ path: [UInt8]) -> Bool { relative(path) != nil }

  /// The part of a path behind the wire's directory.
  private func relative(_ path: [UInt8]) -> String? {
    switch places {
    case .root: return String(decoding: path, as: UTF8.self)
    case .folders(let folders):
      let folder = folders.first { path.starts(with: $0 + [UInt8(ascii: "/")]) }
      return folder.map { String(decoding: path[($0.count + 1)...], as: UTF8.self) }
    case .named(let name):
      let parts = path.split(separator: UInt8(ascii: "/"))
      guard let at = parts.firstIndex(where: { $0.elementsEqual(name) }), at + 1 < parts.count
      else { return nil }
      return String(decoding: path[parts[at + 1].startIndex...], as: UTF8.self)
    }
  }

  /// A file that the commit adds to a year of the archive.
  private struct Archived {
    let name: String
    let blob: StagedChanges.Blob
  }

  /// What a commit may not do to the wire's files, with the path and a clause that says what.
  func breaches(in changes: [StagedChanges.Change]) throws(KitError) -> [(
    path: [UInt8], what: String
  )] {
    let archived = changes.compactMap { change -> Archived? in
      guard change.old == nil, let blob = change.new, blob.isFile, let name = relative(change.path)
      else { return nil }
      let parts = name.split(separator: "/").map(String.init)
      guard parts.count == 3, parts[0] == ArchiveName.directoryName, ArchiveName.isYear(parts[1])
      else { return nil }
      return Archived(name: parts[2], blob: blob)
    }
    var breaches: [(path: [UInt8], what: String)] = []
    for change in changes {
      guard let name = relative(change.path), let old = change.old else { continue }
      let what =
        name.hasPrefix("archive/")
        ? archiveBreach(name, change) : try breach(name, change, old, archived)
      if let what { breaches.append((change.path, what)) }
    }
    return breaches
  }

  private func archiveBreach(_ name: String, _ change: StagedChanges.Change) -> String? {
    let isLog = name.split(separator: "/").last.map { $0.hasSuffix(".jsonl") } ?? false
    guard isLog, !isKept(change) else { return nil }
    return "the commit changes or removes an archived log"
  }

  /// Whether a file stays the file that it was, byte for byte.
  private func isKept(_ change: StagedChanges.Change) -> Bool {
    change.new?.id == change.old?.id && change.new?.isFile == change.old?.isFile
  }

  private func breach(
    _ name: String, _ change: StagedChanges.Change, _ old: StagedChanges.Blob,
    _ archived: [Archived]
  ) throws(KitError) -> String? {
    if name == Self.genesis {
      return isKept(change) ? nil : "the commit changes or removes the genesis"
    }
    let new = change.new
    let isLog = LogName.isValid(name)
    guard isLog || name == Self.derived, old.isFile else { return nil }
    if let new, new.isFile, try holds(new, old) { return nil }
    // Under another name it would be no part of the log.
    for file in archived where isLog && ArchiveName(file.name, of: name) != nil {
      if try holds(file.blob, old) { return nil }
    }
    guard let new else { return "the commit removes or renames it" }
    guard new.isFile else { return "the commit puts something else in its place" }
    return "the commit changes, removes or inserts lines"
  }

  /// Whether a file begins with all whole lines of another: what follows the last LF is no line.
  private func holds(
    _ new: StagedChanges.Blob, _ old: StagedChanges.Blob
  ) throws(KitError) -> Bool {
    if new.id == old.id { return true }
    let before = try Git.blob(old.id)
    let end = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return try Git.blob(new.id).starts(with: before[..<end])
  }
}
