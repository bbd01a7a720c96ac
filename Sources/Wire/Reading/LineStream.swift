package import Host
import WireFormat

/// Splits a file into whole lines while it is read, in bounded memory.
package enum LineStream {
  /// Where a pass ended: just past the last LF, and the number of that line.
  package struct End: Equatable, Sendable {
    package var offset: Int64
    package var lineCount: Int

    package init(offset: Int64 = 0, lineCount: Int = 0) {
      self.offset = offset
      self.lineCount = lineCount
    }
  }

  private static let blockByteCounts = 4_096...262_144

  /// Gives each line from an offset on, its LF not included; nil for one beyond the reader's limit.
  ///
  /// Ends with the last of the lines wanted, or before one that begins at the limit. Bytes after
  /// the last LF of a file are not given: they are not part of a log.
  package static func forEachLine(
    of log: LogFile, from start: End = End(), through last: LinePlace? = nil,
    before limit: Int64 = .max, _ body: (LinePlace, Span<UInt8>?) throws(HostError) -> Void
  ) throws(HostError) -> End {
    var end = start
    try log.forEachFile(from: start.offset) { (file, first, past) throws(HostError) in
      // Where the limit was reached, nothing of the next file was.
      guard max(end.offset, first) < limit else { return false }
      end.offset = max(end.offset, first)
      end = try forEachLine(
        of: file, at: first, from: end, through: last, before: min(limit, past), body)
      return last.map { end.lineCount < $0.number } ?? true
    }
    return end
  }

  /// The same of one file, which begins at a place of the log.
  package static func forEachLine(
    of file: borrowing OpenFile, at base: Int64 = 0, from start: End = End(),
    through last: LinePlace? = nil, before limit: Int64 = .max,
    _ body: (LinePlace, Span<UInt8>?) throws(HostError) -> Void
  ) throws(HostError) -> End {
    var end = start
    // A log that grew by one line is not read in large blocks.
    let stop: Int64
    if let last {
      stop = last.end
    } else {
      stop = min(try file.status().byteCount + base, limit)
    }
    let wanted = Int(clamping: stop - start.offset)
    let bounds = blockByteCounts
    var reader = BlockReader(
      from: start.offset - base,
      blockByteCount: min(max(wanted, bounds.lowerBound), bounds.upperBound))
    var tail = 0
    var overlong = 0
    while try reader.next(of: file, keeping: tail) {
      var lineStart = 0
      let block = reader.block.span
      var next = tail
      while let index = block.firstIndex(of: UInt8(ascii: "\n"), from: next) {
        next = index + 1
        let place = LinePlace(
          number: end.lineCount + 1, offset: end.offset, byteCount: overlong + index - lineStart)
        let isHeld = overlong == 0 && place.byteCount <= ReaderLimits.lineByteCount
        try body(place, isHeld ? block.extracting(lineStart..<index) : nil)
        end = End(offset: place.end, lineCount: place.number)
        overlong = 0
        lineStart = index + 1
        if let last, place.number >= last.number { return end }
        if end.offset >= limit { return end }
      }
      tail = block.count - lineStart
      if tail > ReaderLimits.lineByteCount {
        overlong += tail
        tail = 0
      }
    }
    return end
  }

  /// Whether a line that was read is there when its place is read again.
  static func stands(
    _ line: Span<UInt8>?, _ place: LinePlace, in log: LogFile
  ) throws(HostError) -> Bool {
    let start = End(offset: place.offset, lineCount: place.number - 1)
    let held = bytes(line)
    var stands = false
    _ = try forEachLine(of: log, from: start, through: place) { (again, line) throws(HostError) in
      stands = again == place && bytes(line) == held
    }
    return stands
  }

  private static func bytes(_ line: Span<UInt8>?) -> [UInt8]? {
    guard let line else { return nil }
    return line.bytes(in: 0..<line.count)
  }

  /// Where the first line begins that does so in the range; nil where none does.
  static func lineStart(of log: LogFile, in range: Range<Int64>) throws(HostError) -> Int64? {
    var found: Int64?
    try log.forEachFile(from: range.lowerBound) { (file, first, past) throws(HostError) in
      if first >= range.upperBound { return false }
      if first >= range.lowerBound {
        // Every file begins with a line.
        found = first
      } else {
        let local = (range.lowerBound - first)..<(min(range.upperBound, past) - first)
        found = try lineStart(of: file, in: local).map { first + $0 }
      }
      return found == nil
    }
    return found
  }

  private static func lineStart(
    of file: borrowing OpenFile, in range: Range<Int64>
  ) throws(HostError) -> Int64? {
    let offset = range.lowerBound
    guard offset > 0 else { return 0 }
    var reader = BlockReader(from: offset - 1, blockByteCount: blockByteCounts.lowerBound)
    var start = offset - 1
    // No farther: a line that is longer than many parts must not be searched through in each.
    while start + 1 < range.upperBound, try reader.next(of: file) {
      if let feed = reader.block.firstIndex(of: UInt8(ascii: "\n")) {
        let found = start + Int64(feed) + 1
        return found < range.upperBound ? found : nil
      }
      start += Int64(reader.block.count)
    }
    return nil
  }

  /// Just past the last LF of a file.
  static func lastLineEnd(of file: borrowing OpenFile) throws(HostError) -> Int64 {
    var end = try file.status().byteCount
    // It is the last byte, mostly.
    var count = Int64(blockByteCounts.lowerBound)
    while end > 0 {
      let start = max(0, end - count)
      count = Int64(blockByteCounts.upperBound)
      let bytes = try file.read(at: start, count: Int(end - start))
      if let feed = bytes.lastIndex(of: UInt8(ascii: "\n")) { return start + Int64(feed) + 1 }
      end = start
    }
    return 0
  }
}
