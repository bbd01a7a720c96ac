import Identity
import Testing
import WireFormat

@Suite("base64 has one spelling")
struct Base64Tests {
  /// RFC 4648 §10, and what tells the two alphabets apart.
  static let pairs: [([UInt8], String, String)] = [
    ([], "", ""), (Array("f".utf8), "Zg==", "Zg"), (Array("fo".utf8), "Zm8=", "Zm8"),
    (Array("foo".utf8), "Zm9v", "Zm9v"), (Array("foob".utf8), "Zm9vYg==", "Zm9vYg"),
    (Array("fooba".utf8), "Zm9vYmE=", "Zm9vYmE"), (Array("foobar".utf8), "Zm9vYmFy", "Zm9vYmFy"),
    ([0xFB, 0xFF, 0xBF], "+/+/", "-_-_"), ([0xFF], "/w==", "_w"), ([0, 0], "AAA=", "AAA"),
  ]

  @Test("published pairs, both ways", arguments: pairs)
  func published(bytes: [UInt8], standard: String, url: String) {
    #expect(Base64.encode(bytes) == standard)
    #expect(Base64.encodeURL(bytes) == url)
    #expect(Base64.decode(Text(standard)) == bytes)
    #expect(Base64.decodeURL(Text(url)) == bytes)
  }

  static let refused = [
    "Z", "Zg", "Zg=", "Zg===", "Zg====", "Zm8", "Zm8==", "Zm9v=", "Zm9v====", "====", "=", "==",
    "Z===", "Zg==Zg==", "Zg==\n", "\nZg==", "Zm9v\n", "Zm 9v", " Zm9v", "Zm9v ", "Zm\r\n9vYg==",
    "Zm9_", "Zm9-", "Zm9!", "Zm=v", "Z=9v", "Zm9v\0\0\0\0", "Zm9\u{e9}", "-_-_", "Zh==", "Zm9=",
  ]

  @Test("other spellings are refused", arguments: refused)
  func refuses(text: String) {
    #expect(Base64.decode(Text(text)) == nil)
  }

  @Test(
    "other URL-safe spellings are refused",
    arguments: ["Z", "Zg==", "Zm8=", "Zh", "Zm9", "+/+/", "Zm9vZ", "Zg\n", " Zg"])
  func refusesURL(text: String) {
    #expect(Base64.decodeURL(Text(text)) == nil)
  }

  @Test("of the sixteen spellings of one signature one is taken")
  func sixteenSpellings() throws {
    let signature = (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    let text = Array(Base64.encode(signature).utf8)
    #expect(text.count == 88)
    let alphabet = Array(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let last = try #require(alphabet.firstIndex(of: text[85]))
    var taken: [[UInt8]] = []
    for spare in 0..<16 {
      var spelling = text
      spelling[85] = alphabet[last & 0x30 | spare]
      if let bytes = Base64.decode(spelling) { taken.append(bytes) }
    }
    #expect(taken == [signature])
  }

  @Test("all lengths come back")
  func roundTrip() {
    for count in 0..<100 {
      let bytes = SecureRandom.bytes(count)
      #expect(Base64.decode(Text(Base64.encode(bytes))) == bytes)
      #expect(Base64.decodeURL(Text(Base64.encodeURL(bytes))) == bytes)
    }
  }
}
