import Host
import Identity
import Protocol
import Wire
import WireFormat

/// What doctor says of cards and of keys that are about to change.
extension Doctor {
  /// Whether the newest cards are in date, and each key is one agent's alone.
  mutating func examineCards(_ agent: Handle, _ audit: Audit) {
    let now = Timestamp(microseconds: WallClock.now())
    for (member, record) in audit.reading.state.newestCards.sorted(by: { $0.key < $1.key }) {
      guard let expiry = Card.expiry(of: record.card), expiry <= now else { continue }
      note(
        .warning, "card of \(member)",
        "expired at \(expiry.string); what its key signed stays good",
        remedy: member == agent ? ["deaddrop", "card", "publish", "--valid", "365d"] : nil)
    }
    var holders: [Bytes32: Handle] = [:]
    for member in audit.reading.handles {
      guard let pk = audit.reading.chains[member]?.key else { continue }
      if let other = holders[pk] {
        note(
          .warning, "\(member)", "writes with the key of \(other): one holder speaks for both",
          remedy: ["deaddrop", "members"])
      }
      holders[pk] = member
    }
  }

  /// A rotation or recovery that was begun and is not done.
  mutating func examineKeyChange(
    _ state: borrowing PrivateState, _ chain: Chain?
  ) throws(KitError) {
    guard let change = try KeyChange.load(state) else { return }
    let file = "\(state.path)/\(KeyChange.name)"
    if chain?.key == change.pk {
      note(
        .warning, file, "a new key is in force; the next command puts its card and file right",
        remedy: ["deaddrop", "status"])
    } else if change.isRecovery {
      note(
        .warning, file, "the key \(change.pk.hex.prefix(16)) waits for the members' decision",
        remedy: ["deaddrop", "decisions"])
    } else {
      note(
        .warning, file, "a rotation was begun and nothing is signed of it",
        remedy: ["deaddrop", "key", "rotate"])
    }
  }
}
