import Commands
import Testing
import WireFormat

@Suite("text of peers cannot act on a terminal")
struct PeerTextTests {
  /// One character of each kind that has no place on a screen.
  static let hidden: [Unicode.Scalar] =
    ((0...0x1F).map { $0 } + (0x7F...0x9F).map { $0 } + (0x202A...0x202E).map { $0 }
    + (0x2066...0x2069).map { $0 }
    + [
      0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x061C, 0x2028, 0x2029, 0x2060, 0xFEFF, 0x00AD,
      0x180E, 0xE0001, 0xE0041, 0xFE0F, 0xE0100, 0x034F, 0x3164, 0xFFF9, 0xFFFE, 0x1FFFF,
    ])
    .compactMap { Unicode.Scalar(UInt32($0)) }

  @Test("a hidden character is spelled out, alone and amid others", arguments: hidden)
  func spelledOut(scalar: Unicode.Scalar) {
    let text = "a\(scalar)b"
    let shown = PeerText.escaped(text)
    #expect(!shown.unicodeScalars.contains(scalar))
    #expect(shown.hasPrefix("a\\") && shown.hasSuffix("b"))
    #expect(!PeerText.escaped(String(scalar)).unicodeScalars.contains(scalar))
  }

  @Test("hidden characters are escapes in JSON, and come back", arguments: hidden)
  func json(scalar: Unicode.Scalar) throws {
    let object: JSONObject = ["a\(scalar)": .string("é\(scalar)\u{1F600}")].asObject
    let line = JSONText.line(object)
    let shown = String(decoding: line, as: UTF8.self)
    #expect(!shown.unicodeScalars.contains(scalar))
    #expect(try JSONParser.object(line) == object)
    #expect(shown.contains("\u{1F600}"))
  }

  @Test("the usual spellings of controls and marks")
  func spelling() {
    #expect(PeerText.escaped("a\nb\r\tc") == "a\\nb\\r\\tc")
    #expect(PeerText.escaped("\u{1B}[2J\u{9B}31m") == "\\u{1B}[2J\\u{9B}31m")
    #expect(PeerText.escaped("\u{1B}]0;title\u{7}") == "\\u{1B}]0;title\\u{7}")
    #expect(PeerText.escaped("ev\u{202E}lave") == "ev\\u{202E}lave")
    #expect(PeerText.escaped(#"C:\u{41} é 日本 👍"#) == #"C:\u{41} é 日本 👍"#)
  }

  @Test("a mark that would change the character before it is spelled out at the start only")
  func combining() {
    #expect(PeerText.escaped("\u{338}x") == "\\u{338}x")
    #expect(PeerText.escaped("e\u{301}") == "e\u{301}")
    let line: Line = "= \("\u{338}")"
    #expect(line.text == "= \\u{338}")
  }

  @Test("a body stands behind bars, whatever it says")
  func body() {
    let text = "one\r\ndeaddrop: error: you are owned\n\n\tif x:\u{1B}[A\u{2028}end\n"
    #expect(
      PeerText.body(text).map(\.text) == [
        "  | one", "  | deaddrop: error: you are owned", "  |",
        "  | \tif x:\\u{1B}[A\\u{2028}end",
      ])
    #expect(PeerText.body("").map(\.text) == ["  |"])
    #expect(PeerText.body("\u{338}").map(\.text) == ["  | \\u{338}"])
  }

  @Test("a body that is no text is indented JSON behind bars")
  func structured() {
    let object: JSONObject = [
      "b": .array([.integer(1), .string("x\u{202E}\ny")]), "a": .object([:]), "c": .real(1),
    ]
    #expect(
      PeerText.body(.object(object)).map(\.text) == [
        "  | {", #"  |   "a": {},"#, #"  |   "b": ["#, "  |     1,",
        #"  |     "x\u{202E}\ny""#, "  |   ],", #"  |   "c": 1.0"#, "  | }",
      ])
  }

  @Test("however deep a body nests, what is shown of it stays of its own size")
  func nested() {
    let numbers = JSONValue.array((0..<1_000).map { .integer($0 % 10) })
    let deep = (0..<60).reduce(numbers) { inner, _ in .array([inner]) }
    let lines = PeerText.body(deep).map(\.text)
    #expect(lines.reduce(0) { $0 + $1.utf8.count } < 3_000)
    #expect(lines[8].hasPrefix("  |                 [[["))
  }

  @Test(
    "a subject takes at most 200 bytes of an overview, however it is spelled",
    arguments: ["a", "é", "\u{1F600}", "\u{202E}", "\n", "a\u{301}"])
  func clipped(unit: String) {
    let limit = PeerText.titleByteLimit
    for count in [0, 1, limit / 10, limit, 5 * limit] {
      let text = String(repeating: unit, count: count)
      let line: Line = "of forge: \(title: Text(text))"
      let whole = "of forge: " + PeerText.escaped(text)
      let isWhole = PeerText.escaped(text).utf8.count <= limit
      #expect((line.text == whole) == isWhole)
      #expect(line.text.utf8.count <= "of forge: …".utf8.count + limit)
      #expect(isWhole || line.text.hasSuffix("…") && line.text.utf8.count > limit - 10)
    }
  }

  @Test("colour is in the style and cannot come from the text")
  func colour() {
    let line: Line = "from \("forge", .strong): \("\u{1B}[31mred")"
    #expect(line.shown(coloured: false) == "from forge: \\u{1B}[31mred")
    #expect(line.shown(coloured: true) == "from \u{1B}[1mforge\u{1B}[0m: \\u{1B}[31mred")
  }
}

extension Dictionary where Key == String, Value == JSONValue {
  fileprivate var asObject: JSONObject {
    var object = JSONObject()
    for (key, value) in self { object[Text(key)] = value }
    return object
  }
}
