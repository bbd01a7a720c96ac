import Foundation
import Testing

@Suite("plumbing agrees with the vectors")
struct PlumbingTests {
  private struct Canonical: Decodable {
    let name: String
    let text: Data
    let canonical: Data
    let sha256: String

    enum CodingKeys: String, CodingKey {
      case name, sha256
      case text = "text_b64"
      case canonical = "canonical_b64"
    }
  }

  private struct Refused: Decodable {
    let name: String
    let line: Data

    enum CodingKeys: String, CodingKey {
      case name
      case line = "line_b64"
    }
  }

  /// What `canonical` and `verify` print.
  private struct Answer: Decodable {
    var ok: Bool?
    var canonical: Data?
    var sha256: String?
    var offset: Int?
    var valid: Bool?
    var reason: String?
    var id: String?

    enum CodingKeys: String, CodingKey {
      case ok, canonical, sha256, offset, valid, reason
      case id = "event_id"
    }
  }

  private struct Message: Decodable {
    let name: String
    let scheme: String
    let line: Data
    let valid: Bool
    let reason: String

    enum CodingKeys: String, CodingKey {
      case name, scheme, valid, reason
      case line = "line_b64"
    }
  }

  private struct Messages: Decodable {
    let messages: [Message]
  }

  private struct Identity: Decodable {
    struct Agent: Decodable {
      let handle: String
      let did: String
      let seed: String
      let key: String
      let keyID: String

      enum CodingKeys: String, CodingKey {
        case handle, did
        case seed = "seed_hex"
        case key = "public_key_b64"
        case keyID = "key_id"
      }
    }

    struct Pair: Decodable {
      let first: String
      let second: String
      let code: String

      enum CodingKeys: String, CodingKey {
        case first = "a"
        case second = "b"
        case code = "sas_v31"
      }
    }

    let agents: [Agent]
    let pairs: [Pair]

    enum CodingKeys: String, CodingKey {
      case agents
      case pairs = "sas_pairs"
    }
  }

  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func lines(_ items: [Data]) -> Data {
    Data(items.map { $0.base64EncodedString() + "\n" }.joined().utf8)
  }

  private func answers(_ words: [String], _ input: Data) async throws -> [Answer] {
    let outcome = try await Binary.run(words, input: input, in: scratch)
    #expect(outcome.code == 0)
    #expect(outcome.errors.isEmpty)
    return try outcome.lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
  }

  @Test("every document of the vectors gets its canonical bytes and their hash")
  func canonical() async throws {
    let vectors = try TestFiles.vectors("canonical.json", as: [Canonical].self)
    let found = try await answers(
      ["plumbing", "canonical", "--base64"], lines(vectors.map(\.text)))
    try #require(found.count == vectors.count)
    for (vector, answer) in zip(vectors, found) {
      #expect(answer.ok == true, "\(vector.name)")
      #expect(answer.canonical == vector.canonical, "\(vector.name)")
      #expect(answer.sha256 == vector.sha256, "\(vector.name)")
    }
  }

  @Test("every line to refuse is refused, with a reason and a byte")
  func refused() async throws {
    let vectors = try TestFiles.vectors("reject.json", as: [Refused].self)
    let found = try await answers(
      ["plumbing", "canonical", "--base64"], lines(vectors.map(\.line)))
    try #require(found.count == vectors.count)
    for (vector, answer) in zip(vectors, found) {
      #expect(answer.ok == false, "\(vector.name)")
      #expect(answer.reason != nil && answer.offset != nil, "\(vector.name)")
    }
  }

  private func writeTrust() throws {
    let file = TestFiles.folder.deletingLastPathComponent().appending(path: "Vectors/messages.json")
    let all = try JSONSerialization.jsonObject(with: try Data(contentsOf: file)) as? [String: Any]
    let trust = try #require(all?["trust"])
    try scratch.write(try JSONSerialization.data(withJSONObject: trust), to: "trust.json")
  }

  @Test("every stored message gets its verdict", arguments: ["3.0", "3.1"])
  func verdicts(scheme: String) async throws {
    try writeTrust()
    let messages = try TestFiles.vectors("messages.json", as: Messages.self).messages
      .filter { $0.scheme == scheme }
    try #require(!messages.isEmpty)
    let found = try await answers(
      ["plumbing", "verify", "--base64", "--trust", "trust.json", "--scheme", scheme],
      lines(messages.map(\.line)))
    try #require(found.count == messages.count)
    for (message, answer) in zip(messages, found) {
      #expect(answer.valid == message.valid, "\(message.name)")
      #expect(answer.reason ?? "" == message.reason, "\(message.name)")
      #expect((answer.id != nil) == message.valid, "\(message.name)")
    }
  }

  @Test("each agent's seed signs its stored messages again, to the same values")
  func signs() async throws {
    let agents = try TestFiles.vectors("identity.json", as: Identity.self).agents
    let messages = try TestFiles.vectors("messages.json", as: Messages.self).messages
    var count = 0
    for agent in agents {
      let digits = Array(agent.seed)
      let seed = stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...$0 + 1]), radix: 16)
      }
      try scratch.write(Data(seed), to: "seed")
      for scheme in ["3.0", "3.1"] {
        let own = try messages.filter { message in
          guard message.valid, message.scheme == scheme else { return false }
          return try object(message.line)["public_key_id"] as? String == agent.keyID
        }
        let outcome = try await Binary.run(
          ["plumbing", "sign", "--key", "seed", "--handle", agent.handle, "--scheme", scheme],
          input: Data(own.map { $0.line + Data("\n".utf8) }.joined()), in: scratch)
        #expect(outcome.code == 0)
        try #require(outcome.lines.count == own.count)
        for (message, line) in zip(own, outcome.lines) {
          #expect(
            try object(Data(line.utf8)) as NSDictionary == object(message.line) as NSDictionary,
            "\(message.name)")
          count += 1
        }
      }
    }
    #expect(count > 50)
  }

  private func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("key ids and short codes are those of the vectors")
  func names() async throws {
    let identity = try TestFiles.vectors("identity.json", as: Identity.self)
    for agent in identity.agents {
      let outcome = try await Binary.run(
        ["plumbing", "key-id", "--handle", agent.handle, "--public-key", agent.key], in: scratch)
      #expect(outcome.lines == [agent.keyID])
    }
    for pair in identity.pairs {
      let first = try #require(identity.agents.first { $0.handle == pair.first })
      let second = try #require(identity.agents.first { $0.handle == pair.second })
      let words = [first.did, first.key, second.did, second.key]
      let outcome = try await Binary.run(["plumbing", "sas-v31"] + words, in: scratch)
      #expect(outcome.lines == [pair.code])
      #expect(outcome.errors.contains("weak"))
    }
  }
}
