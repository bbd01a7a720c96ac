/// What our writer refuses because some reader would mangle or refuse it.
package enum WriterLimits {
  /// 2^53 - 1, the largest integer that a double holds exactly.
  package static let largestInteger = 9_007_199_254_740_991

  package enum Breach: Error, Equatable, Sendable {
    case integerTooLarge
    case notFinite
    case bodyTooLarge(byteCount: Int)
    case tooManyRefs(count: Int)
    case tooDeep
    case lineTooLarge(byteCount: Int)
  }

  package static func check(_ draft: Draft) throws(Breach) {
    guard draft.refs.count <= ReaderLimits.refs else {
      throw .tooManyRefs(count: draft.refs.count)
    }
    try checkNumbers(draft.body, depth: 2)
    let byteCount = CanonicalWriter.bytes(of: draft.body).count
    guard byteCount <= ReaderLimits.bodyByteCount else {
      throw .bodyTooLarge(byteCount: byteCount)
    }
  }

  /// Checks a finished line, its LF not counted.
  package static func check(line: [UInt8]) throws(Breach) {
    guard line.count <= ReaderLimits.lineByteCount else {
      throw .lineTooLarge(byteCount: line.count)
    }
  }

  private static func checkNumbers(_ value: JSONValue, depth: Int) throws(Breach) {
    switch value {
    case .integer(let number):
      guard number.magnitude <= largestInteger else { throw .integerTooLarge }
    case .bigInteger: throw .integerTooLarge
    case .array(let elements):
      guard depth <= ReaderLimits.depth else { throw .tooDeep }
      for element in elements { try checkNumbers(element, depth: depth + 1) }
    case .object(let object):
      guard depth <= ReaderLimits.depth else { throw .tooDeep }
      for member in object.members { try checkNumbers(member.value, depth: depth + 1) }
    case .real(let number): guard number.isFinite else { throw .notFinite }
    case .null, .bool, .string: return
    }
  }
}

extension WriterLimits.Breach: CustomStringConvertible {
  package var description: String {
    switch self {
    case .integerTooLarge: "the body holds an integer beyond ±(2^53 - 1)"
    case .notFinite: "the body holds a number that is not finite, which JSON has no word for"
    case .bodyTooLarge(let count):
      "the body has \(count) bytes, the limit is \(ReaderLimits.bodyByteCount) (64 KiB)"
    case .tooManyRefs(let count): "\(count) refs, the limit is \(ReaderLimits.refs)"
    case .tooDeep: "the body nests deeper than \(ReaderLimits.depth - 1) levels"
    case .lineTooLarge(let count):
      "the line has \(count) bytes, the limit is \(ReaderLimits.lineByteCount) (256 KiB)"
    }
  }
}
