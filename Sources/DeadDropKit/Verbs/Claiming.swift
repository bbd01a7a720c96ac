import Host
package import Protocol
package import Wire
package import WireFormat

/// An agent's look at a claim that is open.
package struct HeldClaim: Equatable, Sendable {
  package let eventID: Bytes32
  package let holder: Handle
  /// What is claimed; of a holder whose words are held back the claim's id.
  package let resource: String
  package let until: Timestamp
  /// From here on another may take it over.
  package let deadline: Timestamp
  package let isExpired: Bool

  init(_ entry: ClaimStandings.Entry, resource: String, at time: Timestamp) {
    (eventID, holder) = (entry.claim.eventID, entry.claim.holder)
    (self.resource, until) = (resource, entry.term.until)
    deadline = entry.term.deadline
    isExpired = until <= time
  }
}

/// A claim that was stored, and that nobody else's stood against when it was looked for again.
package struct ClaimReceipt: Sendable {
  package let receipt: Receipt
  package let resource: ClaimResource
  package let until: Timestamp
  package var notes: [String]
}

extension Session {
  package struct ClaimRequest: Sendable {
    package var resource: ClaimResource
    package var seconds: Int
    package var reason: Text?

    package init(resource: ClaimResource, seconds: Int, reason: Text?) {
      (self.resource, self.seconds, self.reason) = (resource, seconds, reason)
    }
  }

  /// How long a contender waits before it tries once more, in milliseconds.
  private static let pause = 10...100

  /// Takes a claim: looks, appends, looks again.
  ///
  /// The caller has just caught up: that is the first look. Whoever sees another's claim in the
  /// second look releases its own: of two who append at once at least one sees the other's line.
  package mutating func claim(_ request: ClaimRequest) throws(KitError) -> ClaimReceipt {
    try requireNormal()
    var notes = try releaseExpired()
    let foreign = try pathRights().domains.foreignAreas(
      in: request.resource, for: handle, at: now())
    notes += foreign.map {
      "part of it is in domain \($0.name.string) of \($0.owner), where a claim gives no right"
    }
    if let own = try openClaims().first(where: {
      $0.claim.holder == handle && $0.claim.resource == request.resource && $0.status == .holds
    }) {
      throw .ownClaim(held(own, at: now()))
    }
    if let taken = try take(request, &notes) { return taken }
    let bytes = try KitError.lifting { () throws(HostError) in try Random.bytes(1) }
    let spread = Self.pause.upperBound - Self.pause.lowerBound
    MonotonicClock.sleep(for: .milliseconds(Self.pause.lowerBound + Int(bytes[0]) * spread / 255))
    _ = try catchUp()
    if let taken = try take(request, &notes) { return taken }
    let rival = try rivals(of: request.resource).first
    if let rival { throw .claimed(held(rival, at: now())) }
    throw .contested(request.resource.words)
  }

  /// One try; nil where another came at the same time, and the own claim is released again.
  private mutating func take(
    _ request: ClaimRequest, _ notes: inout [String]
  ) throws(KitError) -> ClaimReceipt? {
    let rivals = try rivals(of: request.resource)
    let time = now()
    if let live = rivals.first(where: { $0.term.deadline > time }) {
      throw .claimed(held(live, at: time))
    }
    let receipt: Receipt
    if rivals.isEmpty {
      receipt = try append(claimDraft(request, re: nil))
    } else {
      receipt = try takeOver(rivals, request, &notes)
    }
    let mine = try seeing(receipt.eventID) { (session) throws(KitError) in
      let mine = try session.openClaims().first { $0.claim.eventID == receipt.eventID }
      let isAlone = try session.rivals(of: request.resource).isEmpty || Mutant.on(.claimUnlooked)
      if isAlone, let mine, mine.status == .holds || Mutant.on(.claimUnlooked) { return mine }
      try session.release(receipt.eventID)
      // It is given back, whatever the look behind that meets.
      _ = try? session.catchUp()
      return nil
    }
    return mine.map {
      ClaimReceipt(receipt: receipt, resource: request.resource, until: $0.term.until, notes: notes)
    }
  }

  /// Looks, once it is stored, what became of a claim; an error says that it is stored.
  private mutating func seeing(
    _ claim: Bytes32,
    _ body: (inout Session) throws(KitError) -> ClaimStandings.Entry?
  ) throws(KitError) -> ClaimStandings.Entry? {
    do {
      _ = try catchUp()
      return try body(&self)
    } catch { throw .claimUnseen(claim, error.description) }
  }

  /// Cites each expired claim in one of its own; the last of them stays.
  ///
  /// Each is released as soon as the next is there: however many there are, two count as open.
  private func takeOver(
    _ expired: [ClaimStandings.Entry], _ request: ClaimRequest, _ notes: inout [String]
  ) throws(KitError) -> Receipt {
    var receipts: [Receipt] = []
    for entry in expired {
      receipts.append(try append(claimDraft(request, re: entry.term.eventID)))
      if let before = receipts.dropLast().last { try release(before.eventID) }
      notes.append(
        "taken over from \(entry.claim.holder), whose claim on \(resourceWords(of: entry.claim))"
          + " expired at \(entry.term.until.string)")
    }
    return receipts[receipts.count - 1]
  }

  private func claimDraft(_ request: ClaimRequest, re: Bytes32?) -> Draft {
    var heads = JSONObject()
    for (member, record) in reader.store.records where member != handle && record.head.seq > 0 {
      heads[Text(member.name)] = .integer(record.head.seq)
    }
    let body: JSONObject = [
      "heads": .object(heads), "reason": request.reason.map { .string($0) },
      "resource": request.resource.value, "ttl_seconds": .integer(request.seconds),
    ]
    return Draft(
      .claim, subject: Text("claim \(request.resource.words)"), body: .object(body), re: re)
  }

  /// Makes an own claim longer; it stays what it is.
  package mutating func renewClaim(
    _ prefix: String, seconds: Int, reason: Text?
  ) throws(KitError) -> ClaimReceipt {
    try requireNormal()
    let own = try ownClaim(prefix)
    if case .lost(let winner) = own.status { throw try lost(own, to: winner) }
    let request = ClaimRequest(
      resource: own.claim.resource, seconds: seconds, reason: reason ?? own.claim.reason)
    let receipt = try append(claimDraft(request, re: own.claim.eventID))
    let entry = try seeing(receipt.eventID) { (session) throws(KitError) in
      try session.openClaims().first { $0.claim.eventID == own.claim.eventID }
    }
    guard let entry, entry.status == .holds else {
      throw try lost(own, to: entry?.status.winner)
    }
    return ClaimReceipt(
      receipt: receipt, resource: own.claim.resource, until: entry.term.until, notes: [])
  }

  private mutating func lost(
    _ own: ClaimStandings.Entry, to winner: Bytes32?
  ) throws(KitError) -> KitError {
    let entry = try openClaims().first { $0.claim.eventID == winner }
    guard let entry else { return .contested(own.claim.resource.words) }
    return .claimed(held(entry, at: now()))
  }

  /// Ends one own claim, by its id or the id of a renewal, or the beginning of either.
  package mutating func releaseClaim(_ prefix: String) throws(KitError) -> [Receipt] {
    [try release(try ownClaim(prefix).claim.eventID)]
  }

  /// Ends all own claims that are open, also those that another has taken over.
  package mutating func releaseAllClaims() throws(KitError) -> [Receipt] {
    let state = try wireState()
    var receipts: [Receipt] = []
    for claim in state.claims.open(of: handle) { receipts.append(try release(claim.eventID)) }
    return receipts
  }

  @discardableResult
  private func release(_ claim: Bytes32) throws(KitError) -> Receipt {
    try append(Draft(.release, subject: "release", body: .string(""), re: claim))
  }

  private mutating func releaseExpired() throws(KitError) -> [String] {
    let time = now()
    let expired = try openClaims().filter { $0.claim.holder == handle && $0.term.until <= time }
    for entry in expired { try release(entry.claim.eventID) }
    guard !expired.isEmpty else { return [] }
    _ = try catchUp()
    return expired.map {
      "released \($0.claim.eventID.hex.prefix(12)) on \($0.claim.resource.words), which had expired"
    }
  }

  private mutating func ownClaim(_ prefix: String) throws(KitError) -> ClaimStandings.Entry {
    let found = try openClaims().filter { entry in
      entry.claim.holder == handle
        && entry.claim.terms.contains { $0.eventID.hex.hasPrefix(prefix) }
    }
    guard let entry = found.first else { throw .noSuchClaim(prefix) }
    guard found.count == 1 else { throw .severalMessages(prefix, count: found.count) }
    return entry
  }

  /// All claims that are open, by the time of the line that says how long they run.
  package mutating func openClaims() throws(KitError) -> [ClaimStandings.Entry] {
    let state = try wireState()
    return state.claimStandings(under: state.history).entries.sorted {
      ($0.term.timestamp, $0.claim.eventID) < ($1.term.timestamp, $1.claim.eventID)
    }
  }

  /// Whether what a claim is on, and why, may be shown: both are its holder's words.
  package func isShown(_ claim: Claim) -> Bool {
    isTrusted(claim.holder, claim.pk, seq: claim.seq)
  }

  /// What a claim is on, in its holder's words; where these are held back the claim's id.
  package func resourceWords(of claim: Claim) -> String {
    isShown(claim) ? claim.resource.words : "claim \(claim.eventID.hex.prefix(12))"
  }

  private func held(_ entry: ClaimStandings.Entry, at time: Timestamp) -> HeldClaim {
    HeldClaim(entry, resource: resourceWords(of: entry.claim), at: time)
  }

  /// Others' open claims that overlap a resource, those that hold first.
  private mutating func rivals(
    of resource: ClaimResource
  ) throws(KitError) -> [ClaimStandings.Entry] {
    let rivals = try openClaims().filter {
      $0.claim.holder != handle && $0.status != .pending && $0.claim.resource.overlaps(resource)
    }
    return rivals.filter { $0.status == .holds } + rivals.filter { $0.status != .holds }
  }
}

extension ClaimStandings.Status {
  var winner: Bytes32? { if case .lost(let winner) = self { winner } else { nil } }
}
