import DeadDropKit
import Wire
import WireFormat

/// Whom this agent believes, as every verb of `trust` shows it.
enum TrustView {
  /// As people at this agent read it.
  static func lines(_ peer: PeerTrust, to own: Handle) -> [Line] {
    var lines: [Line] = [
      "\(peer.handle, .strong) \(peer.tier.rawValue)"
        + (peer.key == nil ? " has not joined yet" : "")
    ]
    if let key = peer.key { lines.append("  \(key.hex)") }
    lines += peer.pins.map { "  \($0.pk.hex.prefix(12)) \(span($0)): \($0.words(to: own))" }
    if peer.heldBackCount > 0 {
      lines.append(Line("  " + counted(peer.heldBackCount, "line") + " held back"))
    }
    if let cut = peer.cut {
      let words = counted(peer.revokedCount, "line") + " not shown: revoked from seq \(cut.seq + 1)"
      lines.append(Line("  " + words, .bad))
    }
    return lines
  }

  private static func span(_ pin: TrustStore.Pin) -> String {
    guard let cut = pin.cut else { return "from seq \(pin.fromSeq)" }
    return cut.seq < pin.fromSeq ? "revoked" : "from seq \(pin.fromSeq) to \(cut.seq)"
  }

  static func json(_ peer: PeerTrust) -> JSONObject {
    [
      "handle": .string(peer.handle.name), "tier": .string(peer.tier.rawValue),
      "pk": peer.key.map { .string($0.hex) }, "held_back": .integer(peer.heldBackCount),
      "revoked": .integer(peer.revokedCount),
      "cut": peer.cut.map {
        .object(["seq": .integer($0.seq), "event_id": .string($0.eventID.hex)])
      },
      "pins": .array(peer.pins.map { .object(json($0)) }),
    ]
  }

  private static func json(_ pin: TrustStore.Pin) -> JSONObject {
    [
      "pk": .string(pin.pk.hex), "from_seq": .integer(pin.fromSeq),
      "through": pin.cut.map { .integer($0.seq) }, "tier": .string(pin.tier.rawValue),
      "how": .string(pin.means.rawValue), "at": .string(pin.at.string),
      "by": pin.by.map { .string($0.name) },
    ]
  }

  static func item(_ candidate: Candidate) -> ReportItem {
    let who = candidate.handle.map { "first card of \($0)" } ?? "no first card"
    return .answer(
      ["candidate \(candidate.file): \(who), \(candidate.byteCount) bytes, never shown"]
        + (candidate.pk.map { ["  by key", "  \($0.hex)"] } ?? []),
      json: [
        "candidate": .string(candidate.file),
        "handle": candidate.handle.map { .string($0.name) },
        "pk": candidate.pk.map { .string($0.hex) }, "bytes": .integer(Int(candidate.byteCount)),
      ])
  }

  static func item(_ suggestion: Suggestion) -> ReportItem {
    let fits = suggestion.isCurrent ? "the key of its chain" : "not the key of its chain"
    return .answer(
      [
        "trust.json on the wire suggests for \(suggestion.handle), \(fits):",
        "  \(suggestion.pk.hex)",
        "  UNTRUSTED: nothing follows from it; compare, then:",
        "  deaddrop trust pin \(suggestion.handle)",
      ],
      json: [
        "suggested": .string(suggestion.handle.name), "pk": .string(suggestion.pk.hex),
        "tier": .string(TrustStore.Tier.untrusted.rawValue),
        "is_current": .bool(suggestion.isCurrent),
      ])
  }

  /// Digits in groups of five, as they are read aloud, six groups a line.
  static func grouped(_ digits: String) -> [Line] {
    var lines: [String] = []
    for (index, digit) in digits.enumerated() {
      if index.isMultiple(of: 30) {
        lines.append("    ")
      } else if index.isMultiple(of: 5) {
        lines[lines.count - 1].append(" ")
      }
      lines[lines.count - 1].append(digit)
    }
    return lines.map { Line($0) }
  }

  /// The peer of a verb, as the store sees it; a failure where there is none of that name.
  static func peer(
    _ handle: Handle, _ session: inout Session
  ) throws(CommandFailure) -> PeerTrust {
    let peers = try CommandFailure.lifting { () throws(KitError) in
      try session.checkIsPeer(handle)
      return try session.peers()
    }
    guard let peer = peers.first(where: { $0.handle == handle }) else {
      throw CommandFailure(KitError.notRecipients([handle]))
    }
    return peer
  }
}
