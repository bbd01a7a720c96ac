import Testing
import WireFormat

@Suite("Word and number of a type agree by the table")
struct MessageTypeTests {
  /// Written down from the design's "Types and kinds", not from the code.
  static let table: [(String, Int)] = [
    ("agent_card", 10000), ("heartbeat", 100), ("decision", 1), ("claim", 1100), ("release", 1101),
    ("ship", 1200), ("warning", 1201), ("request", 1202), ("feedback", 1300), ("incident", 1400),
    ("ack", 1500), ("decline", 1501), ("proposal", 1600), ("correction", 1700), ("shutdown", 1800),
    ("wakeup", 1801), ("leave", 1802), ("introduce", 1841), ("sas.start", 1820),
    ("sas.nonce", 1821), ("sas.open", 1822), ("key_add", 1840), ("task.dropped", 1900),
    ("task.claimed", 1901), ("task.renewed", 1902), ("task.done", 1903), ("task.failed", 1904),
    ("task.asked", 1905), ("task.answered", 1906), ("task.blocked", 1907),
    ("task.unblocked", 1908), ("task.reaped", 1909), ("dropoff.created", 1920),
    ("dropoff.deposited", 1921), ("dropoff.collected", 1922), ("dropoff.expired", 1923),
    ("dropoff.failed", 1924),
  ]

  @Test("each word has its number and each number its word", arguments: table)
  func agrees(_ word: String, _ kind: Int) throws {
    let type = try #require(MessageType(word: Text(word)))
    #expect(type.kind == kind && type.word == word)
    #expect(MessageType(rawValue: kind) == type)
    #expect(LineType(word: Text(word), kind: kind) == .known(type))
    #expect(LineType(word: Text(word), kind: kind)?.known == type)
    #expect(LineType(word: Text(word), kind: kind)?.word == word)
  }

  @Test("the code knows no type beyond the table")
  func whole() {
    let known = MessageType.allCases.map { "\($0.word) \($0.kind)" }.sorted()
    #expect(known == Self.table.map { "\($0) \($1)" }.sorted())
  }

  @Test("a known word with any other number is a contradiction", arguments: table)
  func wrongNumber(_ word: String, _ kind: Int) {
    for (_, other) in Self.table where other != kind {
      #expect(LineType(word: Text(word), kind: other) == nil)
    }
    for other in [0, kind + 100_000, 1701] {
      #expect(LineType(word: Text(word), kind: other) == nil)
    }
  }

  @Test("a known number with an unknown word is a contradiction", arguments: table)
  func wrongWord(_ word: String, _ kind: Int) {
    for other in ["", "memo", word.uppercased(), word + " ", " " + word, word + "\u{301}"] {
      #expect(LineType(word: Text(other), kind: kind) == nil, "\(other)")
    }
  }

  @Test(
    "an unknown word with an unknown number is kept",
    arguments: [
      ("memo", 7), ("", 0), ("Decision", 2), ("task.", 1910), ("decisio\u{f1}", 999_999),
    ])
  func unknown(_ word: String, _ kind: Int) {
    #expect(LineType(word: Text(word), kind: kind) == .unknown(Text(word)))
    #expect(LineType(word: Text(word), kind: kind)?.known == nil)
    #expect(LineType(word: Text(word), kind: kind)?.word == word)
  }
}
