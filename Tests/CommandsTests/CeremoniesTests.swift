import Foundation
import Testing
import WireFormat

@Suite("plumbing ceremonies computes from its inputs alone")
struct CeremoniesTests {
  private let vectors: JSONObject
  private let scratch: Scratch

  init() throws {
    let file = TestFiles.folder.deletingLastPathComponent()
      .appending(path: "Vectors/ceremonies.json")
    vectors = try JSONParser.record([UInt8](try Data(contentsOf: file)))
    scratch = try Scratch()
  }

  private func run(_ input: JSONObject) async throws -> (JSONObject, Binary.Outcome) {
    let outcome = try await Binary.run(
      ["plumbing", "ceremonies"], input: Data(CanonicalWriter.bytes(of: input)), in: scratch)
    return (try JSONParser.object(Array(outcome.output.utf8)), outcome)
  }

  private func value(_ path: Text...) -> JSONValue? {
    path.reduce(JSONValue.object(vectors)) { $0.members?[$1] ?? .null }
  }

  /// The vectors without anything that the command is to find out.
  private var inputs: JSONObject {
    vectors.setting(nil, at: "invite", "invite_proof").setting(nil, at: "sas", "commitment")
      .setting(nil, at: "sas", "code").setting(nil, at: "fingerprint")
      .setting(nil, at: "sealed", "body").setting(nil, at: "sealed", "content_key_hex")
  }

  @Test("what the vectors say comes out, also where they do not say it")
  func vector() async throws {
    let body = value("sealed", "body")
    let expected: JSONObject = [
      "invite_proof": value("invite", "invite_proof"), "commitment": value("sas", "commitment"),
      "code": value("sas", "code"), "fingerprint": value("fingerprint", "shown"),
      "opened": .object(["forge": body, "scribe": body]),
    ]
    for input in [vectors, inputs] {
      let (found, outcome) = try await run(input)
      #expect(found == expected)
      #expect(outcome.code == 0 && outcome.errors.isEmpty)
    }
  }

  @Test("another input gives another output, and only where it enters")
  func changed() async throws {
    let other = JSONValue.string(String(repeating: "1f", count: 32))
    let line = try #require(value("sealed", "line")?.text?.string)
    let cases: [(JSONObject, Set<Text>)] = [
      (inputs.setting(other, at: "wire"), ["invite_proof", "code"]),
      (inputs.setting(other, at: "invite", "secret_hex"), ["invite_proof"]),
      (inputs.setting(other, at: "sas", "nonce_i_hex"), ["commitment", "code"]),
      (inputs.setting(other, at: "sas", "nonce_r_hex"), ["code"]),
      (inputs.setting(.string("x"), at: "sas", "ceremony"), ["code"]),
      (inputs.setting(other, at: "agents", "forge", "pk"), ["code", "fingerprint"]),
      (inputs.setting(other, at: "agents", "forge", "seal_pk"), ["code"]),
      (
        inputs.setting(.string("x"), at: "agents", "scribe", "card", "name"), ["invite_proof"]
      ),
      (inputs.setting(nil, at: "agents", "scribe", "seal_sk_hex"), ["opened"]),
      (
        inputs.setting(
          .string(line.replacing("\"seq\":7", with: "\"seq\":8")), at: "sealed", "line"),
        ["opened"]
      ),
    ]
    let (whole, _) = try await run(inputs)
    for (input, names) in cases {
      let (found, outcome) = try await run(input)
      let differing = whole.members.filter { found[$0.key] != $0.value }.map(\.key)
      #expect(Set(differing) == names)
      #expect(outcome.code == 0)
    }
    let closed = try await run(cases[cases.count - 1].0)
    #expect(closed.0["opened"] == .object([:]))
    #expect(closed.1.errors.contains("closed to forge: the text was altered"))
  }

  @Test("what cannot be computed is left out, and what is wrong is named")
  func missing() async throws {
    #expect(try await run([:]).0 == [:])
    let cases: [(JSONObject, String)] = [
      (inputs.setting(nil, at: "wire"), "no valid wire"),
      (inputs.setting(.string("ab"), at: "invite", "secret_hex"), "no valid invite.secret_hex"),
      (inputs.setting(nil, at: "agents", "scribe", "card"), "no valid agents.scribe.card"),
      (inputs.setting(.string("nobody"), at: "sas", "initiator"), "no valid agents.nobody"),
      (inputs.setting(.string("{"), at: "sealed", "line"), "no valid sealed.line"),
    ]
    for (input, words) in cases {
      let outcome = try await Binary.run(
        ["plumbing", "ceremonies"], input: Data(CanonicalWriter.bytes(of: input)), in: scratch)
      #expect(outcome.code == 2 && outcome.output.isEmpty)
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
  }
}

extension JSONObject {
  /// The object with one value in its depth replaced, or taken away.
  fileprivate func setting(_ value: JSONValue?, at path: Text...) -> JSONObject {
    setting(value, path[...])
  }

  private func setting(_ value: JSONValue?, _ path: ArraySlice<Text>) -> JSONObject {
    guard let first = path.first else { return self }
    var object = self
    let rest = path.dropFirst()
    object[first] =
      rest.isEmpty ? value : .object((object[first]?.members ?? [:]).setting(value, rest))
    return object
  }
}
