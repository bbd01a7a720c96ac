#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The three descriptors every process starts with.
///
/// A descriptor that somebody else set to non-blocking is waited for.
package enum StandardStreams {
  /// Reads standard input to its end; throws `tooLarge` beyond `limit` bytes.
  package static func readAllInput(limit: Int) throws(HostError) -> [UInt8] {
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = try readInput(into: &block)
      if count == 0 { return all }
      if all.count + count > limit { throw .tooLarge(inputName, limit: limit) }
      all.append(contentsOf: block[..<count])
    }
  }

  /// Hands on standard input line by line until `body` says false or the input ends.
  ///
  /// A line is handed on as soon as its LF has come; a longer one than `limit` bytes is cut.
  package static func readInputLines(
    limit: Int, _ body: (InputLine) -> Bool
  ) throws(HostError) {
    var splitter = LineSplitter(limit: limit)
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = try readInput(into: &block)
      if count == 0 { break }
      if !splitter.take(block.span.extracting(0..<count), body) { return }
    }
    splitter.end(body)
  }

  /// Writes all bytes to standard output; a reader that has gone is an error of `isBrokenPipe`.
  package static func writeOutput(_ bytes: [UInt8]) throws(HostError) {
    try write(bytes, to: 1, "standard output")
  }

  /// Writes all bytes to standard error.
  package static func writeError(_ bytes: [UInt8]) throws(HostError) {
    try write(bytes, to: 2, "standard error")
  }

  /// Whether nobody can read standard output any more: the other end of a pipe is closed.
  package static var isOutputGone: Bool { Kernel.isCutOff(1) }

  private static let inputName = "standard input"

  private static func readInput(into block: inout [UInt8]) throws(HostError) -> Int {
    while true {
      do {
        return try Kernel.readBytes(0, into: &block, path: inputName)
      } catch {
        guard error.code == EAGAIN else { throw error }
        _ = try Kernel.waitUntilReady(0, upTo: nil, path: inputName)
      }
    }
  }

  private static func write(
    _ bytes: [UInt8], to number: Int32, _ name: String
  ) throws(HostError) {
    var written = 0
    while written < bytes.count {
      do {
        // SAFETY: the array is not changed while the closure runs.
        written += try unsafe bytes.span.withUnsafeBytes { buffer throws(HostError) in
          try unsafe Kernel.writeBytes(
            number, UnsafeRawBufferPointer(rebasing: buffer[written...]), path: name)
        }
      } catch {
        guard error.code == EAGAIN else { throw error }
        _ = try Kernel.waitUntilReady(number, forWriting: true, upTo: nil, path: name)
      }
    }
  }
}
