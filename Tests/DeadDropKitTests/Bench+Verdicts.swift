import DeadDropKit
import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

/// A wire on which scribe wrote its card and three requests; forge has read them, and its beat says so.
func written(_ body: (Bench) throws -> Void) throws {
  try Bench.run("forge", "scribe") { bench in
    try bench.send(["one", "two", "three"], by: "scribe")
    try bench.inbox("forge")
    try bench.settle("scribe")
    try body(bench)
  }
}

/// What is said of a wire to which something has befallen.
extension Bench {
  /// What doctor says; it may change no byte of the wire, of the keys and of anybody's state.
  func doctor(_ handle: Handle?, local: Handle? = nil) throws -> [Checkup] {
    let before = try snapshot(root)
    let checkups = try Doctor.examine(
      directory: path, as: handle?.name, in: places(local ?? handle ?? "nobody"))
    #expect(try snapshot(root) == before)
    return checkups
  }

  @discardableResult
  func adopt(_ handle: Handle) throws -> Repair.Outcome {
    try Repair.adopt(directory: path, as: handle.name, in: places(handle))
  }

  /// Tries to adopt and expects a refusal that leaves everything as it is.
  func expectNoAdoption(_ handle: Handle, _ words: String) throws {
    let before = try snapshot(root)
    do {
      _ = try adopt(handle)
      Issue.record("adopted")
    } catch {
      #expect("\(error)".contains(words), "\(error)")
    }
    #expect(try snapshot(root) == before)
  }

  /// The same wire with all agents' keys and state, on another machine.
  func replica(_ name: String = "replica") throws -> Bench {
    let other = Bench(root: "\(root)/\(name)")
    let files = FileManager.default
    try files.createDirectory(
      atPath: other.root, withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    for entry in try files.contentsOfDirectory(atPath: root)
    where entry.hasPrefix("home-") || entry == "_coordination" {
      try files.copyItem(atPath: "\(root)/\(entry)", toPath: "\(other.root)/\(entry)")
    }
    return other
  }

  /// Brings a log's lines from another machine behind those that are here.
  func merge(_ handle: Handle, from other: Bench) throws {
    let held = Set(try lines(of: handle))
    for line in try other.lines(of: handle) where !held.contains(line) {
      try append(line, to: handle)
    }
  }

  func evidenceFiles(of handle: Handle) throws -> [String] {
    let folder = try statePath(of: handle) + "/evidence"
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// What the kept pieces of one reason prove to somebody with nothing else at hand.
  func findings(_ reason: String, of handle: Handle) throws -> [EvidenceFinding] {
    let folder = try statePath(of: handle) + "/evidence"
    return try evidenceFiles(of: handle).filter { $0.hasPrefix(reason + "-") }.map { name in
      try Verification.evidence(read(name, in: folder), from: name).1
    }
  }

  func pk(of handle: Handle) throws -> Bytes32 {
    try #require(try KeyStore(places(handle)).publicKey(handle))
  }

  func verdict(of handle: Handle, for reader: Handle) throws -> ChainVerdict? {
    try act(as: reader) { session, _ in session.reader.store.records[handle]?.verdict }
  }

  func remove(_ name: String, of handle: Handle, ifThere: Bool = false) throws {
    let file = try statePath(of: handle) + "/" + name
    if ifThere, !FileManager.default.fileExists(atPath: file) { return }
    try FileManager.default.removeItem(atPath: statePath(of: handle) + "/" + name)
  }
}

extension [Checkup] {
  var bad: [Checkup] { filter { $0.grade == .bad } }
  var warnings: [Checkup] { filter { $0.grade == .warning } }

  /// Whether one of this grade names these words, in its subject or finding.
  func says(_ grade: Checkup.Grade, _ words: String...) -> Bool {
    contains { checkup in
      let text = checkup.subject + ": " + checkup.finding
      return checkup.grade == grade && words.allSatisfy(text.contains)
    }
  }
}
