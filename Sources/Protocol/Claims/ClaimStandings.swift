package import WireFormat

/// Which claims hold, among all lines folded so far.
///
/// A claim is open until its holder releases it, leaves or is removed, or another takes it over. Of
/// two open ones that overlap, the one that the other's writer knew of comes first; where neither or both say that, the
/// one with the lower event_id. A claim holds when none of those that come before it holds. Where
/// that goes round in a circle, the lowest event_id in what is left holds, and breaks it. Who holds
/// nothing while another is open may come to hold when that one goes.
package struct ClaimStandings: Sendable {
  package enum Status: Equatable, Sendable {
    case holds
    /// Another one that overlaps it holds.
    case lost(to: Bytes32)
    /// It cites a claim that is not held yet.
    case pending
  }

  package struct Entry: Sendable {
    package let claim: Claim
    /// The newest line that says how long it runs.
    package let term: Claim.Term
    package internal(set) var status: Status
  }

  /// All that are open, by event_id.
  package private(set) var entries: [Entry] = []
  /// The claim that took over another, by the other's event_id; the lowest where several did.
  package private(set) var takenOver: [Bytes32: Bytes32] = [:]

  /// Who has left or was removed holds nothing: nobody could release it any more.
  init(
    _ book: ClaimBook, under history: EffectHistory, without departures: [Handle: Departure]
  ) {
    for claim in book.claims.values where history.stands(claim.holder, claim.seq) {
      guard history.cuts[claim.holder] == nil, departures[claim.holder] == nil else { continue }
      if let end = claim.releasedAt, history.stands(claim.holder, end) { continue }
      if let taker = book.taker(of: claim, under: history) {
        takenOver[claim.eventID] = taker
        continue
      }
      guard let term = claim.terms.last(where: { history.stands(claim.holder, $0.seq) }) else {
        continue
      }
      let isPending = claim.re.map { book.root(of: $0) == nil } ?? false
      entries.append(Entry(claim: claim, term: term, status: isPending ? .pending : .holds))
    }
    entries.sort { $0.claim.eventID < $1.claim.eventID }
    var contest = ClaimContest(
      entries.map(\.claim), book,
      among: entries.indices.filter {
        entries[$0].status == .holds
      })
    for (index, winner) in contest.losers() where !Mutant.on(.claimsBothHold) {
      entries[index].status = .lost(to: entries[winner].claim.eventID)
    }
  }
}

extension WireState {
  /// Which claims hold; costs what there are of claims, and no time where there are none.
  package func claimStandings(under history: EffectHistory) -> ClaimStandings {
    ClaimStandings(claims, under: history, without: departures)
  }
}

extension ClaimBook {
  /// The claim that ended another by citing it when its time was long over.
  ///
  /// It counts unless a renewal was there that its writer knew of, or that was dated in time.
  fileprivate func taker(of claim: Claim, under history: EffectHistory) -> Bytes32? {
    taker(of: claim.holder, claim.terms, under: history)
  }

  /// The same of a lease with these terms, which are gone through a fixed number of times.
  package func taker<Terms: RandomAccessCollection>(
    of holder: Handle, _ all: Terms, under history: EffectHistory
  ) -> Bytes32? where Terms.Element == Claim.Term, Terms.Index == Int {
    let terms = all.prefix { history.stands(holder, $0.seq) }
    guard terms.contains(where: { takeovers[$0.eventID] != nil }) else { return nil }
    var found: [Bytes32] = []
    var earliest: Timestamp?
    for index in terms.indices.reversed() {
      let term = terms[index]
      let isRenewedInTime = earliest.map { $0 < term.deadline } ?? false
      for id in takeovers[term.eventID] ?? [] where !isRenewedInTime {
        guard let taker = claims[id], history.stands(taker.holder, taker.seq),
          let start = taker.terms.first?.timestamp, start >= term.deadline
        else { continue }
        let next = index + 1 < terms.endIndex ? terms[index + 1].seq : nil
        if next.map({ taker.saw(holder, $0) }) ?? false { continue }
        found.append(id)
      }
      earliest = min(earliest ?? term.timestamp, term.timestamp)
    }
    return found.min()
  }
}
