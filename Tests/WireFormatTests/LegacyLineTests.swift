import Foundation
import Testing
import WireFormat

struct LegacyVectors: Decodable, Sendable {
  struct Message: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    let valid: Bool
    let line: Data

    enum CodingKeys: String, CodingKey {
      case name
      case valid
      case line = "line_b64"
    }

    var testDescription: String { name }
  }

  let messages: [Message]

  static let all = TestData.load("messages.json", as: LegacyVectors.self).messages
}

@Suite("A legacy line parses, and is no line of a v3.2 log")
struct LegacyLineTests {
  @Test("a valid legacy line is one strict object", arguments: LegacyVectors.all.filter(\.valid))
  func parses(_ vector: LegacyVectors.Message) throws {
    let object = try JSONParser.object(Array(vector.line))
    #expect(object["from"]?.text != nil && object["signature"]?.text != nil)
    #expect(object["v"] == nil)
  }

  @Test("no legacy line has an envelope", arguments: LegacyVectors.all)
  func noEnvelope(_ vector: LegacyVectors.Message) {
    #expect(envelopeFault(Array(vector.line)) == .malformed)
  }
}
