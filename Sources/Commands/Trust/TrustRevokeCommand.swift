import DeadDropKit
import Wire
import WireFormat

/// `deaddrop trust revoke`: believes a peer only up to a line.
enum TrustRevokeCommand: Command {
  static let name = "trust revoke"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Stop believing a peer, from a line of its chain on",
      arguments: [.one("peer", "whose key was stolen, or whom you believe no more")],
      options: [
        .value(
          "from", "SEQ",
          "the first line not believed, by the seq that show ID prints; without it the first")
      ],
      notes: [
        "What comes from there on is not shown, and its acks decide nothing that you propose. Decisions\n"
          + "that rest on it stand, and are listed with that label. No key that it names is believed.",
        "A place behind an earlier revocation of the same key is refused: it would change nothing.",
        "The peer goes on with a new key after `key recover`, or is taken back by: deaddrop trust pin",
      ],
      examples: ["deaddrop trust revoke scribe --from 17"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("peer")
    let seq = try invocation.integer("from", in: 1...) ?? 1
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let revocation = try session.revoke(peer, from: seq)
        let place =
          revocation.cut.seq == 0
          ? "from its first line on"
          : "behind line \(revocation.cut.seq) (\(revocation.cut.eventID.hex.prefix(12)))"
        var report = Report(
          ["\(peer) is not believed \(place): \(counted(revocation.lineCount, "line")) hidden"],
          json: [
            "handle": .string(peer.name), "hidden": .integer(revocation.lineCount),
            "cut": .object([
              "seq": .integer(revocation.cut.seq),
              "event_id": .string(revocation.cut.eventID.hex),
            ]),
          ])
        if revocation.isRepeated { report.note("that was so already") }
        report.items += revocation.decisions.map { DecisionsCommand.doubtful($0) }
        return report
      }
    }
  }
}
