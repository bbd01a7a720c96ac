import Host
import WireFormat

/// What the next commit changes, by the index that git will commit.
struct StagedChanges {
  /// One path that is not as in a parent of the commit.
  struct Change: Equatable {
    /// By its bytes, relative to the root of the work tree.
    let path: [UInt8]
    /// Nil where there is nothing.
    let old: Blob?
    let new: Blob?
  }

  struct Blob: Hashable {
    /// As git spells it: `100644`, `120000` for a link, `160000` for a submodule.
    let mode: String
    let id: String

    var isFile: Bool { mode.hasPrefix("100") }
  }

  /// Against each parent: HEAD, or nothing before the first commit, and what is being merged.
  let byParent: [[Change]]

  /// What differs from every parent: what this commit itself brings.
  var own: [Change] {
    guard let first = byParent.first else { return [] }
    let others = byParent.dropFirst().map { Set($0.map(\.path)) }
    return first.filter { change in others.allSatisfy { $0.contains(change.path) } }
  }

  /// What is only announced (`git add -N`) is not committed, and counts as absent.
  static func read() throws(KitError) -> StagedChanges {
    var parents: [String] = []
    if let head = try Git.line(["rev-parse", "-q", "--verify", "HEAD^{commit}"], mayFail: true) {
      parents = [head] + (try mergeHeads())
    } else if let empty = try Git.line(["hash-object", "-t", "tree", "--stdin"]) {
      parents = [empty]
    }
    var byParent: [[Change]] = []
    for parent in parents {
      let raw = try Git.ask([
        "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev",
        "--ignore-submodules=none", "--ita-invisible-in-index", parent, "--",
      ])
      byParent.append(try changes(raw ?? []))
    }
    return StagedChanges(byParent: byParent)
  }

  private static func mergeHeads() throws(KitError) -> [String] {
    guard let path = try Git.line(["rev-parse", "--git-path", "MERGE_HEAD"]) else { return [] }
    return try KitError.lifting { () throws(HostError) in
      let full = WireLocation.absolute(path, from: try Environment.currentDirectory())
      guard let slash = full.lastIndex(of: "/") else { return [] }
      let directory = try Directory.open(String(full[...slash]), followLast: true)
      let bytes = try directory.readFile("MERGE_HEAD", limit: 1 << 16, policy: .anyOwner) ?? []
      return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// Reads `:oldmode newmode oldid newid LETTER`, NUL, path, NUL, and so on.
  static func changes(_ raw: [UInt8]) throws(KitError) -> [Change] {
    let parts = raw.split(separator: 0, omittingEmptySubsequences: false)
    var changes: [Change] = []
    var at = 0
    while at + 1 < parts.count {
      let fields = String(decoding: parts[at].dropFirst(), as: UTF8.self).split(separator: " ")
      guard parts[at].first == UInt8(ascii: ":"), fields.count == 5 else {
        throw .git("git diff-index gave what cannot be read")
      }
      changes.append(
        Change(
          path: Array(parts[at + 1]), old: blob(fields[0], fields[2]),
          new: blob(fields[1], fields[3])))
      at += 2
    }
    return changes
  }

  private static func blob(_ mode: Substring, _ id: Substring) -> Blob? {
    mode == "000000" ? nil : Blob(mode: String(mode), id: String(id))
  }
}
