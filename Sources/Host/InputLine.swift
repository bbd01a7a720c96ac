/// One line of input, without its LF.
package struct InputLine: Equatable, Sendable {
  /// The content, at most as long as the limit.
  package var bytes: [UInt8]
  /// Whether there was more than the limit and the rest was dropped.
  package var isCut: Bool

  /// A line as it is handed on.
  package init(bytes: [UInt8], isCut: Bool) {
    self.bytes = bytes
    self.isCut = isCut
  }
}

/// Cuts a stream of blocks into lines, and holds no more than the limit of any line.
package struct LineSplitter: Sendable {
  private let limit: Int
  private var line = InputLine(bytes: [], isCut: false)
  private var hasBegun = false

  /// A splitter whose lines have at most `limit` bytes.
  package init(limit: Int) { self.limit = limit }

  /// Takes a block and hands on the lines it completes; false when `body` wants no more.
  package mutating func take(_ block: Span<UInt8>, _ body: (InputLine) -> Bool) -> Bool {
    for index in block.indices {
      let byte = block[index]
      if byte == UInt8(ascii: "\n") {
        if !finish(body) { return false }
        continue
      }
      hasBegun = true
      if line.bytes.count < limit { line.bytes.append(byte) } else { line.isCut = true }
    }
    return true
  }

  /// Hands on a last line that had no LF, if there is one.
  package mutating func end(_ body: (InputLine) -> Bool) {
    if hasBegun { _ = finish(body) }
  }

  private mutating func finish(_ body: (InputLine) -> Bool) -> Bool {
    let whole = line
    line = InputLine(bytes: [], isCut: false)
    hasBegun = false
    return body(whole)
  }
}
