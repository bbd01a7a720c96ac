import Commands
import Foundation
import Testing
import WireFormat

@Suite("a body comes from exactly one place")
struct BodyInputTests {
  private func read(_ values: Invocation.Values) throws -> JSONValue {
    try BodyInput.read(Invocation(values: values, terminal: Terminal()))
  }

  private func refusal(_ values: Invocation.Values) -> String {
    let error = #expect(throws: CommandFailure.self) { try read(values) }
    #expect(error?.code == .usage)
    return error?.message ?? ""
  }

  @Test("text is itself, JSON is its value")
  func values() throws {
    #expect(try read(["body": ["a\nb"]]) == .string("a\nb"))
    #expect(try read(["body": [""]]) == .string(""))
    #expect(
      try read(["json-body": ["{\"a\":[1,2.0]}"]])
        == .object(["a": .array([.integer(1), .real(2)])]))
  }

  @Test("none and two are refused, and so is what is no JSON")
  func refused() {
    #expect(refusal([:]) == "a body is needed: one of --body, --body-file, --json-body")
    #expect(refusal(["body": ["a"], "json-body": ["1"]]).hasPrefix("only one body"))
    #expect(refusal(["json-body": ["{,}"]]) == "--json-body is not JSON: unexpected_byte at byte 1")
  }

  @Test("64 KiB pass, one byte more does not, whichever way it comes")
  func limit() throws {
    let scratch = try Scratch()
    let path = scratch.folder.appending(path: "body").path
    // The two quotes of the text count: the limit is on the value as the line spells it.
    let most = String(repeating: "x", count: 65_534)
    try scratch.write(Data(most.utf8), to: "body")
    #expect(try read(["body-file": [path]]) == .string(most))
    #expect(try read(["body": [most]]) == .string(most))
    #expect(refusal(["body": [most + "x"]]).contains("the limit is 65536 (64 KiB)"))
    for count in [65_535, 65_537, 10_000_000] {
      try scratch.write(Data(repeating: 0x78, count: count), to: "body")
      #expect(refusal(["body-file": [path]]).contains("the limit is 65536 (64 KiB)"))
    }
  }

  @Test("a file that is not there or is no text is refused")
  func files() throws {
    let scratch = try Scratch()
    try scratch.write(Data([0x61, 0xFF]), to: "body")
    #expect(refusal(["body-file": [scratch.folder.path + "/body"]]).hasSuffix("is not UTF-8 text"))
    let error = #expect(throws: CommandFailure.self) {
      try read(["body-file": [scratch.folder.path + "/none"]])
    }
    #expect(error?.code == .system)
  }
}
