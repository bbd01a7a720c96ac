package import Host

extension SharedDirectory {
  /// The archive; nil when there is none.
  func openArchive() throws(HostError) -> Archive? {
    do {
      return Archive(try directory.openSubdirectory(ArchiveName.directoryName))
    } catch {
      if error.isNotFound || error.isOfWrongKind { return nil }
      throw error
    }
  }

  /// The years of the archive, ascending.
  package func archivedYears() throws(HostError) -> [String] {
    try openArchive()?.years() ?? []
  }

  /// The names in a year of the archive, ascending.
  package func archivedNames(in year: String) throws(HostError) -> [String] {
    try openArchive()?.open(year)?.names() ?? []
  }

  /// Makes the names in the archive durable.
  func synchronizeArchive() throws(HostError) {
    guard let archive = try openArchive() else { return }
    for year in try archive.years() { try archive.open(year)?.synchronize() }
  }

  /// The directory of the years, which several files may be opened from.
  final class Archive: Sendable {
    let directory: Directory

    init(_ directory: consuming Directory) { self.directory = directory }

    func years() throws(HostError) -> [String] {
      try directory.names().filter { ArchiveName.isYear($0) }
    }

    /// A year; nil when there is none.
    func open(_ year: String) throws(HostError) -> Directory? {
      do { return try directory.openSubdirectory(year) } catch {
        if error.isNotFound || error.isOfWrongKind { return nil }
        throw error
      }
    }

    /// Nil where there is no such file, or something that is none.
    func open(_ part: LogPart) throws(HostError) -> OpenFile? {
      let names = part.name.split(separator: "/").map(String.init)
      guard names.count == 3, let year = try open(names[1]) else { return nil }
      return try Self.readable(names[2], in: year)
    }

    static func readable(
      _ name: String, in year: borrowing Directory
    ) throws(HostError) -> OpenFile? {
      do {
        guard let file = try OpenFile.find(name, in: year) else { return nil }
        try file.require(.anyOwner)
        return file
      } catch {
        // One odd file must not keep a reader from the others: what it held is missing.
        if error.isOfWrongKind { return nil }
        throw error
      }
    }

    /// What stands for a file that was opened, where so many of the log are listed already.
    func keep(
      _ file: consuming OpenFile, _ part: LogPart, count: Int
    ) -> LogFile.Archived {
      count < LogFile.Archived.openLimit
        ? .held(LogFile.Held(file)) : .closed(part, in: self)
    }
  }
}
