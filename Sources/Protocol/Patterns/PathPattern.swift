package import WireFormat

/// Which paths of the project a claim or a domain speaks of.
///
/// `/`-separated: `*` stands for any bytes within a segment, a segment `**` for any number of whole
/// segments, none as well; nothing else is special. Costs at most the product of the two lengths,
/// whatever the pattern, and never recurses.
package struct PathPattern: Hashable, Sendable {
  package static let byteLimit = 1_024
  package static let segmentLimit = 64

  package let text: Text
  /// The segments between each two `**`; one run where there is none.
  private let runs: [[PathSegment]]

  /// Nil for what is no pattern: empty, too long, with NUL, or with a segment that is empty, `.` or
  /// `..`, which no path of the project has.
  package init?(_ text: Text) {
    guard text.utf8.count <= Self.byteLimit, let segments = ProjectPath.segments(text.utf8),
      segments.count <= Self.segmentLimit
    else { return nil }
    var runs: [[PathSegment]] = [[]]
    for segment in segments {
      if segment.elementsEqual("**".utf8) {
        runs.append([])
      } else {
        runs[runs.count - 1].append(PathSegment(pattern: segment))
      }
    }
    (self.text, self.runs) = (text, runs)
  }

  package func matches(_ path: ProjectPath) -> Bool { Self.overlap(runs, [path.segments]) }

  /// Whether some path is matched by both.
  package func overlaps(_ other: PathPattern) -> Bool { Self.overlap(runs, other.runs) }

  private static func overlap(_ left: [[PathSegment]], _ right: [[PathSegment]]) -> Bool {
    switch (left.count, right.count) {
    case (1, 1):
      return left[0].count == right[0].count && agree(left[0], right[0])
    case (_, 1): return fits(left, right[0])
    case (1, _): return fits(right, left[0])
    default:
      // As in a segment: what stands between fits into each other's gaps.
      return agree(left[0], right[0])
        && agree(left[left.count - 1].reversed(), right[right.count - 1].reversed())
    }
  }

  /// Whether the one that is shorter agrees with as much of the other.
  private static func agree(
    _ left: some Collection<PathSegment>, _ right: some Collection<PathSegment>
  ) -> Bool {
    zip(left, right).allSatisfy { $0.overlaps($1) }
  }

  /// Whether the runs stand in these segments: the first in front, the last at the end.
  private static func fits(_ runs: [[PathSegment]], _ segments: [PathSegment]) -> Bool {
    let (first, last) = (runs[0], runs[runs.count - 1])
    guard segments.count >= first.count + last.count, agree(first, segments),
      agree(last.reversed(), segments.reversed())
    else { return false }
    let end = segments.count - last.count
    var at = first.count
    // The earliest place of each leaves the most room for those that follow.
    for run in runs[1..<(runs.count - 1)] {
      while at + run.count <= end, !agree(run, segments[at...]) { at += 1 }
      guard at + run.count <= end else { return false }
      at += run.count
    }
    return true
  }
}

/// A path relative to the project's root, by its bytes.
package struct ProjectPath: Hashable, Sendable {
  package let bytes: [UInt8]
  let segments: [PathSegment]

  /// A path as git names it; nil for one that has an empty segment, `.` or `..`, or NUL.
  package init?(_ bytes: [UInt8]) {
    guard let segments = Self.segments(bytes) else { return nil }
    self.bytes = bytes
    self.segments = segments.map { PathSegment(literal: $0) }
  }

  /// A path as a person gives it: `./`, doubled slashes and `..` within the project are resolved.
  ///
  /// Nil for the root itself and for what leaves it.
  package init?(typed text: String) {
    guard !text.hasPrefix("/") else { return nil }
    var parts: [Substring] = []
    for part in text.split(separator: "/") where part != "." {
      if part != ".." { parts.append(part) } else if parts.popLast() == nil { return nil }
    }
    self.init(Array(parts.joined(separator: "/").utf8))
  }

  /// For people; not for comparing.
  package var string: String { String(decoding: bytes, as: UTF8.self) }

  static func segments(_ bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
    let segments = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isSound = segments.allSatisfy { segment in
      !segment.isEmpty && !segment.contains(0) && !segment.elementsEqual(".".utf8)
        && !segment.elementsEqual("..".utf8)
    }
    return isSound ? segments : nil
  }
}
