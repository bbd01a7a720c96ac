import Foundation
import Wire
package import WireFormat

extension TestWire {
  /// A file of a log, in the archive or under the log's own name.
  package struct File {
    package let name: String
    package let lines: [[UInt8]]

    package init(name: String, lines: [[UInt8]]) { (self.name, self.lines) = (name, lines) }
  }

  /// One log cut behind these numbers of lines; all but the last piece are archived.
  package func files(of handle: Handle, cutAfter cuts: [Int]) -> [File] {
    let lines = logs[handle] ?? []
    let log = writers[handle]?.log ?? ""
    var files: [File] = []
    var start = 0
    for (index, cut) in cuts.enumerated() {
      let name = Self.archiveName(log, start + 1, cut, year: 2020 + index)
      files.append(File(name: name, lines: Array(lines[start..<cut])))
      start = cut
    }
    return files + [File(name: log, lines: Array(lines[start...]))]
  }

  package static func archiveName(_ log: String, _ first: Int, _ last: Int, year: Int) -> String {
    "archive/\(year)/\(ArchiveName(first: first, last: last).fileName(of: log))"
  }

  /// Writes files below a directory, and those above them where they are missing.
  package static func write(_ files: [File], to path: String) throws {
    for file in files {
      let url = URL(fileURLWithPath: "\(path)/\(file.name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.lines.flatMap { $0 + [10] }).write(to: url)
    }
  }
}
