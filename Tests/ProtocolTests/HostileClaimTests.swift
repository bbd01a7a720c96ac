import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("Claims of members who mean harm")
struct HostileClaimTests {
  /// The time that judging takes, after the lines were folded.
  private func judging(_ wire: TestWire) -> Duration {
    let state = wire.state
    let history = state.history
    return ContinuousClock().measure { _ = state.claimStandings(under: history) }
  }

  @Test("as many and as long as they may be cost all others little")
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
    let time = judging(wire)
    #expect(time < .seconds(30), "\(time)")
    #expect(wire.standings.entries.count == 144)
  }

  @Test("many renewals, each of them cited, are gone through once")
  func renewals() throws {
    var wire = try TestWire(["ada", "bob"])
    try wire.join()
    let one = try wire.claim(["x"], by: "ada")
    func write(_ count: Int) throws -> Duration {
      for _ in 0..<count {
        let line = try wire.claim(["x"], by: "ada", re: one)
        let taker = try wire.claim(["x"], by: "bob", re: line, at: wire.now.adding(seconds: 900))
        try wire.release(taker, by: "bob")
      }
      return judging(wire)
    }
    let (few, many) = (try write(300), try write(1_200))
    // Five times as many lines; were it quadratic, it would be 25 times the time.
    #expect(many < few * 14 + .milliseconds(20), "\(few), \(many)")
  }
}
