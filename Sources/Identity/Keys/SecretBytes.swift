import CSodium

/// Secret bytes in guarded memory, the only place where a private key ever stands.
///
/// Locked against swapping, between two guard pages, not in a core dump, not accessible outside the
/// two closures, zeroed when freed. Source: `sodium_malloc`, libsodium "Secure memory".
@safe
package struct SecretBytes: ~Copyable {
  private let base: UnsafeMutablePointer<UInt8>
  package let byteCount: Int

  /// Takes memory for that many bytes, all zero.
  ///
  /// Throws `outOfLockedMemory` or `libraryUnavailable`.
  package init(byteCount: Int) throws(IdentityError) {
    try Sodium.start()
    guard byteCount >= 0, let memory = unsafe sodium_malloc(byteCount) else {
      throw .outOfLockedMemory(byteCount: byteCount)
    }
    // SAFETY: fresh memory of `byteCount` bytes, of no type yet, writable until it is closed.
    unsafe base = unsafe memory.bindMemory(to: UInt8.self, capacity: byteCount)
    self.byteCount = byteCount
    unsafe sodium_memzero(memory, byteCount)
    close()
  }

  deinit {
    // SAFETY: `base` came from sodium_malloc and nothing else frees it.
    unsafe sodium_free(base)
  }

  /// Lends the bytes for reading while the closure runs.
  ///
  /// The closure must not keep the pointer, nor open the same secret again: the inner use would
  /// close it for the outer one.
  package borrowing func withBytes<R, E>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    // SAFETY: the memory has `byteCount` bytes.
    try unsafe withPointer { base throws(E) in
      try unsafe body(UnsafeRawBufferPointer(start: base, count: byteCount))
    }
  }

  /// Lends the bytes for writing while the closure runs; so a file is read straight into them.
  ///
  /// The closure must not keep the pointer.
  package mutating func withMutableBytes<R, E>(
    _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    let byteCount = byteCount
    // SAFETY: the memory has `byteCount` bytes.
    return try unsafe withMutablePointer { base throws(E) in
      try unsafe body(UnsafeMutableRawBufferPointer(start: base, count: byteCount))
    }
  }

  /// As `withBytes`, in the form that libsodium's functions take.
  borrowing func withPointer<R, E>(
    _ body: (UnsafePointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    // SAFETY: `base` lives as long as self.
    _ = unsafe sodium_mprotect_readonly(base)
    defer {
      close()
      wipeStack()
    }
    return try unsafe body(base)
  }

  /// As `withMutableBytes`, in the form that libsodium's functions take.
  mutating func withMutablePointer<R, E>(
    _ body: (UnsafeMutablePointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    // SAFETY: `base` lives as long as self.
    _ = unsafe sodium_mprotect_readwrite(base)
    defer {
      close()
      wipeStack()
    }
    return try unsafe body(base)
  }

  private borrowing func close() {
    // SAFETY: `base` came from sodium_malloc. Where pages cannot be protected they stay open.
    _ = unsafe sodium_mprotect_noaccess(base)
  }

  /// Overwrites what the functions that were lent the bytes left on the stack below here.
  ///
  /// libsodium 1.0.18 leaves a copy there of what `crypto_box_seal_open` opened.
  private borrowing func wipeStack() {
    sodium_stackzero(16_384)
  }
}
