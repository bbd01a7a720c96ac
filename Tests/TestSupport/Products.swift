package import Foundation

/// The executables that were built beside the running test bundle.
package enum Products {
  package struct Missing: Error {
    package let name: String
    package let searched: [String]
  }

  /// The directory that holds them, found from where the running test bundle stands.
  package static func folder() throws -> URL {
    var searched: [String] = []
    let starts = [
      URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(),
      URL(filePath: CommandLine.arguments.first ?? ""), Bundle.main.bundleURL,
    ]
    for start in starts {
      var folder = start.deletingLastPathComponent()
      for _ in 0..<4 {
        if isExecutable(folder.appending(path: "deaddrop").path) { return folder }
        searched.append(folder.path)
        folder = folder.deletingLastPathComponent()
      }
    }
    throw Missing(name: "deaddrop", searched: searched)
  }

  /// The path of one of them.
  package static func path(_ name: String) throws -> String {
    let folder = try folder()
    let path = folder.appending(path: name).path
    guard isExecutable(path) else { throw Missing(name: name, searched: [folder.path]) }
    return path
  }

  private static func isExecutable(_ path: String) -> Bool {
    guard FileManager.default.isExecutableFile(atPath: path) else { return false }
    let values = try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey])
    return values?.isDirectory == false
  }
}
