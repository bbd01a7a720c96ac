import Identity
import Protocol
import WireFormat

/// What an inviter makes of a first card.
enum Newcomer {
  enum Judgement {
    case nothing
    case warning(String)
    /// The card proves the invite of this index.
    case accept(Int)
  }

  static func judge(
    _ newcomer: Handle, _ record: WireState.CardRecord, _ book: InviteBook, _ trust: TrustStore,
    wire: Bytes32, now: Timestamp
  ) -> Judgement {
    guard let proof = record.inviteProof, let entries = book.entries[newcomer],
      !trust.knows(newcomer, record.pk)
    else { return .nothing }
    let index = entries.firstIndex {
      InviteProof.equal(
        proof,
        InviteProof.make(
          secret: $0.secret, wire: wire, handle: newcomer, pk: record.pk, card: record.card))
    }
    guard let index else {
      return .warning(
        "ALARM: the card of \(newcomer) does not prove the invite you made; "
          + "compare the key, and only if it is theirs: "
          + "deaddrop trust pin \(newcomer) --key \(record.pk.hex)")
    }
    if let user = entries[index].usedBy, user != record.pk {
      return .warning("ALARM: the invite of \(newcomer) was used twice, by two keys")
    }
    // The pin was saved before the use was: whoever has the one alone has lost its trust since, and
    // with it what the operator has revoked.
    if entries[index].usedBy == record.pk {
      return .warning(
        "\(newcomer) joined by your invite before, and this agent's trust in it is gone; compare "
          + "the key, then: deaddrop trust pin \(newcomer) --key \(record.pk.hex)")
    }
    guard now <= entries[index].expires else {
      return .warning(
        "\(newcomer) joined after the invite had expired; compare the key, then: "
          + "deaddrop trust pin \(newcomer) --key \(record.pk.hex)")
    }
    return .accept(index)
  }
}
