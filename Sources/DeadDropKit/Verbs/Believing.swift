import Identity
package import Protocol
package import Wire
package import WireFormat

/// What decides whose lines an agent believes.
struct Belief: Equatable {
  fileprivate let trust: TrustStore
  fileprivate let strayedPeers: Set<Handle>
}

/// What follows from the trust store for the lines of one wire.
extension Session {
  /// The types that are shown of an unverified peer too, in deaddrop's own words.
  package static let introductoryTypes: [MessageType] = [.agentCard] + SASStep.types

  /// Whose lines are believed now; what it says of a line changes only with it.
  var belief: Belief { Belief(trust: trust, strayedPeers: strayedPeers) }

  /// Whether a peer's line may be shown and answered.
  package func isTrusted(_ handle: Handle, _ pk: Bytes32, seq: Int) -> Bool {
    handle == self.handle || pin(of: handle, pk, seq: seq) != nil
  }

  package func isTrusted(_ line: ShownLine) -> Bool {
    isTrusted(line.handle, line.pk, seq: line.seq)
  }

  /// Whether anything of a line is shown: all of a trusted one, of others that it is a first step.
  func isVisible(_ line: ShownLine) -> Bool {
    isTrusted(line)
      || line.message?.type.known.map { Self.introductoryTypes.contains($0) } ?? false
  }

  /// Whether the operator has revoked what the peer wrote at this place.
  ///
  /// A key with which the others let a chain go on behind the cut is a new one, and waits to be
  /// pinned like any; so does one that it introduces.
  package func isRevoked(_ handle: Handle, _ pk: Bytes32, seq: Int) -> Bool {
    guard let cut = trust.cut(of: handle), cut.seq < seq, !isTrusted(handle, pk, seq: seq) else {
      return false
    }
    let record = reader.store.records[handle]
    let isRecovered =
      record?.spans.contains { span in
        cut.seq < span.fromSeq && span.fromSeq <= seq && !trust.knows(handle, span.pk)
          && record?.recoveries.contains { $0.pk == span.pk } ?? false
      } ?? false
    return !isRecovered || trust.knows(handle, pk)
  }

  /// The same of the line that stands at this place.
  func isRevoked(_ handle: Handle, at seq: Int) -> Bool {
    key(of: handle, at: seq).map { isRevoked(handle, $0, seq: seq) } ?? false
  }

  /// The pin that makes a line believed; none where the chain is not the one that was revoked.
  private func pin(of handle: Handle, _ pk: Bytes32, seq: Int) -> TrustStore.Pin? {
    guard let pin = trust.pin(of: handle, pk, seq: seq) else { return nil }
    return pin.cut != nil && strayedPeers.contains(handle) ? nil : pin
  }

  /// Whether a proof on the wire may make this agent believe a key; tells of one that it may not.
  ///
  /// One key under two names is one holder with two voices: it would answer for both, and agree with
  /// itself.
  func canBelieve(
    _ member: Handle, _ pk: Bytes32, fromSeq: Int = 1, _ report: inout CatchUp
  ) -> Bool {
    guard trust.isOpen(to: member, pk, fromSeq: fromSeq) else { return false }
    guard let other = holder(of: pk, besides: member) else { return true }
    report.notes.append(Self.alarm(member, hasKeyOf: other))
    return false
  }

  static func alarm(_ member: Handle, hasKeyOf other: Handle) -> String {
    "ALARM: \(member) has the key of \(other), and is not believed by it: one holder would have "
      + "two voices"
  }

  /// The key that a line of a chain is signed with.
  func key(of member: Handle, at seq: Int) -> Bytes32? {
    reader.store.records[member]?.spans.last { $0.fromSeq <= seq }?.pk
  }

  /// Where the own chain ends now: what is done together from here on counts for a new pin.
  var ownSeq: Int { reader.store.records[handle]?.head.seq ?? 0 }

  /// How far a peer is believed by the key that it writes its next line with.
  package func tier(of member: Handle) -> TrustStore.Tier {
    guard let record = reader.store.records[member], let pk = record.spans.last?.pk else {
      return .untrusted
    }
    return pin(of: member, pk, seq: record.head.seq + 1)?.tier ?? .untrusted
  }

  /// The label that a member is shown with, by the key that it writes with now.
  package func tierLabel(of member: Handle) -> String {
    member == handle ? Self.ownLabel : tier(of: member).rawValue
  }

  /// The label that a line is shown with, by the key that signed it.
  package func tierLabel(of line: ShownLine) -> String {
    if line.handle == handle { return Self.ownLabel }
    return (pin(of: line.handle, line.pk, seq: line.seq)?.tier ?? .untrusted).rawValue
  }

  private static let ownLabel = "OWN"

  /// Finds the chains that do not have the line at which they were cut, and tells of them.
  ///
  /// A cut names a line and not only its place: whoever holds the stolen key could sign another
  /// beginning for a reader that has lost its heads.
  mutating func checkCuts() throws(KitError) -> [String] {
    strayedPeers = []
    var notes: [String] = []
    var found: [Handle: FoundCut] = [:]
    defer { foundCuts = found }
    for peer in trust.pins.keys.sorted() {
      guard let cut = trust.cut(of: peer), cut.seq > 0 else { continue }
      let record = reader.store.records[peer]
      if let record, let known = foundCuts[peer], known.proves(cut, in: record) {
        found[peer] = known
        continue
      }
      if try holds(cut, peer) {
        if let record { found[peer] = FoundCut(cut, in: record) }
        continue
      }
      strayedPeers.insert(peer)
      notes.append(
        "ALARM: \(peer) has another line \(cut.seq) than the last one that is believed, or none: "
          + "nothing before it is shown either")
    }
    return notes
  }

  private mutating func holds(_ cut: Head, _ peer: Handle) throws(KitError) -> Bool {
    guard let head = reader.store.records[peer]?.head, head.seq >= cut.seq else { return false }
    if head == cut { return true }
    return try lines(of: peer) { $0.eventID == cut.eventID }.contains { $0.seq == cut.seq }
  }
}

/// That the line of a cut was found in a chain: whoever was revoked may go on writing, and for each
/// of those lines the whole log would be read again.
struct FoundCut {
  private let cut: Head
  private let record: HeadRecord

  init(_ cut: Head, in record: HeadRecord) { (self.cut, self.record) = (cut, record) }

  /// Whether the chain is the one in which it was found, or that one with more lines at its end.
  func proves(_ cut: Head, in record: HeadRecord) -> Bool {
    guard cut == self.cut else { return false }
    if record == self.record { return true }
    return record.verdict == .sound && self.record.verdict == .sound
      && record.head.seq > self.record.head.seq && record.log == self.record.log
      && record.openingKey == self.record.openingKey && record.recoveries == self.record.recoveries
  }
}

extension Session {
  /// The peers because of whom a decision is in doubt: it rests on lines that were revoked.
  package func revokedParties(
    of proposal: Proposal, _ decision: Decision, in now: WireState
  ) -> [Handle] {
    var parties: Set<Handle> = []
    let proposer = proposal.proposer
    if isRevoked(proposer, at: proposal.seq) || isRevoked(proposer, at: decision.seq) {
      parties.insert(proposer)
    }
    let cited = Set(decision.acks ?? [])
    for (owner, answer) in now.answers[proposal.eventID] ?? [:]
    where cited.contains(answer.eventID) && isRevoked(owner, answer.pk, seq: answer.seq) {
      parties.insert(owner)
    }
    return parties.sorted()
  }
}
