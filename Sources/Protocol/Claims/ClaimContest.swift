import WireFormat

/// The open claims that overlap, and which of them come before which.
struct ClaimContest {
  private enum Verdict {
    case holds
    case loses
  }

  private let claims: [Claim]
  /// Of each claim the others that overlap it, and whether it comes before them.
  private var rivals: [Int: [(other: Int, isBefore: Bool)]] = [:]
  /// How many that come before it are not judged yet.
  private var blockers: [Int: Int] = [:]
  private var verdicts: [Int: Verdict] = [:]

  /// The claims are sorted by event_id; those at the given places contend.
  init(_ claims: [Claim], _ book: ClaimBook, among places: [Int]) {
    self.claims = claims
    for (rank, one) in places.enumerated() {
      for two in places[(rank + 1)...] where claims[one].holder != claims[two].holder {
        guard claims[one].resource.overlaps(claims[two].resource) else { continue }
        let isKnown = Self.knows(claims[two], claims[one], book)
        let isKnowing = Self.knows(claims[one], claims[two], book)
        // The first of the two has the lower event_id.
        let isBefore = isKnown || !isKnowing
        rivals[one, default: []].append((two, isBefore))
        rivals[two, default: []].append((one, !isBefore))
        blockers[isBefore ? two : one, default: 0] += 1
      }
    }
  }

  /// Whether a claim says that its writer knew of another.
  private static func knows(_ claim: Claim, _ other: Claim, _ book: ClaimBook) -> Bool {
    claim.saw(other.holder, other.seq)
      || claim.re.map { book.root(of: $0) == other.eventID } ?? false
  }

  /// The places of those that hold nothing, each with the lowest that holds against it.
  mutating func losers() -> [(loser: Int, winner: Int)] {
    let contenders = rivals.keys.sorted()
    var ready = contenders.filter { blockers[$0] == nil }
    var next = 0
    while true {
      while let place = ready.popLast() {
        if verdicts[place] == nil { ready += accept(place) }
      }
      while next < contenders.count, verdicts[contenders[next]] != nil { next += 1 }
      guard next < contenders.count else { break }
      // Only a circle is left: somebody lied in its heads.
      ready.append(contenders[next])
    }
    return contenders.compactMap { place in
      guard case .loses = verdicts[place] else { return nil }
      let winners = rivals[place]?.filter { verdicts[$0.other] == .holds } ?? []
      return winners.map(\.other).min().map { (place, $0) }
    }
  }

  /// Lets one hold, and all that overlap it lose; gives those that nothing keeps waiting any more.
  private mutating func accept(_ place: Int) -> [Int] {
    verdicts[place] = .holds
    var free: [Int] = []
    for (loser, _) in rivals[place] ?? [] where verdicts[loser] == nil {
      verdicts[loser] = .loses
      for (other, isBefore) in rivals[loser] ?? [] where isBefore {
        blockers[other, default: 0] -= 1
        if blockers[other] == 0, verdicts[other] == nil { free.append(other) }
      }
    }
    return free
  }
}
