/// Files whose content must not be copied about in memory.
package enum SecretFile {
  /// Reads a file straight into memory of the caller; gives the bytes read, nil when absent.
  ///
  /// Throws `tooLarge` when the file does not fit, `refused`, or what the system says.
  package static func read(
    _ name: String, in directory: borrowing Directory, policy: FilePolicy = .secret,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(HostError) -> Int? {
    guard let file = try OpenFile.find(name, in: directory) else { return nil }
    let status = try file.require(policy)
    if status.byteCount > buffer.count { throw .tooLarge(file.path, limit: buffer.count) }
    // SAFETY: the caller keeps the buffer alive, and nothing beyond its bounds is written.
    return try unsafe file.fill(buffer, at: 0)
  }

  /// Writes a new file of mode 0600 from its birth, durably, from memory of the caller.
  ///
  /// It gets its name when it is whole, so that a crash leaves none or all of it. A file of that
  /// name is left alone and EEXIST thrown.
  package static func create(
    _ name: String, in directory: borrowing Directory, from buffer: UnsafeRawBufferPointer
  ) throws(HostError) {
    try directory.createFile(name, permissions: 0o600) { file throws(HostError) in
      var written = 0
      while written < buffer.count {
        // SAFETY: the rest of the caller's buffer, within its bounds.
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        let step = try unsafe Kernel.writeBytes(
          file.descriptor.number, rest, path: file.path)
        if step == 0 { throw .tornWrite(file.path, wanted: buffer.count, wrote: written) }
        written += step
      }
    }
  }
}
