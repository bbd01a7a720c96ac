import DeadDropKit
import Foundation
import Host
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Files that others could have changed are not used")
struct RefusedFileTests {
  private func founded(_ body: (Bench, String) throws -> Void) throws {
    try Bench.run("forge", "scribe") { bench in
      try body(bench, bench.places("scribe").keys + "/scribe.key")
    }
  }

  private func expectRefused(_ refusal: FileRefusal, _ bench: Bench, _ key: String) throws {
    let before = try bench.lines(of: "scribe")
    #expect(throws: KitError.host(.refused(key, refusal))) {
      try bench.send("one", by: "scribe")
    }
    #expect(try bench.lines(of: "scribe") == before)
  }

  @Test("a key that others can read", arguments: [0o644, 0o640, 0o604, 0o601])
  func looseKey(permissions: Int) throws {
    try founded { bench, key in
      try bench.restrict(key, to: permissions)
      try expectRefused(.looseMode, bench, key)
    }
  }

  @Test("a key that others can write", arguments: [0o620, 0o602, 0o666])
  func writableKey(permissions: Int) throws {
    try founded { bench, key in
      try bench.restrict(key, to: permissions)
      try expectRefused(.looseMode, bench, key)
    }
  }

  @Test("a key that is a link")
  func linkedKey() throws {
    try founded { bench, key in
      try FileManager.default.moveItem(atPath: key, toPath: key + ".real")
      try FileManager.default.createSymbolicLink(
        atPath: key, withDestinationPath: key + ".real")
      try expectRefused(.symbolicLink, bench, key)
    }
  }

  @Test("a key of two names")
  func hardLinkedKey() throws {
    try founded { bench, key in
      try FileManager.default.linkItem(atPath: key, toPath: key + ".second")
      try expectRefused(.hardLinked, bench, key)
    }
  }

  @Test("a key that is gone is named, and no other is made")
  func missingKey() throws {
    try founded { bench, key in
      try FileManager.default.removeItem(atPath: key)
      #expect(throws: KitError.noKey("scribe", path: key)) { try bench.send("one", by: "scribe") }
      #expect(!FileManager.default.fileExists(atPath: key))
    }
  }

  @Test("a key of another length", arguments: [0, 31, 33, 64])
  func wrongLength(byteCount: Int) throws {
    try founded { bench, key in
      try Data(repeating: 7, count: byteCount).write(to: URL(fileURLWithPath: key))
      try bench.restrict(key)
      #expect(throws: KitError.self) { try bench.send("one", by: "scribe") }
    }
  }

  @Test("a wire directory that everybody may write")
  func worldWritable() throws {
    try founded { bench, _ in
      try bench.restrict(bench.path, to: 0o777)
      let refusal = KitError.wire(.unsafeDirectory(bench.path, .worldWritable))
      #expect(throws: refusal) { _ = try bench.open("scribe") }
    }
  }

  @Test("nor does a wire begin in one")
  func initInWorldWritable() throws {
    try Bench.run { bench in
      try FileManager.default.createDirectory(
        atPath: bench.path, withIntermediateDirectories: false)
      try bench.restrict(bench.path, to: 0o777)
      #expect(throws: KitError.self) { try bench.found(["forge", "scribe"]) }
      #expect(try bench.snapshot(bench.path).isEmpty)
    }
  }

  @Test("a wire directory that is a link")
  func linkedWire() throws {
    try founded { bench, _ in
      try FileManager.default.moveItem(atPath: bench.path, toPath: bench.path + ".real")
      try FileManager.default.createSymbolicLink(
        atPath: bench.path, withDestinationPath: bench.path + ".real")
      #expect(throws: KitError.wire(.linkedDirectory(bench.path))) {
        _ = try bench.open("scribe")
      }
    }
  }

  @Test("a directory without wire.json, and none at all")
  func noWire() throws {
    try founded { bench, _ in
      try FileManager.default.removeItem(atPath: bench.path + "/wire.json")
      #expect(throws: KitError.wire(.notAWire(bench.path))) { _ = try bench.open("scribe") }
      try FileManager.default.removeItem(atPath: bench.path)
      #expect(throws: KitError.self) { _ = try bench.open("scribe") }
    }
  }

  @Test("a wire.json that was exchanged has no agent of this machine")
  func otherWire() throws {
    try founded { bench, _ in
      try founded { other, _ in
        let genesis = try other.read("wire.json")
        try bench.overwrite("wire.json", with: genesis)
        #expect(throws: KitError.foreignHandle("scribe", wire: bench.path)) {
          _ = try bench.open("scribe")
        }
      }
    }
  }

  @Test("private state that others can read", arguments: ["writer.txt", "heads.json"])
  func looseState(name: String) throws {
    try founded { bench, _ in
      let file = try bench.statePath(of: "scribe") + "/" + name
      try bench.restrict(file, to: 0o644)
      #expect(throws: KitError.self) { try bench.send("one", by: "scribe") }
    }
  }

  @Test("a peer's log that is a link or a pipe", arguments: [false, true])
  func strangeLog(isPipe: Bool) throws {
    try founded { bench, _ in
      let log = bench.path + "/scribe_to_forge.jsonl"
      try FileManager.default.moveItem(atPath: log, toPath: log + ".real")
      if isPipe {
        // SAFETY: the string lives for the length of the call.
        let made = unsafe mkfifo(log, 0o644)
        try #require(made == 0)
      } else {
        try FileManager.default.createSymbolicLink(
          atPath: log, withDestinationPath: log + ".real")
      }
      // One member's odd file is told, and keeps nobody from the others.
      try bench.act(as: "forge") { _, report in
        #expect(report.isUnsafe)
        #expect(report.broken.map(\.verdict) == [.rollback])
      }
    }
  }
}
