import Commands
import DeadDropKit
import Foundation
import TestSupport
import Testing
import WireFormat

@Suite("A digest holds no word of a peer, and little at all")
struct DigestViewTests {
  private let scribe: Handle = "scribe"

  private func sender(
    _ handle: Handle, _ count: Int, incidents: Int = 0, isFlood: Bool = false
  ) -> Digest.Sender {
    Digest.Sender(
      handle, tier: "VERIFIED", count: count, incidentCount: incidents,
      eventIDs: isFlood
        ? [] : (0..<count).compactMap { Bytes32([UInt8](repeating: UInt8($0 % 256), count: 32)) })
  }

  private func text(_ digest: Digest, for handle: Handle = "scribe") -> [String] {
    DigestView.lines(digest, for: handle).map(\.text)
  }

  @Test("twenty unread of one peer are twenty ids in under 600 bytes")
  func twenty() {
    let lines = text(Digest(senders: [sender("forge", 20)], heldBackCount: 0))
    #expect(lines.count == 2)
    #expect(lines[1].split(separator: " ").count == 3 + 20)
    #expect(lines.joined(separator: "\n").utf8.count < 600)
  }

  @Test("as JSON too it has twenty ids at most, or one of each sender where these are more")
  func json() throws {
    for count in [1, 3, 15, 40] {
      let senders = (0..<count).map { sender(Handle(stringLiteral: "p\($0)x"), 60) }
      let answer = DigestView.answer(Digest(senders: senders, heldBackCount: 0), for: scribe)
      guard case .answer(_, json: let object?) = answer else {
        Issue.record("no answer")
        return
      }
      let ids = try #require(object["senders"]?.elements).flatMap {
        $0.members?["event_ids"]?.elements ?? []
      }
      #expect((count...max(20, count)).contains(ids.count))
    }
  }

  @Test("nothing new is nothing at all, also where lines are held back")
  func nothing() {
    #expect(DigestView.answer(Digest(senders: [], heldBackCount: 0), for: scribe) == nil)
    #expect(DigestView.answer(Digest(senders: [], heldBackCount: 7), for: scribe) == nil)
  }

  @Test("a flood is one line with its count")
  func flood() {
    let lines = text(
      Digest(senders: [sender("forge", 100_000, incidents: 9, isFlood: true)], heldBackCount: 2))
    #expect(
      lines.dropFirst() == [
        "forge VERIFIED 100000 (9 incidents), too many at once to list",
        "2 held back, key not verified: deaddrop trust list",
      ])
  }

  @Test("whatever is unread: at most 600 bytes, each sender named or counted, nothing else in it")
  func random() throws {
    var random = RandomSource("digests")
    for _ in 0..<2_000 {
      let longest = random.once(in: 3)
      let senders = (0..<random.below(40)).map { index in
        sender(
          Handle(stringLiteral: (longest ? String(repeating: "w", count: 29) : "p") + "\(index)"),
          1 + random.below(random.once(in: 5) ? 200 : 10), incidents: random.below(3),
          isFlood: random.once(in: 6))
      }
      let digest = Digest(senders: senders, heldBackCount: random.below(1_000))
      let lines = text(
        digest, for: longest ? Handle(stringLiteral: String(repeating: "h", count: 32)) : "scribe")
      #expect(lines.reduce(0) { $0 + $1.utf8.count + 1 } <= 600)
      var named = 0
      for line in lines.dropFirst() {
        if let more = line.firstMatch(of: /^and of ([0-9]+) more senders?$/) {
          named += Int(more.1) ?? 0
        } else if line.wholeMatch(
          of:
            /[wp0-9]+ VERIFIED [0-9]+( \([0-9]+ incidents?\))?(:( [0-9a-f]{12})*( …)?|, too many at once to list)/
        ) != nil {
          named += 1
        } else {
          #expect(
            line.wholeMatch(of: /[0-9]+ held back, key not verified: deaddrop trust list/) != nil,
            "\(line)")
        }
      }
      #expect(named == senders.count)
    }
  }
}
