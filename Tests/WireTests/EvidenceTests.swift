import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A piece of evidence proves just what its lines were signed to say")
struct EvidenceTests {
  private let log = "bob_to_ada.jsonl"

  /// Bob wrote a card and four notes.
  private func five() throws -> TestWire {
    var wire = try TestWire()
    try wire.join()
    for number in 2...5 { try wire.note("note \(number)", by: "bob") }
    return wire
  }

  private func evidence(
    _ wire: TestWire, _ reason: String, _ lines: [[UInt8]], handle: Handle = "bob"
  ) -> Evidence {
    Evidence(
      wire: wire.genesis.id, handle: handle, log: log, reason: reason,
      exhibits: lines.enumerated().map { .init(bytes: $0.element, line: $0.offset + 1) })
  }

  /// As the file says that a reader keeps.
  private func text(_ evidence: Evidence) -> [UInt8] {
    let object: JSONObject = [
      "handle": .string(evidence.handle.name), "log": .string(evidence.log),
      "lines": .array(
        evidence.exhibits.map {
          .object(["bytes": .string(Base64.encode($0.bytes)), "line": .integer($0.line)])
        }),
      "reason": .string(evidence.reason), "wire": .string(evidence.wire.hex),
    ]
    return CanonicalWriter.bytes(of: object) + [UInt8(ascii: "\n")]
  }

  private func isFork(_ finding: EvidenceFinding) -> Bool {
    if case .fork = finding { true } else { false }
  }

  @Test("two lines of one seq are a fork, in either order and among others", arguments: 0..<5)
  func rivals(index: Int) throws {
    let wire = try five()
    let own = try #require(wire.logs["bob"])
    let rival = try wire.variant(of: index, of: "bob")
    let pk = try TestKey("bob/1").pk
    let expected = EvidenceFinding.fork(signer: pk, seq: index + 1)
    #expect(EvidenceFinding(evidence(wire, "fork", [own[index], rival])) == expected)
    #expect(EvidenceFinding(evidence(wire, "fork", [rival, own[index]])) == expected)
    #expect(isFork(EvidenceFinding(evidence(wire, "fork", own + [rival]))))
  }

  @Test("a link to another line than the one before is a fork, a link to that one is none")
  func links() throws {
    var wire = try five()
    let own = try #require(wire.logs["bob"])
    wire.setPlace(of: "bob", seq: 3, prev: .unheld("x"))
    try wire.note(by: "bob")
    let stray = try #require(wire.logs["bob"]?.last)
    let pk = try TestKey("bob/1").pk
    #expect(EvidenceFinding(evidence(wire, "fork", [own[2], stray])) == .fork(signer: pk, seq: 3))
    let innocent = [
      [own[2], own[3]], [own[3], own[2]], [own[1], stray], [own[2], own[2]], [own[2]], [],
    ]
    for lines in innocent {
      #expect(!EvidenceFinding(evidence(wire, "fork", lines)).holds, "\(lines.count)")
    }
  }

  @Test("lines of two keys, two handles or two wires convict nobody")
  func apart() throws {
    let wire = try five()
    let own = try #require(wire.logs["bob"])
    let mallory = try wire.variant(of: 2, of: "bob", key: try TestKey("mallory"))
    #expect(!EvidenceFinding(evidence(wire, "fork", [own[2], mallory])).holds)
    // One person who signs two chains with one key does nothing wrong.
    var both = try TestWire()
    both.switchKey(of: "ada", to: try TestKey("bob/1"))
    try both.card(by: "bob")
    try both.card(by: "ada")
    let lines = [try #require(both.logs["bob"]?[0]), try #require(both.logs["ada"]?[0])]
    for handle in ["bob", "ada"] as [Handle] {
      #expect(!EvidenceFinding(evidence(both, "fork", lines, handle: handle)).holds)
    }
    var elsewhere = try TestWire(nonce: 2)
    try elsewhere.join()
    let other = try #require(elsewhere.logs["bob"]?[0])
    #expect(!EvidenceFinding(evidence(wire, "fork", [own[0], other])).holds)
    #expect(!EvidenceFinding(evidence(elsewhere, "fork", [own[0], other])).holds)
    #expect(!EvidenceFinding(evidence(wire, "fork", [own[0], own[1]], handle: "ada")).holds)
  }

  @Test("no bit of a line can be changed in a proof")
  func lineBits() throws {
    let wire = try five()
    let own = try #require(wire.logs["bob"])
    let rival = try wire.variant(of: 2, of: "bob")
    for offset in own[2].indices {
      var line = own[2]
      line[offset] ^= UInt8(1 << (offset % 8))
      #expect(!EvidenceFinding(evidence(wire, "fork", [line, rival])).holds, "byte \(offset)")
    }
  }

  @Test("no byte of the file can be changed but what only says where the lines stood")
  func fileBytes() throws {
    let wire = try five()
    let rival = try wire.variant(of: 2, of: "bob")
    let own = try #require(wire.logs["bob"]?[2])
    let whole = evidence(wire, "fork", [own, rival])
    let bytes = text(whole)
    #expect(Evidence(bytes) == whole)
    let proof = EvidenceFinding(whole)
    for offset in bytes.indices {
      var altered = bytes
      altered[offset] ^= UInt8(1 << (offset % 8))
      guard let read = Evidence(altered), isFork(EvidenceFinding(read)) else { continue }
      // The log's name and the line numbers are the keeper's word, and accuse nobody.
      #expect(EvidenceFinding(read) == proof)
      #expect(read.handle == whole.handle && read.wire == whole.wire)
      #expect(read.exhibits.map(\.bytes) == whole.exhibits.map(\.bytes), "byte \(offset)")
    }
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(Evidence(Array(bytes.prefix(count))) == nil)
    }
    #expect(Evidence(bytes + [UInt8(ascii: "\n")]) == nil)
    #expect(Evidence([UInt8(ascii: " ")] + bytes) == nil)
    let more = String(decoding: bytes, as: UTF8.self)
      .replacing(#""handle":"#, with: #""aside":1,"handle":"#)
    #expect(Evidence(Array(more.utf8)) == nil)
  }

  @Test("each reason is judged by the bytes, and no other is borne out")
  func reasons() throws {
    var wire = try five()
    let good = try #require(wire.logs["bob"]?[2])
    let foreign = try #require(wire.logs["ada"]?[0])
    try wire.spoilSignature(3, of: "bob")
    let spoiled = try #require(wire.logs["bob"]?[3])
    var elsewhere = try TestWire(nonce: 2)
    try elsewhere.join()
    let moved = try #require(elsewhere.logs["bob"]?[0])
    let kind = try wire.variant(of: 2, of: "bob") { $0["kind"] = .integer(9) }
    let samples: [(LineFault, [UInt8])] = [
      (.malformed, Array("{".utf8)), (.badSignature, spoiled), (.wrongWire, moved),
      (.unknownKey, foreign), (.kindMismatch, kind),
    ]
    for (fault, line) in samples {
      for reason in LineFault.allCases where reason != .fork {
        let finding = EvidenceFinding(evidence(wire, reason.rawValue, [line]))
        if reason == fault {
          #expect(finding == .refused(fault), "\(fault)")
        } else {
          #expect(finding != .refused(reason), "\(fault) as \(reason)")
        }
      }
    }
    for reason in LineFault.allCases {
      // A good line bears out no fault that its bytes alone would show.
      let isOutside = [.unknownKey, .gap, .notDerived].contains(reason)
      let finding = EvidenceFinding(evidence(wire, reason.rawValue, [good]))
      #expect(isOutside ? finding == .needsWire : !finding.holds, "\(reason)")
    }
    #expect(!EvidenceFinding(evidence(wire, "nonsense", [good])).holds)
    #expect(!EvidenceFinding(evidence(wire, "malformed", [])).holds)
    let pk = try TestKey("bob/1").pk
    #expect(EvidenceFinding(evidence(wire, "rollback", [good])) == .signed(signer: pk, seq: 3))
    #expect(!EvidenceFinding(evidence(wire, "rollback", [spoiled])).holds)
    #expect(!EvidenceFinding(evidence(wire, "rollback", [moved])).holds)
  }
}
