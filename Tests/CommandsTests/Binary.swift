import Foundation
import TestSupport

/// The real `deaddrop`, as it was built beside the tests.
enum Binary {
  /// What a process left behind.
  struct Outcome: Sendable {
    let code: Int32
    let output: String
    let errors: String

    /// The lines of the output, the last LF not counted as one.
    var lines: [String] { Self.lines(output) }

    static func lines(_ text: String) -> [String] {
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if lines.last == "" { lines.removeLast() }
      return lines
    }
  }

  /// Runs `deaddrop` with these words.
  static func run(
    _ words: [String], input: Data = Data(), in scratch: Scratch
  ) async throws -> Outcome {
    let path = try Products.path("deaddrop")
    return try await run(path, words, input: input, in: scratch)
  }

  /// Runs a line of shell in which `deaddrop` is the real one.
  static func shell(_ line: String, in scratch: Scratch) async throws -> Outcome {
    try await run("/bin/sh", ["-c", line], input: Data(), in: scratch)
  }

  private static func run(
    _ path: String, _ words: [String], input: Data, in scratch: Scratch
  ) async throws -> Outcome {
    // Files and not pipes: no pipe can fill up while nobody reads it.
    let streams = try scratch.streams(input)
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = words
    process.currentDirectoryURL = scratch.folder
    process.environment = scratch.environment.merging(
      [
        "PATH": "\(try Products.folder().path):/usr/bin:/bin", "HOME": scratch.home.path,
        "LC_ALL": "C",
      ]
    ) { given, _ in given }
    process.standardInput = try FileHandle(forReadingFrom: streams.input)
    process.standardOutput = try FileHandle(forWritingTo: streams.output)
    process.standardError = try FileHandle(forWritingTo: streams.errors)
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do { try process.run() } catch { done.resume(throwing: error) }
      // What hangs is ended, and then fails by its code.
      DispatchQueue.global().asyncAfter(deadline: .now() + 60) {
        if process.isRunning { process.terminate() }
      }
    }
    return Outcome(
      code: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: streams.output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: streams.errors), as: UTF8.self))
  }
}

/// A directory of one test, with a HOME of its own; removed with all that is in it.
final class Scratch: Sendable {
  let root: URL
  /// Where commands run.
  let folder: URL
  let home: URL
  /// Variables beside PATH, HOME and LC_ALL; nothing of the tester's own gets in.
  ///
  /// In their values {HOME} stands for `home`.
  let environment: [String: String]

  init(environment: [String: String] = [:]) throws {
    root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appending(path: "deaddrop-commands.\(UUID().uuidString)")
    folder = root.appending(path: "work")
    let home = root.appending(path: "home")
    self.home = home
    self.environment = environment.mapValues {
      $0.replacingOccurrences(of: "{HOME}", with: home.path)
    }
    for url in [folder, home, root.appending(path: "streams")] {
      try FileManager.default.createDirectory(
        at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  /// Writes a file of the working directory.
  func write(_ data: Data, to name: String, permissions: Int = 0o600) throws {
    let url = folder.appending(path: name)
    try data.write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: url.path)
  }

  fileprivate func streams(_ input: Data) throws -> (input: URL, output: URL, errors: URL) {
    let name = root.appending(path: "streams/\(UUID().uuidString)").path
    let urls = [".in", ".out", ".err"].map { URL(filePath: name + $0) }
    try input.write(to: urls[0])
    for url in urls[1...] { try Data().write(to: url) }
    return (urls[0], urls[1], urls[2])
  }
}

/// Where the files of these tests stand.
enum TestFiles {
  static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent()
  static let sources = folder.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources")

  static func vectors<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let file = folder.deletingLastPathComponent().appending(path: "Vectors/" + name)
    return try JSONDecoder().decode(type, from: try Data(contentsOf: file))
  }

  /// The files of a folder beside the tests whose names end so, in order.
  static func named(_ suffix: String, in name: String) throws -> [URL] {
    try FileManager.default
      .contentsOfDirectory(at: folder.appending(path: name), includingPropertiesForKeys: nil)
      .filter { $0.lastPathComponent.hasSuffix(suffix) }
      .sorted { $0.path < $1.path }
  }

  /// Whether to write golden files instead of comparing with them.
  static let updatesGolden = ProcessInfo.processInfo.environment["DEADDROP_UPDATE_GOLDEN"] != nil
}
