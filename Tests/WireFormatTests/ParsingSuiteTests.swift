import Foundation
import Testing
import WireFormat

/// A case of nst/JSONTestSuite, read from outside the repository.
struct ParsingCase: Decodable, CustomTestStringConvertible, Sendable {
  enum Expectation: String, Decodable {
    case accept
    case reject
    case either
  }

  let name: String
  let expect: Expectation
  let text: Data

  enum CodingKeys: String, CodingKey {
    case name
    case expect
    case text = "text_b64"
  }

  var testDescription: String { name }

  var isObject: Bool {
    text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }

  /// The text as a member, since only an object can be a line.
  var wrapped: [UInt8] { Array("{\"x\":".utf8) + Array(text) + Array("}".utf8) }

  static let all: [ParsingCase]? = {
    let file = TestData.thirdParty.appending(path: "json-parsing.json")
    guard let data = try? Data(contentsOf: file) else {
      print("notice: \(file.path) is absent; the tests over JSONTestSuite are skipped")
      return nil
    }
    do {
      return try JSONDecoder().decode([ParsingCase].self, from: data)
    } catch {
      fatalError("\(file.path): \(error)")
    }
  }()

  static func cases(_ expectation: Expectation) -> [ParsingCase] {
    (all ?? []).filter { $0.expect == expectation }
  }
}

/// The suite's verdicts under two stricter rules: the top is an object, and no key stands twice.
///
/// Other values are tested as the member of an object; documents with a repeated key are refused.
@Suite(
  "The parser agrees with JSONTestSuite",
  .enabled(if: ParsingCase.all != nil, "shared/third-party/json-parsing.json is absent"))
struct ParsingSuiteTests {
  private static let repeatedKeys: Set = [
    "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
  ]

  @Test("what must be accepted is read", arguments: ParsingCase.cases(.accept))
  func accepts(_ vector: ParsingCase) {
    let reason: Malformation.Reason? =
      Self.repeatedKeys.contains(vector.name) ? .duplicateKey : nil
    #expect(refusal(vector.wrapped)?.reason == reason)
    #expect(refusal(Array(vector.text))?.reason == (vector.isObject ? reason : .notAnObject))
  }

  @Test("what must be rejected is refused", arguments: ParsingCase.cases(.reject))
  func rejects(_ vector: ParsingCase) {
    for bytes in [Array(vector.text), vector.wrapped] {
      #expect(refusal(bytes) != nil)
      #expect(!isCanonical(bytes))
    }
  }

  @Test("what is left open is decided, and by both readers alike", arguments: ParsingCase.all ?? [])
  func decides(_ vector: ParsingCase) {
    for bytes in [Array(vector.text), vector.wrapped] {
      let written = (try? JSONParser.object(bytes)).map(CanonicalWriter.bytes(of:))
      #expect(isCanonical(bytes) == (written == bytes))
      if let fault = refusal(bytes) { #expect((0...bytes.count).contains(fault.offset)) }
    }
  }

  @Test("the suite is whole")
  func whole() {
    #expect(ParsingCase.cases(.accept).count >= 95)
    #expect(ParsingCase.cases(.reject).count >= 186)
    #expect(ParsingCase.cases(.accept).count(where: \.isObject) >= 12)
  }
}
