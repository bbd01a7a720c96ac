/// Files whose content must not be copied about in memory.
package enum SecretFile {
  /// Reads a file straight into memory of the caller; gives the bytes read, nil when absent.
  ///
  /// Throws `tooLarge` when the file does not fit, `refused`, or what the system says.
  package static func read(
    _ name: String, in directory: borrowing Directory, policy: FilePolicy = .secret,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(HostError) -> Int? {
    let file: OpenFile
    do throws(HostError) {
      file = try OpenFile.open(name, in: directory, mode: .read)
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
    let status = try file.require(policy)
    if status.byteCount > buffer.count { throw .tooLarge(file.path, limit: buffer.count) }
    // SAFETY: the caller keeps the buffer alive, and nothing beyond its bounds is written.
    return try unsafe file.fill(buffer, at: 0)
  }

  /// Writes a new file of mode 0600 from its birth, durably, from memory of the caller.
  ///
  /// A file of that name is left alone and EEXIST thrown. On any later error the file is removed.
  package static func create(
    _ name: String, in directory: borrowing Directory, from buffer: UnsafeRawBufferPointer
  ) throws(HostError) {
    let file = try OpenFile.open(
      name, in: directory, mode: .createExclusive, permissions: 0o600)
    do throws(HostError) {
      var written = 0
      while written < buffer.count {
        // SAFETY: the rest of the caller's buffer, within its bounds.
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        let step = try unsafe Kernel.writeBytes(
          file.descriptor.number, rest, path: file.path)
        if step == 0 { throw .tornWrite(file.path, wanted: buffer.count, wrote: written) }
        written += step
      }
      try file.synchronize()
      try directory.synchronize()
    } catch {
      try? directory.unlink(name)
      throw error
    }
  }
}
