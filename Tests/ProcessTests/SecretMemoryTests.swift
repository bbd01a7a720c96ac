import CSodium
import Foundation
import Host
import Identity
import TestSupport
import Testing
import WireFormat

extension RealProcesses {
  @Suite("Secrets in the memory of a process")
  struct SecretMemoryTests {
    /// What a signing key comes to be known by: the seed, and both halves of its SHA-512.
    private static func signingSecrets(_ seed: [UInt8]) -> [[UInt8]] {
      var hash = [UInt8](repeating: 0, count: 64)
      // SAFETY: the call reads 32 bytes and writes 64.
      _ = unsafe crypto_hash_sha512(&hash, seed, UInt64(seed.count))
      return [seed, Array(hash[..<32]), Array(hash[32...])]
    }

    /// The middle of a secret: where it is used as a scalar, its ends are clamped.
    private static func needle(_ secret: [UInt8]) -> [UInt8] { Array(secret[1..<31]) }

    /// The key of a sealed message, taken out of the box of a reader whose secret is given.
    private static func contentKey(
      of id: String, for reader: String, _ secret: [UInt8], _ stand: Stand
    ) throws -> [UInt8] {
      let line = try #require(
        try stand.lines(try stand.log(of: "forge")).last { line in
          (try? Envelope.read(line.span))?.eventID.hex == id
        })
      let message = try JSONParser.object(line)
      let text = message["enc"]?.members?["keys"]?.members?[Text(reader)]?.members?["box"]?.text
      let box = try #require(text.flatMap { Base64.decode($0) })
      var (pk, key) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))
      // SAFETY: the calls read 32, 80, 32 and 32 bytes, and write 32 each.
      _ = unsafe crypto_scalarmult_base(&pk, secret)
      let code = unsafe crypto_box_seal_open(&key, box, UInt64(box.count), pk, secret)
      try #require(code == 0)
      return key
    }

    private static func key(_ name: String, _ stand: Stand) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: URL(filePath: "\(stand.home)/keys/\(name)")))
    }

    private static func gate(_ name: String, _ stand: Stand) throws -> OpenFile {
      let folder = try Directory.open(stand.root, followLast: false)
      let gate = try OpenFile.open(name, in: folder, mode: .readWriteCreate)
      try #require(try gate.tryLock())
      return gate
    }

    @Test(
      "signing and sealing keys stand in guarded memory alone while they are held, and nowhere after"
    )
    func library() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let gate = try Self.gate("one", stand)
        let last = try Self.gate("two", stand)
        defer { try? last.unlock() }
        let drill = try Products.path("Drill")
        let command =
          "ulimit -c unlimited; cd '\(stand.root)'; exec '\(drill)' secrets "
          + "'\(stand.root)/one' '\(stand.root)/two'"
        let child = try stand.start("/bin/sh", ["-c", command], as: "forge")
        let id = try child.waitUntilSaid(/held ([0-9a-f]{64})\n/)
        let (seed, secret) = (try Self.key("forge.key", stand), try Self.key("forge.seal", stand))
        let content = try Self.contentKey(
          of: id, for: "scribe", try Self.key("scribe.seal", stand), stand)
        let derived = Self.signingSecrets(seed).dropFirst()
        let needles = ([seed, secret, content] + derived).map(Self.needle)
        // The search is one that finds: what is no secret stands somewhere, and in the open.
        let control = Array(id.utf8)

        let held = try MemoryImage(of: child.child.processID).find(needles + [control])
        #expect(held.last?.contains { !$0.isGuarded } == true)
        for (name, findings) in zip(["seed", "sealing key"], held) {
          #expect(!findings.isEmpty, "\(name)")
          #expect(findings.allSatisfy { $0.isGuarded }, "\(name): \(findings)")
        }
        for (name, findings) in zip(["content key", "scalar", "prefix"], held.dropFirst(2)) {
          #expect(findings.isEmpty, "\(name): \(findings)")
        }

        try gate.unlock()
        _ = try child.waitUntilSaid(/(released)\n/)
        let after = try MemoryImage(of: child.child.processID).find(needles + [control])
        #expect(after.last?.isEmpty == false)
        #expect(after.dropLast().allSatisfy { $0.isEmpty }, "\(after.dropLast())")
        child.child.signal(SIGKILL)
        _ = try child.finish(upTo: .seconds(30))
      }
    }

    @Test("a core that is forced while they are held has none of them")
    func core() async throws {
      let pattern = try String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)
      guard pattern.allSatisfy({ $0.isLetter || $0.isNewline }) else {
        print("notice: cores of this machine go elsewhere: \(pattern); that test is skipped")
        return
      }
      try await Stand.run(["forge", "scribe"]) { stand in
        let gate = try Self.gate("one", stand)
        defer { try? gate.unlock() }
        let drill = try Products.path("Drill")
        let command =
          "ulimit -c unlimited; cd '\(stand.root)'; exec '\(drill)' secrets "
          + "'\(stand.root)/one' '\(stand.root)/one'"
        let child = try stand.start("/bin/sh", ["-c", command], as: "forge")
        let id = try child.waitUntilSaid(/held ([0-9a-f]{64})\n/)
        child.child.signal(SIGABRT)
        _ = try child.finish(upTo: .seconds(60))
        let files = try FileManager.default.contentsOfDirectory(atPath: stand.root)
        guard let core = files.first(where: { $0.hasPrefix("core") }) else {
          print("notice: this machine writes no core; that test is skipped")
          return
        }
        let (seed, secret) = (try Self.key("forge.key", stand), try Self.key("forge.seal", stand))
        let content = try Self.contentKey(
          of: id, for: "scribe", try Self.key("scribe.seal", stand), stand)
        let path = "\(stand.root)/\(core)"
        for needle in (Self.signingSecrets(seed) + [secret, content]).map(Self.needle) {
          let places = try Search.places(of: needle, inFile: path)
          #expect(places.isEmpty)
        }
        let control = try Search.places(of: Array(id.utf8), inFile: path)
        #expect(!control.isEmpty)
      }
    }

    @Test(
      "the command that has sealed a message holds none of them while it waits, and dumps no core")
    func command() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let words =
          "send request --seal --to scribe --subject s --body b --wait-ack 5m --json"
        let command =
          "ulimit -c unlimited; cd '\(stand.root)'; exec '\(try Stand.binary())' \(words)"
        let child = try stand.start("/bin/sh", ["-c", command], as: "forge")
        let id = try child.waitUntilSaid(/"event_id":"([0-9a-f]{64})"/)
        let (seed, secret) = (try Self.key("forge.key", stand), try Self.key("forge.seal", stand))
        let content = try Self.contentKey(
          of: id, for: "scribe", try Self.key("scribe.seal", stand), stand)
        let needles = (Self.signingSecrets(seed) + [secret, content]).map(Self.needle)
        do {
          let found = try MemoryImage(of: child.child.processID).find(needles + [Array(id.utf8)])
          #expect(found.dropLast().allSatisfy { $0.isEmpty }, "\(found.dropLast())")
          #expect(found.last?.isEmpty == false)
        } catch {
          if geteuid() == 0 { throw error }
          print("notice: only root sees the memory of a process that is not dumpable")
        }
        child.child.signal(SIGABRT)
        _ = try child.finish(upTo: .seconds(30))
        let files = try FileManager.default.contentsOfDirectory(atPath: stand.root)
        #expect(!files.contains { $0.hasPrefix("core") })
      }
    }
  }
}

extension Stand.Started {
  /// Waits until this stands in what it prints; gives the first group of it.
  fileprivate func waitUntilSaid(_ words: Regex<(Substring, Substring)>) throws -> String {
    let deadline = MonotonicClock.deadline(after: .seconds(30))
    while true {
      if let match = try output().firstMatch(of: words) { return String(match.1) }
      guard MonotonicClock.now() < deadline else {
        throw Stand.Failed(description: "nothing like it: \(try output())\(try errors())")
      }
      MonotonicClock.sleep(for: .milliseconds(2))
    }
  }
}
