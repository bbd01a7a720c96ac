import Foundation
import Testing
import WireFormat

@testable import Commands

@Suite("a frame of top fits its screen")
struct TopFrameTests {
  struct Case: Sendable, CustomStringConvertible {
    let scene: String
    let columns: Int
    let rows: Int
    var description: String { "\(scene)-\(columns)x\(rows)" }
  }

  static let cases = ["busy", "hostile", "crowd", "calm"].flatMap { scene in
    [(80, 24), (40, 10), (200, 50)].map { Case(scene: scene, columns: $0, rows: $1) }
  }

  private static func facts(_ name: String) throws -> TopFacts {
    try #require(try FrameScene.all().first { $0.name == name }).facts()
  }

  /// To write the golden files: `DEADDROP_UPDATE_GOLDEN=1 swift test --filter TopFrameTests`.
  @Test("each frame is the one that is pinned", arguments: cases)
  func pinned(frame: Case) throws {
    let picture = TopFrame(try Self.facts(frame.scene), columns: frame.columns, rows: frame.rows)
    try expectFits(picture, frame.columns, frame.rows)
    let text = picture.lines.map { $0.text + "\n" }.joined()
    let file = TestFiles.folder.appending(path: "Frames/\(frame).txt")
    if TestFiles.updatesGolden { try Data(text.utf8).write(to: file) }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test("no word of a peer whose key is not believed is in any of them")
  func heldBack() throws {
    let picture = TopFrame(try Self.facts("hostile"), columns: 400, rows: 300)
    let text = picture.lines.map(\.text).joined(separator: "\n")
    #expect(!text.contains("cy says"))
    #expect(text.contains("10 messages of cy held back"))
    #expect(text.contains("\\u{1B}]52;c;eA==\\u{7}clip"))
  }

  @Test("any texts fit any screen", arguments: 0..<200)
  func anySize(round: Int) throws {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: .min ... .max, using: &random)
    var source = Seeded(state: seed)
    func text() -> String {
      let parts = FrameScene.hostile + ["", "plain", "x"]
      return (0..<Int.random(in: 0...3, using: &source)).map { _ in
        parts[Int.random(in: parts.indices, using: &source)]
      }.joined()
    }
    func lines() -> [Line] {
      (0..<Int.random(in: 0...30, using: &source)).map { _ in "\(text(), .strong) \(text())" }
    }
    let facts = TopFacts(
      head: Line(text()), banners: Array(lines().prefix(4)),
      sections: (0..<5).map { TopFacts.Section("title", lines(), isTail: $0 > 2) })
    let columns = Int.random(in: 0...250, using: &source)
    let rows = Int.random(in: 0...60, using: &source)
    let picture = TopFrame(facts, columns: columns, rows: rows)
    try expectFits(picture, columns, rows, "seed \(seed)")
  }

  private func expectFits(
    _ picture: TopFrame, _ columns: Int, _ rows: Int, _ place: String = ""
  ) throws {
    #expect(picture.lines.count <= rows, "\(place)")
    for line in picture.lines {
      let text = line.text
      #expect(Columns.count(text) <= columns, "\(place): \(text)")
      #expect(!text.unicodeScalars.contains { PeerText.isHidden($0) }, "\(place): \(text)")
      // Marks take no column, and must still not pile up without end.
      #expect(text.unicodeScalars.count <= 3 * max(1, columns), "\(place)")
    }
  }

  @Test("a small screen has no titles, and each part that has anything to say a line of it")
  func small() {
    let facts = TopFacts(
      head: "head", banners: ["one", "two", "three"],
      sections: [
        TopFacts.Section("a", ["a1", "a2", "a3", "a4"]), TopFacts.Section("none", []),
        TopFacts.Section("b", ["b1", "b2", "b3"], isTail: true),
      ])
    func shown(_ rows: Int) -> [String] {
      TopFrame(facts, columns: 80, rows: rows).lines.map(\.text)
    }
    let stops = ["one", "! 2 more of what stops you: deaddrop incidents"]
    #expect(shown(0) == [])
    #expect(shown(2) == ["head", "one"])
    #expect(shown(5) == ["head"] + stops + ["a1", "b3"])
    #expect(shown(7) == ["head"] + stops + ["a1", "3 more", "b2", "b3"])
    #expect(shown(10) == ["head"] + stops + ["a1", "a2", "a3", "a4", "b1", "b2", "b3"])
    #expect(Array(shown(16).prefix(4)) == ["head"] + stops + ["a"])
    #expect(shown(16).last == "q quits")
    #expect(shown(16).count == 16)
  }
}

/// Random numbers that a seed repeats: SplitMix64.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

@Suite("text is cut by the columns that it takes")
struct ColumnsTests {
  @Test(
    "wide characters take two, marks none",
    arguments: [
      ("plain", 5), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("ｗｉｄｅ", 8), ("👍", 2),
      ("☃", 1), ("⌚", 2), ("\u{20000}", 2), ("", 0),
    ])
  func widths(text: String, columns: Int) { #expect(Columns.count(text) == columns) }

  @Test(
    "what has no room ends with an ellipsis in the last column, or one before it",
    arguments: [
      ("plain", 5, "plain"), ("plain", 4, "pla…"), ("plain", 1, "…"), ("plain", 0, ""),
      ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 2, "…"),
      ("e\u{301}e\u{301}e", 2, "e\u{301}…"), ("a\u{1B}[2Jb", 6, "a\\u{1…"),
    ])
  func cut(text: String, columns: Int, shown: String) {
    #expect(Line(text).clipped(to: columns).text == shown)
  }

  @Test("parts keep their looks, and the cut may fall into any of them")
  func parts() {
    let line: Line = "\("ab", .bad)\("cd", .good)\("ef", .faint)"
    #expect(line.clipped(to: 6) == line)
    #expect(line.clipped(to: 4).shown(coloured: true).hasPrefix("\u{1B}[31mab\u{1B}[0m\u{1B}[32mc"))
    #expect(line.clipped(to: 3).text == "ab…")
    #expect(line.clipped(to: 2).text == "a…")
  }
}

@Suite("top draws only what has changed")
struct TopDrawingTests {
  private func frame(_ words: String...) -> TopFrame {
    TopFrame(
      TopFacts(
        head: "head", banners: [], sections: [TopFacts.Section("", words.map { Line($0) })]),
      columns: 20, rows: 5)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("all of it first and after a change of size, then rows, then nothing")
  func rows() {
    var drawing = TopDrawing(isColoured: false)
    let first = text(drawing.bytes(frame("one", "two"), columns: 20, rows: 5))
    #expect(
      first == "\u{1B}[2J\u{1B}[1;1H\u{1B}[2Khead\u{1B}[2;1H\u{1B}[2Kone\u{1B}[3;1H\u{1B}[2Ktwo")
    #expect(drawing.bytes(frame("one", "two"), columns: 20, rows: 5).isEmpty)
    #expect(
      text(drawing.bytes(frame("one", "2"), columns: 20, rows: 5)) == "\u{1B}[3;1H\u{1B}[2K2")
    #expect(text(drawing.bytes(frame("one"), columns: 20, rows: 5)) == "\u{1B}[3;1H\u{1B}[2K")
    #expect(text(drawing.bytes(frame("one"), columns: 20, rows: 4)).hasPrefix("\u{1B}[2J"))
    drawing.forget()
    #expect(text(drawing.bytes(frame("one"), columns: 20, rows: 4)).hasPrefix("\u{1B}[2J"))
  }
}
