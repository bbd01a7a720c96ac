/// One segment of a path or of a pattern: its literal parts, with any bytes between each two.
///
/// `a*b` has the parts `a` and `b`; a segment with one part has no `*` and stands for itself.
struct PathSegment: Hashable, Sendable {
  private let parts: [[UInt8]]

  /// A segment of a path, in which `*` is a byte as any other.
  init(literal bytes: some Sequence<UInt8>) { parts = [Array(bytes)] }

  /// A segment of a pattern.
  init(pattern bytes: some Collection<UInt8>) {
    parts = bytes.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
      .map { Array($0) }
  }

  private var isLiteral: Bool { parts.count == 1 }

  /// Whether some segment is matched by both.
  ///
  /// Two with a `*` have one in common when their beginnings agree and their ends do: what stands
  /// between fits into each other's gaps, one after the other.
  func overlaps(_ other: PathSegment) -> Bool {
    switch (isLiteral, other.isLiteral) {
    case (true, true): return parts == other.parts
    case (true, false): return other.matches(parts[0])
    case (false, true): return matches(other.parts[0])
    case (false, false):
      return Self.agree(parts[0], other.parts[0])
        && Self.agree(
          parts[parts.count - 1].reversed(), other.parts[other.parts.count - 1].reversed())
    }
  }

  /// Whether one is the beginning of the other.
  private static func agree(
    _ left: some Collection<UInt8>, _ right: some Collection<UInt8>
  ) -> Bool {
    zip(left, right).allSatisfy { $0 == $1 }
  }

  /// Whether these bytes begin with the first part, end with the last, and hold the rest between.
  private func matches(_ bytes: [UInt8]) -> Bool {
    let (first, last) = (parts[0], parts[parts.count - 1])
    guard bytes.count >= first.count + last.count, bytes.starts(with: first),
      bytes.reversed().starts(with: last.reversed())
    else { return false }
    let end = bytes.count - last.count
    var at = first.count
    for part in parts[1..<(parts.count - 1)] {
      guard let next = Self.place(of: part, in: bytes, from: at, to: end) else { return false }
      at = next + part.count
    }
    return true
  }

  /// The first place of a part: the earliest leaves the most room for those that follow.
  private static func place(
    of part: [UInt8], in bytes: [UInt8], from start: Int, to end: Int
  ) -> Int? {
    var at = start
    while at + part.count <= end {
      if bytes[at...].starts(with: part) { return at }
      at += 1
    }
    return nil
  }
}
