import Attacks
import Foundation
import TestSupport
import Testing

@Suite("the scripted attacker")
struct AttackTests {
  @Test("each attack ends as its line says", arguments: Attack.all)
  func ends(_ attack: Attack) async throws {
    let binary = try Products.path("deaddrop")
    try await apart { try attack.run(with: binary) }
  }

  @Test("every bit of valid lines flipped, every field of valid messages changed: all refused")
  func alteredLines() async throws {
    #expect(try await apart { try BitFlips.run(lines: 1) } > 4000)
    #expect(try await apart { try FieldChanges.run(messages: 6) } > 600)
  }

  @Test("no damage to shared files crashes or hangs a command, or teaches it trust")
  func fuzz() async throws {
    let attacker = try Products.path("deaddrop-attack")
    try await apart {
      try Scratch.run { root in
        let child = try ChildProcess(
          attacker, ["fuzz", "60", "\(UInt64.random(in: 0...(.max >> 1)))"],
          environment: ["PATH": "/usr/bin:/bin", "TMPDIR": root, "SWIFT_BACKTRACE": "enable=no"],
          output: "\(root)/out", errors: "\(root)/err")
        let ending = child.wait(upTo: .seconds(600))
        let said = try ["out", "err"].map {
          String(decoding: try Data(contentsOf: URL(filePath: "\(root)/\($0)")), as: UTF8.self)
        }.joined()
        #expect(ending == .exited(0), "\(said)")
        #expect(said.contains("held   60 damages to shared files"), "\(said)")
      }
    }
  }
}
