/// Bytes nobody can foretell, from the system.
package enum Random {
  /// This many bytes of getrandom(2).
  package static func bytes(_ count: Int) throws(HostError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      // SAFETY: the array is touched only through the buffer while the closure runs.
      var span = bytes.mutableSpan
      filled += try unsafe span.withUnsafeMutableBytes { buffer throws(HostError) in
        try unsafe Kernel.randomBytes(
          UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      }
    }
    return bytes
  }
}
