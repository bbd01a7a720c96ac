package import WireFormat

/// The keys of a `trust.json` of v3.1, each by its holder and its id.
package struct LegacyTrust: Sendable {
  private var entries: [Text: [Entry]] = [:]

  struct Entry: Sendable {
    let keyID: Text
    let key: PublicKey
    let isActive: Bool
  }

  /// Nil unless `agents` is an object; entries and keys that are not usable are as if absent.
  ///
  /// Shape: {"agents": {handle: {"public_keys": [{"key_id", "key": base64, "active"}]}}}.
  package init?(_ object: JSONObject) {
    guard let agents = object["agents"]?.members else { return nil }
    for agent in agents.members {
      let keys = agent.value.members?["public_keys"]?.elements ?? []
      entries[agent.key] = keys.compactMap(Self.entry)
    }
  }

  private static func entry(_ value: JSONValue) -> Entry? {
    guard let members = value.members, let keyID = members["key_id"]?.text,
      let key = members["key"]?.text.flatMap({ PublicKey(base64: $0) })
    else { return nil }
    return Entry(keyID: keyID, key: key, isActive: members["active"]?.flag ?? false)
  }

  /// A list of nobody.
  package static let empty = LegacyTrust()

  private init() {}

  /// The keys that it still lists for an agent of this name, with or without `did:wire:` before it.
  package func activeKeys(of handle: Handle) -> [Bytes32] {
    let listed = [handle.name, handle.did].flatMap { entries[Text($0)] ?? [] }
    return listed.filter(\.isActive).map(\.key.bytes)
  }

  func entry(of handle: LegacyName, keyID: Text) -> Entry? {
    entries[handle.text]?.first { $0.keyID == keyID }
  }
}

/// A sender's name as v3.1 allowed it: any text, with or without `did:wire:` before it.
struct LegacyName: Equatable, Sendable {
  let text: Text

  init(sender: Text) {
    self = LegacyName(did: sender) ?? LegacyName(bare: sender)
  }

  /// Nil unless the text begins with `did:wire:` and goes on.
  init?(did: Text) {
    let prefix = Array(Handle.didPrefix.utf8)
    guard did.utf8.starts(with: prefix), did.utf8.count > prefix.count else { return nil }
    text = Text(utf8: Array(did.utf8.dropFirst(prefix.count)))
  }

  private init(bare: Text) {
    text = bare
  }

  /// The holder that a key id names: what is before its last colon.
  init?(keyID: Text) {
    guard let colon = keyID.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    text = Text(utf8: Array(keyID.utf8[..<colon]))
  }
}
