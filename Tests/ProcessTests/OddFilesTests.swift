import Foundation
import TestSupport
import Testing
import Wire

extension RealProcesses {
  @Suite("Odd things in the place of shared files")
  struct OddFilesTests {
    /// The names that members share, seen from forge.
    static let targets =
      [
        "wire.json", "forge_to_scribe.jsonl", "beats/forge.jsonl", "decisions.jsonl", "beats",
      ] + (isLong ? ["scribe_to_forge.jsonl", "beats/scribe.jsonl", "tiers.json"] : [])

    private static let verbs = [
      Stand.send("odd"), ["inbox", "--json"], ["status"], ["verify"], ["heartbeat"],
    ]

    /// A wire with messages both ways, a decision and beats; made once and copied for each case.
    private func furnished(
      _ body: @escaping @Sendable (Stand, [String: [String]]) throws -> Void
    ) async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let proposal = try stand.mustRun(
          ["send", "proposal", "--subject", "port", "--body", "8443", "--json"], as: "forge")
        let id = try #require(proposal.eventID)
        try stand.mustRun(["ack", id], as: "scribe")
        var told = ["forge": [id], "scribe": []]
        for handle in ["forge", "scribe", "forge", "scribe"] {
          told[handle]?.append(try stand.mustSend("before", as: handle))
          try stand.mustRun(["inbox"], as: handle)
          try stand.mustRun(["heartbeat"], as: handle)
        }
        try body(stand, told)
      }
    }

    @Test(
      "nothing hangs, nothing is followed, nothing acknowledged is lost, all is well afterwards",
      arguments: targets)
    func odd(target: String) async throws {
      try await furnished { template, told in
        for kind in OddFile.allCases {
          let stand = Stand(root: "\(template.root)/\(kind)")
          try FileManager.default.createDirectory(
            atPath: stand.root, withIntermediateDirectories: false)
          for folder in ["_coordination", "home"] {
            try FileManager.default.copyItem(
              atPath: "\(template.root)/\(folder)", toPath: "\(stand.root)/\(folder)")
          }
          try check(kind, in: target, stand, told)
        }
      }
    }

    private func check(
      _ kind: OddFile, in target: String, _ stand: Stand, _ told: [String: [String]]
    ) throws {
      var told = told
      let outside = try Outside(stand)
      guard let odd = try kind.take(placeOf: "\(stand.wire)/\(target)", outside: outside.file)
      else {
        if kind == .device { print("\(target): no device node may be made here") }
        return
      }
      for handle in ["forge", "scribe"] {
        for words in Self.verbs {
          let outcome = try stand.run(words, as: handle, upTo: .seconds(10))
          let isOrderly = outcome.code.map { (0...7).contains($0) } ?? false
          #expect(isOrderly, "\(target) \(kind): \(outcome.summary)")
          if let id = outcome.eventID { told[handle]?.append(id) }
          expectWords(outcome, about: target, kind)
        }
      }
      let outsider = try stand.run(["verify", "--outsider"], upTo: .seconds(10))
      #expect(outsider.code.map { (0...7).contains($0) } ?? false, "\(outsider.summary)")
      #expect(try outside.isUntouched(), "\(target) \(kind)")
      try expectHeld(told, stand, but: target)
      // A copy is as good as what it was made of; everything else gives way to it again.
      if kind != .copy { odd.putBack() }
      #expect(try outside.isUntouched(), "\(target) \(kind)")
      try expectHeld(told, stand, but: nil)
      for handle in ["forge", "scribe"] {
        told[handle]?.append(try stand.mustSend("after", as: handle))
        try stand.mustRun(["inbox"], as: handle)
      }
      try expectHeld(told, stand, but: nil)
      for handle in ["forge", "scribe"] { try stand.mustRun(["verify"], as: handle) }
      try stand.mustRun(["verify", "--outsider"])
    }

    /// Who is told of a failure is told of the file, in one sentence.
    private func expectWords(_ outcome: Stand.Outcome, about target: String, _ kind: OddFile) {
      guard outcome.code != 0 else { return }
      let name = target.split(separator: "/").last ?? ""
      let isNamed = (outcome.errors + outcome.output).contains(name)
      #expect(isNamed, "\(target) \(kind): \(outcome.summary)")
      let lines = outcome.errors.split(separator: "\n")
      #expect(Set(lines).count == lines.count, "\(target) \(kind): \(outcome.summary)")
      let sentences = outcome.errors.split(separator: "\n").filter {
        $0.hasPrefix("deaddrop: error: ")
      }
      #expect(sentences.count <= 1, "\(target) \(kind): \(outcome.summary)")
    }

    /// Every message that was acknowledged is in its log.
    private func expectHeld(
      _ told: [String: [String]], _ stand: Stand, but target: String?
    ) throws {
      for (handle, log) in [
        ("forge", "forge_to_scribe.jsonl"), ("scribe", "scribe_to_forge.jsonl"),
      ]
      where log != target {
        let bytes = try String(contentsOfFile: "\(stand.wire)/\(log)", encoding: .utf8)
        #expect(told[handle, default: []].allSatisfy { bytes.contains("\"event_id\":\"\($0)\"") })
      }
    }
  }
}

/// A file and a directory that are none of the wire's business.
struct Outside: Sendable {
  let file: String
  private let bytes = Data("not of this wire\n".utf8)

  init(_ stand: Stand) throws {
    file = "\(stand.root)/outside"
    try bytes.write(to: URL(filePath: file))
    try FileManager.default.createDirectory(
      atPath: file + ".d", withIntermediateDirectories: false)
  }

  func isUntouched() throws -> Bool {
    try Data(contentsOf: URL(filePath: file)) == bytes
      && FileManager.default.contentsOfDirectory(atPath: file + ".d").isEmpty
  }
}
