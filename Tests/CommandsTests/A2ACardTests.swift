import Foundation
import TestSupport
import Testing

/// The A2A project's own Python SDK, in a virtual environment kept beside the build.
private enum A2ASDK {
  /// The python of an environment with this version of `a2a-sdk`; nil where it cannot be had.
  static func python(_ requirement: String, _ name: String) -> String? {
    do {
      let folder = try Products.folder().deletingLastPathComponent().appending(path: name)
      let python = folder.appending(path: "bin/python").path
      if run(python, ["-c", "import a2a.types"]) { return python }
      // Made whole under another name first: two runs at once must not meet a half one.
      let fresh = folder.path + ".\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: fresh) }
      guard run("/usr/bin/env", ["python3", "-m", "venv", fresh]),
        run(
          fresh + "/bin/python",
          [
            "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--timeout", "20",
            "--retries", "1", requirement,
          ])
      else { return skip(requirement) }
      try? FileManager.default.removeItem(at: folder)
      try FileManager.default.moveItem(atPath: fresh, toPath: folder.path)
      return run(python, ["-c", "import a2a.types"]) ? python : skip(requirement)
    } catch { return skip(requirement) }
  }

  private static func skip(_ requirement: String) -> String? {
    print("notice: \(requirement) cannot be had; cards are not parsed by it")
    return nil
  }

  private static func run(_ path: String, _ words: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = words
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}

@Suite("A card in the form of A2A", .serialized)
struct A2ACardTests {
  /// A wire on which forge has a name with all that a name may hold.
  private func cards(_ words: [String]) async throws -> (scratch: Scratch, card: [String: Any]) {
    let scratch = try Scratch()
    let made = try await Binary.shell(
      "deaddrop init --local forge scribe && deaddrop card publish --as forge "
        + "--name 'Forge \"of\" the p\u{E4}rser' --host lab --valid 365d > /dev/null", in: scratch)
    try #require(made.code == 0, "\(made.errors)")
    let outcome = try await Binary.run(["card", "forge", "--as", "scribe"] + words, in: scratch)
    try #require(outcome.code == 0, "\(outcome.errors)")
    try scratch.write(Data(outcome.output.utf8), to: "card.json")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return (scratch, try #require(object as? [String: Any]))
  }

  private func requireList(_ card: [String: Any], _ names: String...) {
    for name in names {
      #expect((card[name] as? [Any])?.isEmpty == false, "\(name)")
    }
  }

  /// What both versions want, and the signed card whole in the extension.
  private func checkCommon(_ card: [String: Any]) throws {
    #expect(card["name"] as? String == "Forge \"of\" the p\u{E4}rser")
    for name in ["description", "version"] {
      #expect((card[name] as? String)?.isEmpty == false, "\(name)")
    }
    requireList(card, "defaultInputModes", "defaultOutputModes", "skills")
    for skill in try #require(card["skills"] as? [[String: Any]]) {
      for name in ["id", "name", "description"] {
        #expect((skill[name] as? String)?.isEmpty == false, "\(name)")
      }
      requireList(skill, "tags")
    }
    let capabilities = try #require(card["capabilities"] as? [String: Any])
    let extensions = try #require(capabilities["extensions"] as? [[String: Any]])
    let parts = try #require(extensions.first)
    #expect(parts["required"] as? Bool == false)
    let params = try #require(parts["params"] as? [String: Any])
    let signed = try #require(params["card"] as? [String: Any])
    #expect(signed["did"] as? String == params["did"] as? String)
    #expect(signed["signature"] is String && signed["host"] as? String == "lab")
  }

  @Test("of 1.0 it has the required fields, and none of those that 1.0 dropped")
  func required10() async throws {
    let (_, card) = try await cards(["--a2a", "1.0"])
    try checkCommon(card)
    let interfaces = try #require(card["supportedInterfaces"] as? [[String: Any]])
    for name in ["url", "protocolBinding", "protocolVersion"] {
      #expect((interfaces.first?[name] as? String)?.isEmpty == false, "\(name)")
    }
    for name in ["url", "protocolVersion", "preferredTransport"] { #expect(card[name] == nil) }
  }

  @Test("of 0.3 it has the required fields")
  func required03() async throws {
    let (_, card) = try await cards(["--a2a", "0.3"])
    try checkCommon(card)
    #expect((card["protocolVersion"] as? String)?.hasPrefix("0.3") == true)
    #expect((card["url"] as? String)?.isEmpty == false)
    #expect(card["supportedInterfaces"] == nil)
  }

  @Test("the A2A project's own SDK takes the card of 1.0")
  func sdk10() async throws {
    guard let python = A2ASDK.python("a2a-sdk>=1,<2", "a2a-sdk-1") else { return }
    let (scratch, _) = try await cards(["--a2a", "1.0"])
    let parsed = try await Binary.shell(
      """
      \(python) - <<'END'
      import json
      from google.protobuf.json_format import ParseDict
      from a2a.types import AgentCard
      # Unknown fields are an error here.
      card = ParseDict(json.load(open("card.json")), AgentCard())
      assert card.supported_interfaces[0].protocol_version == "1.0"
      assert card.skills[0].tags and card.default_input_modes and card.version
      print(card.name, card.capabilities.extensions[0].params["card"]["handle"])
      END
      """, in: scratch)
    #expect(parsed.output == "Forge \"of\" the p\u{E4}rser forge\n", "\(parsed.errors)")
  }

  @Test("the A2A project's own SDK takes the card of 0.3")
  func sdk03() async throws {
    guard let python = A2ASDK.python("a2a-sdk>=0.3,<0.4", "a2a-sdk-0.3") else { return }
    let (scratch, _) = try await cards(["--a2a", "0.3"])
    let parsed = try await Binary.shell(
      """
      \(python) - <<'END'
      from a2a.types import AgentCard
      card = AgentCard.model_validate_json(open("card.json").read())
      assert not card.model_extra and card.protocol_version.startswith("0.3")
      print(card.name, card.capabilities.extensions[0].params["card"]["handle"])
      END
      """, in: scratch)
    #expect(parsed.output == "Forge \"of\" the p\u{E4}rser forge\n", "\(parsed.errors)")
  }
}
