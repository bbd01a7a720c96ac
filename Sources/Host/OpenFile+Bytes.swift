#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension OpenFile {
  /// Reads up to `count` bytes from an offset by pread(2); fewer only at the end of the file.
  ///
  /// Memory for all of `count` is taken at once: bound it by the status of the file.
  package func read(at offset: Int64, count: Int) throws(HostError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = try fill(&bytes, from: 0, at: offset)
    if got < count { bytes.removeLast(count - got) }
    return bytes
  }

  /// Makes one write(2), again only when a signal came before the first byte.
  ///
  /// Gives the number of bytes written, which can be fewer than asked: the caller decides.
  package func writeOnce(_ bytes: Span<UInt8>) throws(HostError) -> Int {
    let number = descriptor.number
    let path = path
    // SAFETY: the span keeps its bytes alive and unchanged for the length of the closure.
    return try unsafe bytes.bytes.withUnsafeBytes { buffer throws(HostError) in
      try unsafe Kernel.writeBytes(number, buffer, path: path)
    }
  }

  /// Makes one write(2), again only when a signal came before the first byte.
  package func writeOnce(_ bytes: [UInt8]) throws(HostError) -> Int {
    try writeOnce(bytes.span)
  }

  /// Writes all bytes, in as many writes as it takes: not for a log.
  ///
  /// Throws `tornWrite` when a write takes nothing; on any error a part may be written.
  package func writeWhole(_ bytes: Span<UInt8>) throws(HostError) {
    var written = 0
    while written < bytes.count {
      let step = try writeOnce(bytes.extracting(written..<bytes.count))
      if step == 0 { throw .tornWrite(path, wanted: bytes.count, wrote: written) }
      written += step
    }
  }

  /// Writes all bytes, in as many writes as it takes: not for a log.
  package func writeWhole(_ bytes: [UInt8]) throws(HostError) {
    try writeWhole(bytes.span)
  }

  /// Overwrites bytes in place by pwrite(2), in as many calls as it takes: never in a log.
  ///
  /// Throws `tornWrite` when a call takes nothing; on any error a part may be written.
  package func overwrite(_ bytes: [UInt8], at offset: Int64) throws(HostError) {
    var written = 0
    while written < bytes.count {
      // SAFETY: the array is not changed while the closure runs.
      let step = try unsafe bytes.span.bytes.withUnsafeBytes { buffer throws(HostError) in
        try unsafe Kernel.writeBytes(
          descriptor.number, UnsafeRawBufferPointer(rebasing: buffer[written...]),
          at: offset + Int64(written), path: path)
      }
      if step == 0 { throw .tornWrite(path, wanted: bytes.count, wrote: written) }
      written += step
    }
  }

  /// Fills an array from index `start` on; gives the bytes read, fewer only at the end of file.
  func fill(_ bytes: inout [UInt8], from start: Int, at offset: Int64) throws(HostError) -> Int {
    // SAFETY: the array is not touched but through the buffer, and `start` is checked there.
    var span = bytes.mutableSpan
    return try unsafe span.withUnsafeMutableBytes { buffer throws(HostError) in
      try unsafe fill(UnsafeMutableRawBufferPointer(rebasing: buffer[start...]), at: offset)
    }
  }

  /// Fills memory from an offset of the file; gives the bytes read, fewer only at its end.
  func fill(
    _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) throws(HostError) -> Int {
    var got = 0
    while got < buffer.count {
      // SAFETY: the rest of the caller's buffer, within its bounds.
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[got...])
      let step = try unsafe Kernel.readBytes(
        descriptor.number, at: offset + Int64(got), into: rest, path: path)
      if step == 0 { break }
      got += step
    }
    return got
  }
}

extension Span where Element == UInt8 {
  /// Where a byte stands first, from an index on: memchr(3).
  package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    // SAFETY: the part from `start` on is lent for the length of the call, with its own count.
    unsafe extracting(start...).withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = unsafe memchr(base, Int32(byte), bytes.count)
      else { return nil }
      return unsafe start + (UnsafeRawPointer(found) - base)
    }
  }
}

/// Reads a file in large blocks through one buffer, each new block after a tail of the last.
///
///     var reader = BlockReader(from: 0)
///     while try reader.next(of: file, keeping: unfinishedByteCount) { scan(reader.block.span) }
package struct BlockReader: ~Copyable {
  /// The kept tail and then the new bytes.
  package private(set) var block: [UInt8] = []
  /// Where in the file the next new byte comes from.
  package private(set) var offset: Int64
  private let blockByteCount: Int

  /// A reader that starts at an offset and takes up to `blockByteCount` new bytes at a time.
  package init(from offset: Int64, blockByteCount: Int = 262_144) {
    self.offset = offset
    self.blockByteCount = max(1, blockByteCount)
  }

  /// Keeps the last bytes of the block and reads on; false when the file has no more for now.
  ///
  /// After false the block is the kept tail alone, and a later call sees what was appended since.
  package mutating func next(
    of file: borrowing OpenFile, keeping tail: Int = 0
  ) throws(HostError) -> Bool {
    block.removeFirst(block.count - min(max(tail, 0), block.count))
    let kept = block.count
    block += [UInt8](repeating: 0, count: blockByteCount)
    var got = 0
    defer { block.removeLast(blockByteCount - got) }
    got = try file.fill(&block, from: kept, at: offset)
    offset += Int64(got)
    return got > 0
  }
}
