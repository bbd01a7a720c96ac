import Testing
import WireFormat

@Suite("Hex, ids, texts and objects are compared by bytes")
struct ValueTests {
  @Test("random ids survive their hex, and order as their hex does")
  func ids() throws {
    var random = RandomSource("ids")
    var last = Bytes32.zero
    for _ in 0..<2_000 {
      let bytes = random.bytes(32)
      let id = try #require(Bytes32(bytes))
      #expect(id.bytes == bytes && id.hex == Hex.string(bytes) && id.description == id.hex)
      #expect(Bytes32(hex: id.hex) == id && Bytes32(hex: Text(id.hex)) == id)
      #expect(Hex.bytes(id.hex.utf8) == bytes)
      #expect((last < id) == (last.hex < id.hex), "seed \(RunSeed.value)")
      last = id
    }
    #expect(Bytes32.zero.hex == String(repeating: "0", count: 64))
  }

  @Test("a wrong length or digit is no id", arguments: [0, 1, 31, 33, 63, 65])
  func lengths(_ count: Int) {
    #expect(Bytes32([UInt8](repeating: 7, count: count)) == nil)
    #expect(Bytes32(hex: String(repeating: "a", count: count)) == nil)
  }

  @Test("any byte but a lower-case hex digit spoils an id", arguments: [0, 15, 16, 31, 32, 48, 63])
  func digits(_ place: Int) {
    for byte in UInt8.min...UInt8.max {
      var hex = [UInt8](repeating: UInt8(ascii: "5"), count: 64)
      hex[place] = byte
      let isDigit = Array("0123456789abcdef".utf8).contains(byte)
      #expect((Bytes32(hex: Text(utf8: hex)) != nil) == isDigit)
      #expect((Hex.bytes(hex) != nil) == isDigit)
    }
    #expect(Hex.bytes(Array("abc".utf8)) == nil)
  }

  @Test("an object stays sorted and unique through any assignments")
  func assignments() throws {
    var random = RandomSource("assignments")
    let keys: [Text] = ["", "a", "b", "e\u{301}", "\u{e9}", "\u{ffff}", "\u{10000}", "\t"]
    for _ in 0..<300 {
      var object = JSONObject()
      var model: [Text: JSONValue] = [:]
      for step in 0..<12 {
        let key = random.pick(keys)
        let value: JSONValue? = random.once(in: 3) ? nil : .integer(step)
        (object[key], model[key]) = (value, value)
      }
      let members = model.map { JSONObject.Member(key: $0.key, value: $0.value) }
      #expect(object == JSONObject(unsorted: members), "seed \(RunSeed.value)")
      #expect(isCanonical(CanonicalWriter.bytes(of: object)), "seed \(RunSeed.value)")
      for key in keys { #expect(object[key] == model[key]) }
    }
    let twice = [1, 2].map { JSONObject.Member(key: "k", value: .integer($0)) }
    #expect(JSONObject(unsorted: twice) == nil)
  }

  @Test("each kind of value is seen as its own kind only")
  func kinds() {
    let values: [JSONValue] = [
      .null, .bool(true), .integer(1), .bigInteger(Array("9".utf8)), .real(1), .string("x"),
      .strings(["x"]), .object([:]),
    ]
    #expect(values.map { $0.text != nil } == values.map { $0 == .string("x") })
    #expect(values.map { $0.int != nil } == values.map { $0 == .integer(1) })
    #expect(values.map { $0.flag != nil } == values.map { $0 == .bool(true) })
    #expect(values.map { $0.elements != nil } == values.map { $0 == .strings(["x"]) })
    #expect(values.map { $0.members != nil } == values.map { $0 == .object([:]) })
    #expect(JSONValue.array([.string("x"), .integer(1)]).texts == nil)
    #expect(JSONValue.strings(["x", "y"]).texts == ["x", "y"])
  }

  @Test("texts compare by bytes, not by canonical equivalence")
  func texts() {
    #expect(Text("e\u{301}") != Text("\u{e9}") && Text("\u{ffff}") < Text("\u{10000}"))
    #expect(Set<Text>(["\u{c5}", "\u{212b}", "A\u{30a}"]).count == 3)
    #expect(Text("e\u{301}").string == "\u{e9}")
  }

  @Test("bytes hold a part wherever it stands, whole and unbroken")
  func parts() {
    let bytes = Array("aab\u{301}aabc".utf8)
    for start in bytes.indices {
      for end in start...bytes.count { #expect(bytes.holds(Array(bytes[start..<end]))) }
    }
    for absent in ["aac", "bc ", "aaa", "aab\u{301}aabcc", "b\u{300}"] {
      #expect(!bytes.holds(Array(absent.utf8)))
    }
    #expect([UInt8]().holds([]) && ![UInt8]().holds([0]))
  }
}
