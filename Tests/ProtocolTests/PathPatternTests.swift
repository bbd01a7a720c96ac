import TestSupport
import Testing
import WireFormat

@testable import Protocol

@Suite("Path patterns")
struct PathPatternTests {
  private static func pattern(_ text: String) throws -> PathPattern {
    try #require(PathPattern(Text(text)))
  }

  @Test(
    "match what they say",
    arguments: [
      ("src/a", "src/a", true), ("src/a", "src/ab", false), ("src/*", "src/a", true),
      ("src/*", "src/a/b", false), ("src/**", "src/a/b", true), ("src/**", "src", true),
      ("**", "a/b/c", true), ("**/b", "b", true), ("**/b", "a/b", true), ("**/b", "ab", false),
      ("a/**/b/**/c", "a/b/c", true), ("a/**/b/**/c", "a/c/b", false),
      ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "a/c", false), ("*a*b*", "xaybz", true),
      ("aba*aba", "ababa", false), ("a**c", "abc", true), ("a**c", "a/c", false),
      ("a.c", "abc", false), ("[a]", "a", false), ("?", "a", false), ("A", "a", false),
    ])
  func matching(pattern: String, path: String, isMatch: Bool) throws {
    let path = try #require(ProjectPath(Array(path.utf8)))
    #expect(try Self.pattern(pattern).matches(path) == isMatch)
  }

  @Test("a star in the name of a file is a byte as any other")
  func literalStar() throws {
    let star = try #require(ProjectPath(Array("src/*".utf8)))
    #expect(try Self.pattern("src/*").matches(star))
    #expect(try !Self.pattern("src/a").matches(star))
  }

  @Test(
    "that are none are refused",
    arguments: [
      "", "/a", "a/", "a//b", "./a", "a/../b", "a\0", String(repeating: "a", count: 1_025),
      Array(repeating: "a", count: 65).joined(separator: "/"),
    ])
  func refused(text: String) { #expect(PathPattern(Text(text)) == nil) }

  @Test("typed paths are brought into the form of the project")
  func typed() {
    func typed(_ text: String) -> String? { ProjectPath(typed: text)?.string }
    #expect(typed("./src//a/../b") == "src/b")
    #expect(typed("../x") == nil)
    #expect(typed("a/../../x") == nil)
    #expect(typed("/etc/passwd") == nil)
    #expect(typed(".") == nil)
    #expect(typed("") == nil)
  }

  /// All paths of up to three segments of up to two letters.
  private static let paths: [String] = {
    let letters = ["a", "b"]
    let segments = letters + letters.flatMap { first in letters.map { first + $0 } }
    let two = segments.flatMap { first in segments.map { first + "/" + $0 } }
    let three = two.flatMap { first in segments.map { first + "/" + $0 } }
    return segments + two + three
  }()

  private static func random(_ random: inout RandomSource) -> String {
    let choices = ["a", "b", "*", "**", "a*", "*b", "ab", "*a*", "b*a"]
    return (0...random.below(3)).map { _ in random.pick(choices) }.joined(separator: "/")
  }

  /// By the definition, one byte or segment at a time.
  private static func slowly<Item: Equatable>(
    _ pattern: ArraySlice<Item>, _ items: ArraySlice<Item>, star: Item,
    _ isSame: (Item, Item) -> Bool
  ) -> Bool {
    guard let first = pattern.first else { return items.isEmpty }
    if first == star {
      return slowly(pattern.dropFirst(), items, star: star, isSame)
        || (!items.isEmpty && slowly(pattern, items.dropFirst(), star: star, isSame))
    }
    guard let item = items.first, isSame(first, item) else { return false }
    return slowly(pattern.dropFirst(), items.dropFirst(), star: star, isSame)
  }

  private static func slowly(_ pattern: String, matches path: String) -> Bool {
    slowly(pattern.split(separator: "/")[...], path.split(separator: "/")[...], star: "**") {
      slowly(Array($0)[...], Array($1)[...], star: "*", ==)
    }
  }

  @Test("match as their definition does, tried on small alphabets")
  func bruteMatch() throws {
    var random = RandomSource("pattern match")
    let paths = try Self.paths.map { ($0, try #require(ProjectPath(Array($0.utf8)))) }
    for _ in 0..<300 {
      let text = Self.random(&random)
      let pattern = try Self.pattern(text)
      for (path, parsed) in paths where pattern.matches(parsed) != Self.slowly(text, matches: path)
      {
        Issue.record("\(text) and \(path)")
      }
    }
  }

  @Test("overlap just when some path matches both")
  func bruteOverlap() throws {
    var random = RandomSource("pattern overlap")
    // Long enough for whatever two patterns of three segments can have in common.
    let segments = ["a", "b", "ab", "ba", "aa", "bb", "aba", "bab", "abba", "baab", "aab", "bba"]
    var paths = segments
    for _ in 0..<2 {
      paths += paths.suffix(700).flatMap { path in segments.map { path + "/" + $0 } }
    }
    let parsed = try paths.map { try #require(ProjectPath(Array($0.utf8))) }
    var overlapping = 0
    for _ in 0..<400 {
      let (one, two) = (Self.random(&random), Self.random(&random))
      let (left, right) = (try Self.pattern(one), try Self.pattern(two))
      let hasCommon = parsed.contains { left.matches($0) && right.matches($0) }
      if hasCommon { overlapping += 1 }
      #expect(left.overlaps(right) == right.overlaps(left), "\(one) and \(two)")
      // A common path can have up to six segments; found ones must overlap in any case.
      if hasCommon { #expect(left.overlaps(right), "\(one) and \(two)") }
      let isShort = !(one + two).contains("**")
      if isShort { #expect(left.overlaps(right) == hasCommon, "\(one) and \(two)") }
    }
    #expect(overlapping > 20)
  }

  /// Whether two patterns have a path in common, by trying all ways to read both at once.
  private static func commonSlowly(_ left: ArraySlice<Substring>, _ right: ArraySlice<Substring>)
    -> Bool
  {
    if left.first == "**" {
      return commonSlowly(left.dropFirst(), right)
        || (!right.isEmpty && commonSlowly(left, right.dropFirst()))
    }
    if right.first == "**" { return commonSlowly(right, left) }
    guard let one = left.first, let two = right.first else { return left.isEmpty && right.isEmpty }
    return commonSegment(Array(one)[...], Array(two)[...])
      && commonSlowly(left.dropFirst(), right.dropFirst())
  }

  private static func commonSegment(
    _ left: ArraySlice<Character>, _ right: ArraySlice<Character>
  ) -> Bool {
    if left.first == "*" {
      return commonSegment(left.dropFirst(), right)
        || (!right.isEmpty && commonSegment(left, right.dropFirst()))
    }
    if right.first == "*" { return commonSegment(right, left) }
    guard let one = left.first, let two = right.first else { return left.isEmpty && right.isEmpty }
    return one == two && commonSegment(left.dropFirst(), right.dropFirst())
  }

  @Test("overlap as the slow way to read both at once says")
  func productOverlap() throws {
    var random = RandomSource("pattern product")
    var counts = [0, 0]
    for _ in 0..<4_000 {
      let (one, two) = (Self.random(&random), Self.random(&random))
      let expected = Self.commonSlowly(
        one.split(separator: "/")[...], two.split(separator: "/")[...])
      counts[expected ? 1 : 0] += 1
      #expect(try Self.pattern(one).overlaps(Self.pattern(two)) == expected, "\(one) and \(two)")
    }
    #expect(counts.allSatisfy { $0 > 200 }, "\(counts)")
  }

  @Test("of hostile shape cost no more than others")
  func hostile() throws {
    let stars = try Self.pattern(String(repeating: "*a", count: 500) + "*b")
    let deep = try Self.pattern(
      Array(repeating: "**/a*a*a*a*b", count: 30).joined(separator: "/") + "/**/c")
    let long = try #require(ProjectPath(Array(repeating: UInt8(ascii: "a"), count: 4_000)))
    let steps = try #require(
      ProjectPath(
        Array(Array(repeating: "aaaaaaaaaaaaaaaaaaaa", count: 200).joined(separator: "/").utf8)))
    let clock = ContinuousClock()
    let time = clock.measure {
      for pattern in [stars, deep] {
        #expect(!pattern.matches(long) && !pattern.matches(steps))
        #expect(pattern.overlaps(pattern))
      }
      #expect(!stars.overlaps(deep))
    }
    // Debug builds on a busy machine; backtracking would take years.
    #expect(time < .seconds(5), "\(time)")
  }
}
