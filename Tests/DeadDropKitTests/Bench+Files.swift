import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Wire
import WireFormat

/// What a test does to the files behind the agents' backs.
extension Bench {
  func log(of handle: Handle) throws -> String {
    let genesis = try SharedDirectory.open(path).genesis()
    guard let member = genesis.members.first(where: { $0.handle == handle }) else {
      throw TestWireError.noWriter(handle)
    }
    return member.log
  }

  func read(_ name: String, in folder: String? = nil) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder ?? path)/\(name)")))
  }

  /// Overwrites in place, so that the file stays the same inode.
  func overwrite(_ name: String, with bytes: [UInt8], in folder: String? = nil) throws {
    let url = URL(fileURLWithPath: "\(folder ?? path)/\(name)")
    let file = try FileHandle(forWritingTo: url)
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data(bytes))
    try file.close()
  }

  /// The whole lines of a file without their LF.
  func lines(_ name: String) throws -> [[UInt8]] {
    guard FileManager.default.fileExists(atPath: "\(path)/\(name)") else { return [] }
    return try read(name).split(separator: lineFeed).map { Array($0) }
  }

  func lines(of handle: Handle) throws -> [[UInt8]] {
    let log = try log(of: handle)
    return try (archive(of: log) + [log]).flatMap { try lines($0) }
  }

  /// The archived files of a log in the order of their lines.
  func archive(of log: String) throws -> [String] {
    let found = FileManager.default.subpaths(atPath: "\(path)/archive") ?? []
    return found.compactMap { file in
      ArchiveName(String(file.split(separator: "/").last ?? ""), of: log)
        .map { (first: $0.first, file: "archive/\(file)") }
    }.sorted { $0.first < $1.first }.map(\.file)
  }

  func setLines(_ lines: [[UInt8]], of handle: Handle) throws {
    try overwrite(log(of: handle), with: lines.flatMap { $0 + [lineFeed] })
  }

  func append(_ line: [UInt8], to handle: Handle) throws {
    try appendBytes(line + [lineFeed], to: log(of: handle))
  }

  func appendBytes(_ bytes: [UInt8], to name: String) throws {
    try overwrite(name, with: read(name) + bytes)
  }

  /// The messages of a log, as far as its lines spell any.
  func messages(of handle: Handle) throws -> [Message] {
    try lines(of: handle).compactMap { line in
      guard let envelope = try? Envelope.read(line.span) else { return nil }
      return try? Message(line.span, envelope)
    }
  }

  func count(_ type: MessageType, of handle: Handle) throws -> Int {
    try messages(of: handle).count { $0.type.known == type }
  }

  /// The lines of `decisions.jsonl` as texts.
  func derived() throws -> [String] {
    try lines(SharedDirectory.decisionsName).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What the messages derive, as texts.
  func derivable() throws -> [String] {
    let state = try audit().reading.state
    return state.decisionLines(under: state.history)
      .map { String(decoding: $0.line, as: UTF8.self) }
  }

  /// Every file under a directory with its bytes; directories are there without any.
  func snapshot(_ folder: String) throws -> [String: Data] {
    let files = FileManager.default
    guard files.fileExists(atPath: folder) else { return [:] }
    return try files.subpathsOfDirectory(atPath: folder).reduce(into: [:]) { found, name in
      let file = "\(folder)/\(name)"
      let kind = try files.attributesOfItem(atPath: file)[.type] as? FileAttributeType
      found[name] =
        kind == .typeRegular ? try Data(contentsOf: URL(fileURLWithPath: file)) : Data()
    }
  }

  private var lineFeed: UInt8 { UInt8(ascii: "\n") }
}

/// Wires whose lines the test signs itself.
extension Bench {
  /// Lays the wire out and makes one of its members an agent of this machine, that wrote nothing.
  func settleIn(_ wire: TestWire, as handle: Handle) throws {
    let places = places(handle)
    let state = places.state(wire: wire.genesis.id, handle: handle)
    for folder in [path, places.keys, state] {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: folder == path ? 0o755 : 0o700])
    }
    try wire.write(to: path)
    let seed = SHA256Hasher.hash(Array("deaddrop test key \(handle)/1".utf8)).bytes
    try Scratch.write(seed, to: "\(handle).key", in: places.keys)
    try restrict("\(places.keys)/\(handle).key")
  }

  func restrict(_ file: String, to permissions: Int = 0o600) throws {
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
  }
}
