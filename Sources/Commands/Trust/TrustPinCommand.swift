import DeadDropKit
import WireFormat

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
      notes: [
        "Everything that was held back is delivered by the next inbox. A revocation of this key is lifted."
      ],
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
          ["\(peer) is \(session.tier(of: peer).rawValue)"],
          json: [
            "handle": .string(peer.name), "tier": .string(session.tier(of: peer).rawValue),
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
    let digits = text.filter { !$0.isWhitespace }
    guard digits.utf8.count == 60, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
      throw .usage("--fingerprint is 60 digits")
    }
    return .fingerprint(digits)
  }

  /// Pinning whatever the wire shows would be no decision: says what there is to compare.
  private static func unproven(
    _ peer: Handle, _ session: inout Session
  ) throws(CommandFailure) -> CommandFailure {
    guard let key = try TrustView.peer(peer, &session).key else {
      return CommandFailure(.noCard(peer))
    }
    return .usage(
      "trust pin needs --key or --fingerprint: \(peer) writes with \(key.hex); compare first",
      hint: ShellWord.deaddrop("trust", "fingerprint", peer.name))
  }
}
