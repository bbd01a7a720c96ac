import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("Claims of members who mean harm")
struct HostileClaimTests {
  /// A matcher that goes back and forth would never end here.
  @Test("as many and as long as they may be cost all others little", .timeLimit(.minutes(5)))
  func longest() throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    let stars = (0..<16).map { "**/" + String(repeating: "*a", count: 26) + "\($0)" }
    for index in 0..<64 {
      try wire.claim(stars, by: "ada", heads: ["bob": 999, "cyd": index])
      try wire.claim(
        (0..<16).map { "b/\(index)/" + String(repeating: "a", count: 50) + "\($0)" }, by: "bob")
    }
    for index in 0..<16 { try wire.claim(["src/\(index)/**"], by: "cyd", heads: wire.heads) }
    #expect(wire.standings.entries.count == 144)
  }

  @Test("many renewals, each of them cited, are gone through once")
  func renewals() throws {
    var wire = try TestWire(["ada", "bob"])
    try wire.join()
    let one = try wire.claim(["x"], by: "ada")
    for _ in 0..<400 {
      let line = try wire.claim(["x"], by: "ada", re: one)
      let taker = try wire.claim(["x"], by: "bob", re: line, at: wire.now.adding(seconds: 900))
      try wire.release(taker, by: "bob")
    }
    let state = wire.state
    let claim = try #require(state.claims.claim(of: one))
    #expect(claim.terms.count == 401)
    let terms = CountedTerms(claim.terms)
    let taker = state.claims.taker(of: "ada", terms, under: state.history)
    #expect(taker != nil)
    // Once for those that stand, once for one that is cited, once for each with the one behind it.
    #expect(terms.looked.looks <= 4 * terms.endIndex, "\(terms.looked.looks) looks")
  }
}

/// The terms of a claim, and how often one of them was looked at.
private struct CountedTerms: RandomAccessCollection {
  final class Count { var looks = 0 }

  let looked = Count()
  private let terms: [Claim.Term]

  init(_ terms: [Claim.Term]) { self.terms = terms }

  var startIndex: Int { 0 }
  var endIndex: Int { terms.count }

  subscript(index: Int) -> Claim.Term {
    looked.looks += 1
    return terms[index]
  }
}
