import Foundation
import Host
import Identity
import TestSupport
import Wire
import WireFormat

/// What the attacker does to the shared disk, and the lines that it signs.
extension Lab {
  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(wire)/\(name)")))
  }

  /// Writes a whole file of the wire, with the folders that it needs.
  func plant(_ text: String, at name: String) throws {
    try plant(Array(text.utf8), at: name)
  }

  func plant(_ bytes: [UInt8], at name: String) throws {
    let path = URL(filePath: "\(wire)/\(name)")
    try FileManager.default.createDirectory(
      at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: path)
  }

  /// The lines of a file of the wire without their LF.
  func lines(_ name: String) throws -> [[UInt8]] {
    guard FileManager.default.fileExists(atPath: "\(wire)/\(name)") else { return [] }
    return try read(name).split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }

  func append(_ lines: [UInt8]..., to name: String = scribeLog) throws {
    try append(lines, to: name)
  }

  func append(_ lines: [[UInt8]], to name: String = scribeLog) throws {
    let path = "\(wire)/\(name)"
    if !FileManager.default.fileExists(atPath: path) { try plant([], at: name) }
    guard let file = FileHandle(forWritingAtPath: path) else { throw CocoaError(.fileWriteUnknown) }
    try file.seekToEnd()
    for line in lines { try file.write(contentsOf: Data(line + [UInt8(ascii: "\n")])) }
    try file.close()
  }

  /// Puts these lines in the place of all that a file holds; it stays the same file.
  func overwrite(_ name: String, with lines: [[UInt8]]) throws {
    guard let file = FileHandle(forWritingAtPath: "\(wire)/\(name)") else {
      throw CocoaError(.fileWriteUnknown)
    }
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data(lines.flatMap { $0 + [UInt8(ascii: "\n")] }))
    try file.close()
  }

  /// Where the chain of the log's writer ends, whatever others have put behind it.
  func end(of log: String) throws -> (seq: Int, prev: Bytes32) {
    let (wire, handle) = try (wireID(), log == Self.forgeLog ? "forge" : "scribe" as Handle)
    let key = try log == Self.forgeLog ? nil : Self.scribeKey().pk
    for line in try lines(log).reversed() {
      guard let envelope = try? Envelope.read(line.span), envelope.wire == wire,
        case .chain(let seq, _) = envelope.place, envelope.pk == key ?? envelope.pk,
        envelope.isFrom(handle, line.span), LineSignature.holds(line.span, envelope, from: handle),
        EventID.of(line.span, envelope.fields) == envelope.eventID
      else { continue }
      return (seq, envelope.eventID)
    }
    return (0, .zero)
  }

  static func now() -> Timestamp { Timestamp(microseconds: WallClock.now()) }

  /// The next line of a member's chain, or one at another place, signed by scribe's or another key.
  ///
  /// The change comes before the signature.
  func next(
    by handle: Handle, _ draft: Draft, key: TestKey? = nil,
    at place: (seq: Int, prev: Bytes32)? = nil,
    wire: Bytes32? = nil, change: (inout JSONObject) throws -> Void = { _ in }
  ) throws -> [UInt8] {
    let key = try key ?? Self.scribeKey()
    let before = try place ?? end(of: handle == "forge" ? Self.forgeLog : Self.scribeLog)
    var object = draft.object(
      from: handle, pk: key.pk, wire: try wire ?? wireID(),
      place: .chain(seq: before.seq + 1, prev: before.prev),
      at: Self.now())
    try change(&object)
    return LineSignature.sign(object, as: handle, with: key.signing)
  }

  /// The key to which bodies for a member are sealed, as its card says.
  func sealingKey(of log: String) throws -> SealingPublicKey {
    let card = try JSONParser.object(lines(log)[0])["body"]?.members?["card"]?.members
    return try SealingPublicKey(checking: card.flatMap { Card.sealKey(of: $0) } ?? .zero)
  }

  /// A card message that opens a chain, scribe's unless said otherwise, or goes on with it.
  func card(
    of key: TestKey, for handle: Handle = "scribe",
    at place: (seq: Int, prev: Bytes32) = (0, .zero),
    proof: Bytes32? = nil, name: String = "Scribe", sealKey: Bytes32 = .unheld("seal"),
    proofSecret: Bytes32? = nil, wire: Bytes32? = nil,
    change: (inout JSONObject) throws -> Void = { _ in }
  ) throws -> [UInt8] {
    let wire = try wire ?? wireID()
    var card = Card.make(
      handle: handle, name: name, signingKey: key.signing, sealKey: sealKey,
      issuedAt: Self.now())
    try change(&card)
    let made = proofSecret.map {
      InviteProof.make(secret: $0, wire: wire, handle: handle, pk: key.pk, card: card)
    }
    let body: JSONObject = [
      "card": .object(card), "invite_proof": (proof ?? made).map { .string($0.hex) },
    ]
    return try next(
      by: handle, Draft(.agentCard, subject: "card", body: .object(body)), key: key, at: place,
      wire: wire)
  }

  /// A beat of scribe's with what it claims to have seen.
  func beat(_ n: Int, seen: JSONObject, tier: Text? = nil) throws -> [UInt8] {
    let key = try Self.scribeKey()
    let head = try end(of: Self.scribeLog)
    let body: JSONObject = [
      "head": .array([.integer(head.seq), .hex(head.prev)]), "read": .object([:]),
      "seen": .object(seen), "tier": tier.map { .string($0) },
    ]
    let object = Draft(.heartbeat, subject: "", body: .object(body)).object(
      from: "scribe", pk: key.pk, wire: try wireID(), place: .beat(n: n),
      at: Self.now())
    return LineSignature.sign(object, as: "scribe", with: key.signing)
  }
}
