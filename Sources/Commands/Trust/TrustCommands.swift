import DeadDropKit
import WireFormat

/// `deaddrop trust list`: whom this agent believes.
enum TrustListCommand: Command {
  static let name = "trust list"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show each peer's tier, key, and how it was verified",
      examples: ["deaddrop trust list"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let peers = try CommandFailure.lifting { () throws(KitError) in try session.peers() }
      var report = Report()
      for peer in peers { report.answer(lines(peer), json: json(peer)) }
      return report
    }
  }

  private static func lines(_ peer: PeerTrust) -> [Line] {
    var lines: [Line] = [
      "\(peer.handle, .strong) \(peer.tier.rawValue) \(peer.key?.hex ?? "has not joined yet")"
    ]
    for pin in peer.pins {
      lines.append("  \(pin.pk.hex.prefix(12)) from seq \(pin.fromSeq): \(pin.words)")
    }
    if peer.heldBackCount > 0 {
      lines.append(Line("  " + counted(peer.heldBackCount, "line") + " held back"))
    }
    return lines
  }

  private static func json(_ peer: PeerTrust) -> JSONObject {
    [
      "handle": .string(peer.handle.name), "tier": .string(peer.tier.rawValue),
      "pk": peer.key.map { .string($0.hex) }, "held_back": .integer(peer.heldBackCount),
      "pins": .array(
        peer.pins.map { pin in
          .object([
            "pk": .string(pin.pk.hex), "from_seq": .integer(pin.fromSeq),
            "how": .string(pin.means.rawValue), "at": .string(pin.at.string),
            "by": pin.by.map { .string($0.name) },
          ])
        }),
    ]
  }
}

/// `deaddrop trust pin`: the operator vouches for a key.
enum TrustPinCommand: Command {
  static let name = "trust pin"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Vouch for a peer's key, after comparing it over another channel",
      arguments: [.one("peer", "whose key it is")],
      options: [
        .value("key", "HEX", "the peer's full public key, 64 hex digits"),
        .value("fingerprint", "DIGITS", "the 60 digits that key show prints on both sides"),
      ],
      notes: ["Everything that was held back is delivered by the next inbox."],
      examples: ["deaddrop trust pin scribe --fingerprint \"$DIGITS\""])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("peer")
    let proof = try proof(invocation)
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      guard let proof else { throw try unproven(peer, &session) }
      return try CommandFailure.lifting { () throws(KitError) in
        let catchUp = try session.pin(peer, proof)
        var report = Report(
          ["\(peer) is \(session.trust.tier(of: peer).rawValue)"],
          json: [
            "handle": .string(peer.name), "tier": .string(session.trust.tier(of: peer).rawValue),
          ])
        report.items += catchUp.notes.map { .note($0) }
        return report
      }
    }
  }

  private static func proof(_ invocation: Invocation) throws(CommandFailure) -> PinProof? {
    if let hex = invocation.optionalText("key") {
      guard let pk = Bytes32(hex: hex) else {
        throw .usage("--key is 64 lower-case hex digits")
      }
      return .key(pk)
    }
    guard let text = invocation.optionalText("fingerprint") else { return nil }
    let digits = text.filter { $0 != " " }
    guard digits.utf8.count == 60, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
      throw .usage("--fingerprint is 60 digits")
    }
    return .fingerprint(digits)
  }

  /// Pinning whatever the wire shows would be no decision: says what there is to compare.
  private static func unproven(
    _ peer: Handle, _ session: inout Session
  ) throws(CommandFailure) -> CommandFailure {
    let peers = try CommandFailure.lifting { () throws(KitError) in try session.peers() }
    guard let key = peers.first(where: { $0.handle == peer })?.key else {
      return CommandFailure(.noCard(peer))
    }
    return .usage(
      "trust pin needs --key or --fingerprint: \(peer) writes with \(key.hex); compare first",
      hint:
        "deaddrop key show, on both sides; then: deaddrop trust pin \(peer) --fingerprint DIGITS")
  }
}
