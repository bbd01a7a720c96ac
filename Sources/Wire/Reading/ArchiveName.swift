/// The name of an archived file of a log, a hint at what it holds: the chain judges.
///
///     archive/2026/forge_to_scribe.1-512.jsonl
package struct ArchiveName: Equatable, Sendable {
  /// The first and the last place of the chain in it.
  package let first: Int
  package let last: Int

  package static let directoryName = "archive"

  package init(first: Int, last: Int) { (self.first, self.last) = (first, last) }

  /// Nil unless the name is one that an archive of this log has.
  package init?(_ name: String, of log: String) {
    let stem = Self.stem(of: log)
    guard name.hasPrefix(stem), name.hasSuffix(Self.suffix),
      name.utf8.count > stem.utf8.count + Self.suffix.utf8.count
    else { return nil }
    let numbers = name.dropFirst(stem.count).dropLast(Self.suffix.count)
      .split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 2, let first = Int(numbers[0]), let last = Int(numbers[1]),
      first >= 1, last >= first
    else { return nil }
    self.init(first: first, last: last)
    // One spelling for one name.
    guard fileName(of: log) == name else { return nil }
  }

  package func fileName(of log: String) -> String {
    "\(Self.stem(of: log))\(first)-\(last)\(Self.suffix)"
  }

  private static let suffix = ".jsonl"

  private static func stem(of log: String) -> String { "\(log.dropLast(suffix.count))." }

  /// Whether a directory in the archive is that of a year.
  package static func isYear(_ name: String) -> Bool {
    name.utf8.count == 4 && name.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
