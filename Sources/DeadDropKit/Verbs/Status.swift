import Protocol
package import Wire
package import WireFormat

/// Where a wire stands, for one of its agents.
package struct Status: Sendable {
  package struct Member: Sendable {
    package let handle: Handle
    package let tier: String
    package let seq: Int
    package let unreadCount: Int
    package let verdict: ChainVerdict
    package let beat: Beat?
  }

  package let wire: Bytes32
  package let path: String
  package let handle: Handle
  package let members: [Member]
  /// Proposals that somebody still has to act on.
  package let open: [ProposalStanding]
  package let decisionCount: Int
}

extension Session {
  /// The label that a member is shown with, by the key that it writes with now.
  package func tierLabel(of member: Handle) -> String {
    if member == handle { return "OWN" }
    guard let span = reader.store.records[member]?.spans.last,
      isTrusted(member, span.pk, seq: span.fromSeq)
    else { return TrustStore.Tier.untrusted.rawValue }
    return trust.tier(of: member).rawValue
  }

  package mutating func status(sessionName: String) throws(KitError) -> Status {
    let cursors = try loadCursors(sessionName)
    let beats = try beats()
    let members = reader.store.records.sorted { $0.key < $1.key }.map { member, record in
      let isOwn = member == handle
      return Status.Member(
        handle: member, tier: tierLabel(of: member),
        seq: record.head.seq,
        unreadCount: isOwn ? 0 : record.head.seq - (cursors.cursors[member]?.contiguous ?? 0),
        verdict: record.verdict, beat: beats[member])
    }
    let proposals = try proposals()
    return Status(
      wire: genesis.id, path: shared.path, handle: handle, members: members,
      open: proposals.filter { !$0.status.isSettled && isShown($0.proposal) },
      decisionCount: proposals.count { $0.status == .ratified })
  }
}
