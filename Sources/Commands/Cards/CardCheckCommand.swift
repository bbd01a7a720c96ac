import DeadDropKit
import Host
import Identity
import WireFormat

/// `deaddrop card check`: a card in a file, of this version or of v3.1.
enum CardCheckCommand: Command {
  static let name = "card check"
  private static let byteLimit = 1 << 16

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Check a card in a file, of v3.2 or of v3.1",
      arguments: [.one("file", "the card as JSON")],
      notes: [
        "It is checked by the key that it names itself: a good card proves that it is whole, not who made\n"
          + "it. Nothing is believed by it; compare the key over another channel: deaddrop trust pin."
      ],
      examples: ["deaddrop card check scribe-card.json"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let path = try invocation.text("file")
    let bytes = try NamedFile.read(path, limit: byteLimit)
    let card: JSONObject
    do { card = try JSONParser.record(bytes) } catch {
      throw CommandFailure(
        .refused, "\(path): no JSON object: \(error.reason.rawValue) at byte \(error.offset)",
        hint: "a card is what its agent prints by: deaddrop card > card.json")
    }
    let found: (handle: String, key: PublicKey)
    do throws(CardFault) { found = try check(card) } catch {
      throw CommandFailure(
        .unsafe, "\(path): \(error)",
        hint: "believe nothing by it; its agent, over another channel: deaddrop card > card.json")
    }
    let now = Timestamp(microseconds: WallClock.now())
    let expiry = Card.expiry(of: card)
    let version = card["schema_version"]?.text?.string ?? "v3.1"
    var report = Report(
      [
        "whole, signed by its own key", "\(found.handle, .strong) \(found.key.bytes.hex)",
        "  key id \(found.key.keyID(for: found.handle))",
      ],
      json: [
        "handle": .string(found.handle), "pk": .hex(found.key.bytes),
        "key_id": .string(found.key.keyID(for: found.handle)), "schema_version": .string(version),
        "valid_until": expiry.map { .string($0.string) } ?? .null,
      ])
    if let expiry, expiry <= now { report.warn("expired at \(expiry.string)") }
    return report
  }

  private static func check(
    _ card: JSONObject
  ) throws(CardFault) -> (handle: String, key: PublicKey) {
    guard card["schema_version"]?.text == "v3.2" else {
      let legacy = try Card.checkV31(card)
      return (legacy.handle, legacy.key)
    }
    guard let handle = card["handle"]?.text.flatMap({ Handle($0) }) else { throw .otherHandle }
    guard let pk = card["pk"]?.text.flatMap(Bytes32.init(hex:)),
      let key = try? PublicKey(checking: pk)
    else { throw .otherKey }
    try Card.check(card, handle: handle, pk: pk)
    return (handle.name, key)
  }
}
