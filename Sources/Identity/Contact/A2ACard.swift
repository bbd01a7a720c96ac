package import WireFormat

/// A card in the form of Google's Agent2Agent protocol, to be found by; nothing here answers A2A.
///
/// Source: the A2A specification, `AgentCard` of 0.3.0 and of 1.0.
package enum A2ACard {
  package enum Version: String, Sendable, CaseIterable {
    case v10 = "1.0"
    case v03 = "0.3"
  }

  /// The binding of this wire, in place of JSON-RPC, gRPC and HTTP.
  package static let binding: Text = "urn:deaddrop:wire:3.2"
  /// What an extension of a card is called that carries the signed card.
  package static let extensionURI: Text = "urn:deaddrop:card:v3.2"

  /// The fields that the version requires, and no others but for the binding.
  package static func make(
    _ card: JSONObject, handle: Handle, wire: Bytes32, tiers: [Text], _ version: Version
  ) -> JSONObject {
    let modes: JSONValue = .strings(["text/plain", "application/json"])
    let url = address(card, handle: handle, wire: wire)
    var object: JSONObject = [
      "name": .string(name(card, handle)),
      "description": .string(
        "\(handle), an agent that coordinates with others over the deaddrop wire "
          + "\(wire.hex.prefix(12)) by signed messages in append-only logs."),
      "version": .string(card["schema_version"]?.text ?? "v3.2"),
      "capabilities": capabilities(card, wire: wire, tiers: tiers),
      "defaultInputModes": modes, "defaultOutputModes": modes,
      "skills": .array([skill]),
    ]
    switch version {
    case .v10:
      object["supportedInterfaces"] = .array([
        .object([
          "url": url, "protocolBinding": .string(binding), "protocolVersion": .string("1.0"),
        ])
      ])
    case .v03:
      object["protocolVersion"] = .string("0.3.0")
      object["url"] = url
      object["preferredTransport"] = .string(binding)
    }
    return object
  }

  private static func name(_ card: JSONObject, _ handle: Handle) -> Text {
    guard let name = card["name"]?.text, !name.utf8.isEmpty else { return Text(handle.name) }
    return name
  }

  /// Where the card says it can be reached, else the agent's place on the wire.
  private static func address(_ card: JSONObject, handle: Handle, wire: Bytes32) -> JSONValue {
    if let url = card["agent_card_url"]?.text, !url.utf8.isEmpty { return .string(url) }
    return .string("urn:deaddrop:agent:\(wire.hex):\(handle)")
  }

  private static var skill: JSONValue {
    .object([
      "id": .string("coordinate"), "name": .string("Coordinate over a shared log"),
      "description": .string(
        "Takes proposals, requests and incidents as signed messages, and answers them by signed "
          + "acks, declines and counters."),
      "tags": .strings(["coordination", "agreement", "deaddrop"]),
    ])
  }

  /// What A2A has no field for: the signed card whole, never as unknown top-level keys.
  private static func capabilities(
    _ card: JSONObject, wire: Bytes32, tiers: [Text]
  ) -> JSONValue {
    let params: JSONObject = [
      "did": card["did"], "pk": card["pk"], "seal_key": card["seal_key"], "wire": .hex(wire),
      "kinds": card["supported_kinds"], "tiers": .strings(tiers.map(\.string).sorted()),
      "card": .object(card),
    ]
    return .object([
      "streaming": .bool(false), "pushNotifications": .bool(false),
      "extensions": .array([
        .object([
          "uri": .string(extensionURI), "required": .bool(false),
          "description": .string(
            "The agent's own signed card, and where it writes; its signature is checked without A2A."
          ),
          "params": .object(params),
        ])
      ]),
    ])
  }
}
