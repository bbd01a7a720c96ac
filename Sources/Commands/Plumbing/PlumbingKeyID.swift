import Identity
import WireFormat

/// `deaddrop plumbing key-id`: the name of a key.
enum PlumbingKeyID: Command {
  static let name = "plumbing key-id"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Print the key id of a handle and a public key",
      options: [
        .value("handle", "H", "the name before the colon; any text", isRequired: true),
        .value("public-key", "BASE64", "the 32 bytes of the key", isRequired: true),
      ],
      notes: ["The key is only named: whether it is a good key is not checked."],
      examples: [
        "deaddrop plumbing key-id --handle forge \\\n"
          + "    --public-key Lf/xxyiU5iQvCy8PAzOZbfPMQp2aJl1BIMJJtmhzR8A="
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let key = try key(invocation.text("public-key"), "--public-key")
    let id = PublicKey.keyID(of: key, for: try invocation.text("handle"))
    return Report([.answer([Line(id)], json: ["key_id": .string(id)])])
  }

  /// The 32 bytes that canonical base64 spells.
  static func key(_ text: String, _ name: String) throws(CommandFailure) -> Bytes32 {
    guard let bytes = Base64.decode(Array(text.utf8)) else {
      throw .usage("\(name) is not canonical base64")
    }
    guard let key = Bytes32(bytes) else {
      throw .usage("\(name) spells \(bytes.count) bytes, not 32")
    }
    return key
  }
}
