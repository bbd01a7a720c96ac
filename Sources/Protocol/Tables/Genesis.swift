package import Identity
package import WireFormat

/// The write-once first fact of a wire: who its members are, in which logs, under which tables.
///
/// Shape: one canonical signed object in `wire.json`; its event_id is the wire's id.
/// Source: PROTOCOL.md, "Genesis".
package struct Genesis: Sendable {
  package struct Member: Hashable, Sendable {
    package let handle: Handle
    /// A file name in the wire directory.
    package let log: String

    package init(handle: Handle, log: String) {
      self.handle = handle
      self.log = log
    }
  }

  /// The beginning of a file that is older than the wire.
  package struct Legacy: Hashable, Sendable {
    package let byteCount: Int64
    package let sha256: Bytes32

    package init(byteCount: Int64, sha256: Bytes32) {
      (self.byteCount, self.sha256) = (byteCount, sha256)
    }
  }

  package enum Fault: Error, Equatable, Sendable {
    case malformed(Malformation)
    case notCanonical
    case field(String)
    case eventIDMismatch
    case badSignature
  }

  package let id: Bytes32
  package let founder: Handle
  package let founderKey: Bytes32
  /// In the order that the genesis lists them.
  package let members: [Member]
  private let domainTable: JSONValue
  private let tierTable: JSONValue
  package let operatorKey: Bytes32?
  package let idleCycles: IdleCycles
  /// What files of the directory began with when the wire was founded over them, by name.
  package let legacy: [String: Legacy]
  package let timestamp: Timestamp

  package static let protocolVersion = "3.2"

  /// Reads `wire.json` without checking its signature: enough where the id is pinned.
  package init(_ bytes: [UInt8]) throws(Fault) {
    var line = bytes
    if line.last == UInt8(ascii: "\n") { line.removeLast() }
    let object: JSONObject
    do { object = try JSONParser.object(line) } catch { throw .malformed(error) }
    guard let fields = CanonicalScan.fields(of: line.span) else { throw .notCanonical }
    try self.init(object)
    guard EventID.of(line.span, fields) == id else { throw .eventIDMismatch }
  }

  /// Reads `wire.json` and checks that its founder signed it: what a stranger must do.
  package init(checking bytes: [UInt8]) throws(Fault) {
    try self.init(bytes)
    guard let object = try? JSONParser.object(bytes), Self.isSigned(object, by: founder, founderKey)
    else { throw .badSignature }
  }

  private init(_ object: JSONObject) throws(Fault) {
    func require<Value>(_ field: Text, _ value: Value?) throws(Fault) -> Value {
      guard let value else { throw .field(field.string) }
      return value
    }
    _ = try require("v", object["v"]?.int == 1 ? 1 : nil)
    _ = try require("type", object["type"]?.text == "genesis" ? 1 : nil)
    _ = try require(
      "protocol", object["protocol"]?.text == Text(Self.protocolVersion) ? 1 : nil)
    id = try require("event_id", object["event_id"]?.text.flatMap(Bytes32.init(hex:)))
    founder = try require("from", object["from"]?.text.flatMap(Handle.init(sender:)))
    founderKey = try require("pk", object["pk"]?.text.flatMap(Bytes32.init(hex:)))
    timestamp = try require("timestamp", object["timestamp"]?.text.flatMap(Timestamp.init))
    members = try require("members", Self.members(object["members"]))
    _ = try require("members", members.contains { [founder] in $0.handle == founder } ? 1 : nil)
    domainTable = try require("domains", object["domains"])
    _ = try require("domains", Domain.isTable(domainTable) ? 1 : nil)
    tierTable = try require("tiers", object["tiers"])
    _ = try require("tiers", Tier.isTable(tierTable) ? 1 : nil)
    if let key = object["operator"] {
      operatorKey = try require("operator", key.text.flatMap(Bytes32.init(hex:)))
    } else {
      operatorKey = nil
    }
    idleCycles = IdleCycles(object["idle_cycles"])
    legacy = try require("legacy", Self.legacy(object["legacy"]))
  }

  package var domains: [Text: Domain] { Domain.table(domainTable) ?? [:] }
  package var tiers: [Text: Tier] { Tier.table(tierTable) ?? [:] }

  /// Nil unless handles and logs are well formed and each stands once, regardless of case.
  private static func members(_ value: JSONValue?) -> [Member]? {
    guard let items = value?.elements, (1...64).contains(items.count) else { return nil }
    var members: [Member] = []
    for item in items {
      guard let handle = item.members?["handle"]?.text.flatMap({ Handle($0) }),
        let log = item.members?["log"]?.text?.string, LogName.isValid(log),
        !members.contains(where: { $0.handle == handle || $0.log == log })
      else { return nil }
      members.append(Member(handle: handle, log: log))
    }
    return members
  }

  /// Nil unless each name is one of a file beside the genesis.
  private static func legacy(_ value: JSONValue?) -> [String: Legacy]? {
    guard let value else { return [:] }
    guard let entries = value.members?.members, entries.count <= legacyLimit else { return nil }
    var legacy: [String: Legacy] = [:]
    for entry in entries {
      guard LogName.isFile(entry.key), let object = entry.value.members,
        let byteCount = object["bytes"]?.int, byteCount >= 0,
        let sha256 = object["sha256"]?.text.flatMap(Bytes32.init(hex:))
      else { return nil }
      legacy[entry.key.string] = Legacy(byteCount: Int64(byteCount), sha256: sha256)
    }
    return legacy
  }

  /// So many files of an older wire can be taken over.
  package static let legacyLimit = 256

  private static func isSigned(_ object: JSONObject, by founder: Handle, _ pk: Bytes32) -> Bool {
    guard let key = try? PublicKey(checking: pk), let id = object["event_id"]?.text,
      let digest = Bytes32(hex: id),
      object["public_key_id"]?.text == Text(key.keyID(for: founder.name)),
      let signature = object["signature"]?.text.flatMap({ Base64.decode($0) })
    else { return false }
    return key.verifies(signature, digest.bytes)
  }

  /// The signed line of a new wire, LF not included.
  package static func make(
    founder: Handle, key: borrowing SigningKey, members: [Member], domains: [Text: Domain],
    tiers: [Text: Tier], idleCycles: IdleCycles = IdleCycles(), operatorKey: Bytes32? = nil,
    legacy: [String: Legacy] = [:], nonce: [UInt8], at time: Timestamp
  ) -> [UInt8] {
    var taken = JSONObject()
    for (name, legacy) in legacy {
      taken[Text(name)] = .object([
        "bytes": .integer(Int(legacy.byteCount)), "sha256": .string(legacy.sha256.hex),
      ])
    }
    let object: JSONObject = [
      "v": .integer(1), "type": .string("genesis"), "protocol": .string(protocolVersion),
      "timestamp": .string(time.string), "from": .string(founder.name),
      "pk": .string(key.publicKey.bytes.hex), "nonce": .string(Hex.string(nonce)),
      "members": .array(
        members.map {
          .object(["handle": .string($0.handle.name), "log": .string($0.log)])
        }),
      "domains": Domain.value(of: domains), "tiers": Tier.value(of: tiers),
      // The usual ones need not be said.
      "idle_cycles": idleCycles == IdleCycles() ? nil : idleCycles.value,
      "operator": operatorKey.map { .hex($0) },
      "legacy": legacy.isEmpty ? nil : .object(taken),
    ]
    return LineSignature.sign(object, as: founder, with: key)
  }
}

extension Genesis.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let fault): "not JSON (\(fault.reason.rawValue) at byte \(fault.offset))"
    case .notCanonical: "not in canonical form"
    case .field(let name): "field \(name) missing or wrong"
    case .eventIDMismatch: "its event_id does not match its content"
    case .badSignature: "not signed by the founder that it names"
    }
  }
}

/// The names that logs may have, so that no path is ever built from content.
package enum LogName {
  /// `<handle>_to_<handle>.jsonl` or `<handle>_to_all.jsonl`.
  package static func isValid(_ name: String) -> Bool {
    guard name.hasSuffix(".jsonl"), let separator = separator(in: name) else { return false }
    let bytes = Array(name.utf8)
    let peer = Text(utf8: Array(bytes[(separator + 4)..<(bytes.count - 6)]))
    return Handle(Text(utf8: Array(bytes[..<separator]))) != nil
      && (peer == "all" || Handle(peer) != nil)
  }

  /// `<name>.jsonl`, of printable ASCII and without a slash.
  package static func isFile(_ name: Text) -> Bool {
    let suffix = Array(".jsonl".utf8)
    return (suffix.count + 1...255).contains(name.utf8.count)
      && name.utf8.suffix(suffix.count).elementsEqual(suffix)
      && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
  }

  private static func separator(in name: String) -> Int? {
    let bytes = Array(name.utf8)
    let mark = Array("_to_".utf8)
    guard bytes.count > mark.count + 6 else { return nil }
    return (0..<(bytes.count - mark.count - 6)).first {
      bytes[$0..<$0 + mark.count].elementsEqual(mark)
    }
  }

  /// What a new wire calls the log of a handle: after its one peer, else after all.
  package static func make(for handle: Handle, among members: [Handle]) -> String {
    let peers = members.filter { $0 != handle }
    let peer = peers.count == 1 ? peers[0].name : "all"
    return "\(handle)_to_\(peer).jsonl"
  }
}
