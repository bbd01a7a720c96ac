import Foundation

/// A directory of its own for one test.
package enum Scratch {
  /// Makes a private directory, runs the body with its path, and removes it with all that is in it.
  package static func run<Value>(_ body: (String) throws -> Value) throws -> Value {
    let name = "deaddrop-tests.\(UUID().uuidString)"
    let url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
  }

  /// Writes a whole file of the directory.
  package static func write(_ bytes: [UInt8], to name: String, in path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path).appendingPathComponent(name))
  }
}
