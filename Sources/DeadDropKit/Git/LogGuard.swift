import Protocol
import WireFormat

/// Keeps a commit from changing what is in a log: the old bytes must be the beginning of the new.
struct LogGuard {
  /// Where the wire's directory stands in the work tree, without a slash at the end.
  let folders: [[UInt8]]

  private static let derived = "decisions.jsonl"
  private static let genesis = "wire.json"

  /// Whether a path is of the wire: of it nobody owns a domain or takes a claim.
  func isOfWire(_ path: [UInt8]) -> Bool { relative(path) != nil }

  /// The part of a path behind the wire's directory.
  private func relative(_ path: [UInt8]) -> String? {
    for folder in folders where path.count > folder.count + 1 {
      guard path.starts(with: folder), path[folder.count] == UInt8(ascii: "/") else { continue }
      return String(decoding: path[(folder.count + 1)...], as: UTF8.self)
    }
    return nil
  }

  /// What a commit may not do to the wire's files, with the path and a clause that says what.
  func breaches(in changes: [StagedChanges.Change]) throws(KitError) -> [(
    path: [UInt8], what: String
  )] {
    let archived = changes.compactMap { change in
      change.old == nil ? change.new.map { (relative(change.path) ?? "", $0) } : nil
    }.filter { $0.0.hasPrefix("archive/") }
    var breaches: [(path: [UInt8], what: String)] = []
    for change in changes {
      guard let name = relative(change.path), let old = change.old else { continue }
      let what =
        name.hasPrefix("archive/")
        ? archiveBreach(name, change) : try breach(name, old, change.new, archived)
      if let what { breaches.append((change.path, what)) }
    }
    return breaches
  }

  private func archiveBreach(_ name: String, _ change: StagedChanges.Change) -> String? {
    let isLog = name.split(separator: "/").last.map { $0.hasSuffix(".jsonl") } ?? false
    guard isLog, change.new?.id != change.old?.id else { return nil }
    return "the commit changes or removes an archived log"
  }

  private func breach(
    _ name: String, _ old: StagedChanges.Blob, _ new: StagedChanges.Blob?,
    _ archived: [(String, StagedChanges.Blob)]
  ) throws(KitError) -> String? {
    if name == Self.genesis {
      return new?.id == old.id ? nil : "the commit changes or removes the genesis"
    }
    let isLog = LogName.isValid(name)
    guard isLog || name == Self.derived, old.isFile else { return nil }
    if let new, new.isFile, try holds(new, old) { return nil }
    let stem = name.dropLast(".jsonl".count)
    for (file, blob) in archived where isLog && blob.isFile {
      let base = file.split(separator: "/").last ?? ""
      if base.hasPrefix(stem + "."), try holds(blob, old) { return nil }
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
