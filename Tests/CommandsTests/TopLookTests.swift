import Testing

@testable import Commands

@Suite("How often top looks while something is written without end")
struct TopLookTests {
  private static let millisecond: Int64 = 1_000_000

  @Test("ten times a second, and for a fifth of the time at most where a look takes long")
  func shares() {
    for length: Int64 in [0, 1, 10, 20] {
      #expect(TopLook.leastAge(lookedFor: length * Self.millisecond) == 100 * Self.millisecond)
    }
    for length: Int64 in [21, 50, 250] {
      #expect(
        TopLook.leastAge(lookedFor: length * Self.millisecond) == 5 * length * Self.millisecond)
    }
  }

  @Test("nobody waits for more than a second between two looks")
  func longLooks() {
    for length: Int64 in [251, 1_000, 60_000] {
      #expect(
        TopLook.leastAge(lookedFor: length * Self.millisecond)
          == (length + 1_000) * Self.millisecond)
    }
  }
}
