package import WireFormat

/// All claims and releases that were folded; who holds what is judged from it by `ClaimStandings`.
///
/// What a line is by itself, a claim, a renewal, a release or nothing, is decided along its writer's
/// own chain alone, so no interleaving of chains can change it.
package struct ClaimBook: Sendable {
  /// By the id of the claim itself.
  private(set) var claims: [Bytes32: Claim] = [:]
  /// The claim that a line took or renewed.
  private var lines: [Bytes32: Bytes32] = [:]
  /// The claims that cite a line of another, held or not, in order to take over what it is of.
  private(set) var takeovers: [Bytes32: [Bytes32]] = [:]
  private var writers: [Handle: Writer] = [:]

  /// What a writer's chain has come to.
  private struct Writer {
    var lastSeq = 0
    var openCount = 0
    /// What it ever said that it had read.
    var heads: [Handle: Int] = [:]
  }

  /// The claim that a line is of, if it is of any.
  package func claim(of line: Bytes32) -> Claim? { lines[line].flatMap { claims[$0] } }

  /// The same without a copy of it.
  func root(of line: Bytes32) -> Bytes32? { lines[line] }

  /// The claims that a writer has not released, by its own chain alone, oldest first.
  package func open(of holder: Handle) -> [Claim] {
    guard writers[holder]?.openCount ?? 0 > 0 else { return [] }
    return claims.values.filter { $0.holder == holder && $0.releasedAt == nil }
      .sorted { $0.seq < $1.seq }
  }

  mutating func foldClaim(_ message: Message) -> Outcome {
    guard let seq = message.seq else { return .refused(.outsideChain) }
    var writer = writers[message.from] ?? Writer()
    guard seq > writer.lastSeq else { return .repeated }
    defer { writers[message.from] = writer }
    writer.lastSeq = seq
    let (read, reason) = Claim.Reading.read(message)
    guard let read else { return .refused(reason ?? .outsideChain) }
    // What a writer has read it goes on to have read: it cannot un-know another's claim.
    let heads = writer.heads.merging(read.heads) { max($0, $1) }
    guard heads.count <= Claim.headLimit else { return .refused(.claimHeadsMalformed) }
    writer.heads = heads
    let term = Claim.Term(
      eventID: message.eventID, seq: seq, timestamp: message.timestamp, seconds: read.seconds)
    if let re = message.re, let own = lines[re], claims[own]?.holder == message.from {
      return renew(own, term, read)
    }
    guard writer.openCount < Claim.openLimit else { return .refused(.tooManyClaims) }
    writer.openCount += 1
    let claim = Claim(
      eventID: message.eventID, holder: message.from, seq: seq, pk: message.pk,
      resource: read.resource, reason: read.reason, heads: writer.heads, re: message.re,
      terms: [term], releasedAt: nil)
    claims[claim.eventID] = claim
    lines[claim.eventID] = claim.eventID
    if let re = claim.re { takeovers[re, default: []].append(claim.eventID) }
    return .folded
  }

  /// Changes the claim in its place: a copy for every renewal would add up.
  private mutating func renew(
    _ own: Bytes32, _ term: Claim.Term, _ read: Claim.Reading
  ) -> Outcome {
    guard claims[own]?.releasedAt == nil else { return .refused(.renewalOfReleased) }
    guard claims[own]?.resource == read.resource else { return .refused(.renewalOfOther) }
    claims[own]?.terms.append(term)
    lines[term.eventID] = own
    return .folded
  }

  mutating func foldRelease(_ message: Message) -> Outcome {
    guard let seq = message.seq else { return .refused(.outsideChain) }
    guard let re = message.re else { return .refused(.releaseWithoutRe) }
    var writer = writers[message.from] ?? Writer()
    guard seq > writer.lastSeq else { return .repeated }
    defer { writers[message.from] = writer }
    writer.lastSeq = seq
    guard let own = lines[re], claims[own]?.holder == message.from else {
      return .refused(.releaseOfNothing)
    }
    guard claims[own]?.releasedAt == nil else { return .repeated }
    claims[own]?.releasedAt = seq
    writer.openCount -= 1
    return .folded
  }
}
