import CHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Kernel {
  /// openat(2).
  static func openName(
    _ name: String, at directory: Int32, path: String, flags: Int32, mode: UInt16 = 0
  ) throws(HostError) -> Descriptor {
    let number = try attempt(.open, path) {
      on {
        $0.open(name, at: directory, flags: flags, mode: mode)
      } else: {
        // SAFETY: `name` is lent as a NUL-terminated string for the length of the call.
        outcome(unsafe openat(directory, name, flags, mode_t(mode)))
      }
    }
    return Descriptor(number: Int32(number))
  }

  /// fstat(2).
  static func status(_ descriptor: Int32, path: String) throws(HostError) -> FileStatus {
    var raw = stat()
    var simulated: FileStatus?
    try attempt(.stat, path) {
      on {
        $0.status(of: descriptor, &simulated)
      } else: {
        // SAFETY: `raw` is a whole stat structure, lent for the length of the call.
        outcome(unsafe fstat(descriptor, &raw))
      }
    }
    return simulated ?? FileStatus(raw)
  }

  /// fstatat(2), which looks at a link and not through it.
  static func status(
    _ name: String, at directory: Int32, path: String
  ) throws(HostError) -> FileStatus {
    var raw = stat()
    var simulated: FileStatus?
    try attempt(.stat, path) {
      on {
        $0.status(of: name, at: directory, &simulated)
      } else: {
        // SAFETY: the name and a whole stat structure are lent for the length of the call.
        outcome(unsafe fstatat(directory, name, &raw, AT_SYMLINK_NOFOLLOW))
      }
    }
    return simulated ?? FileStatus(raw)
  }

  /// pread(2), once.
  static func readBytes(
    _ descriptor: Int32, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer,
    path: String
  ) throws(HostError) -> Int {
    try transfer(.read, path, byteCount: buffer.count) { count in
      on {
        unsafe $0.read(
          descriptor, at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
      } else: {
        // SAFETY: `count` is at most the size of the buffer, which the caller keeps alive.
        outcome(unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset)))
      }
    }
  }

  /// read(2), once, into the front of an array.
  static func readBytes(
    _ descriptor: Int32, into bytes: inout [UInt8], path: String
  ) throws(HostError) -> Int {
    try transfer(.read, path, byteCount: bytes.count) { count in
      // SAFETY: `count` is at most the size of the array, lent for the length of the call.
      outcome(unsafe read(descriptor, &bytes, count))
    }
  }

  /// write(2), once.
  static func writeBytes(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(HostError) -> Int {
    try transfer(.write, path, byteCount: bytes.count) { count in
      on {
        unsafe $0.write(
          descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: nil)
      } else: {
        // SAFETY: `count` is at most the size of the buffer, which the caller keeps alive.
        outcome(unsafe write(descriptor, bytes.baseAddress, count))
      }
    }
  }

  /// pwrite(2), once.
  static func writeBytes(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64, path: String
  ) throws(HostError) -> Int {
    try transfer(.write, path, byteCount: bytes.count) { count in
      on {
        unsafe $0.write(
          descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
      } else: {
        // SAFETY: `count` is at most the size of the buffer, which the caller keeps alive.
        outcome(unsafe pwrite(descriptor, bytes.baseAddress, count, off_t(offset)))
      }
    }
  }

  /// ftruncate(2).
  static func cut(_ descriptor: Int32, to byteCount: Int64, path: String) throws(HostError) {
    try attempt(.truncate, path) {
      on {
        $0.truncate(descriptor, to: byteCount)
      } else: {
        outcome(ftruncate(descriptor, off_t(byteCount)))
      }
    }
  }

  /// fchmod(2).
  static func setMode(_ descriptor: Int32, _ mode: UInt16, path: String) throws(HostError) {
    try attempt(.chmod, path) {
      on {
        $0.changeMode(of: descriptor, to: mode)
      } else: {
        outcome(fchmod(descriptor, mode_t(mode)))
      }
    }
  }

  /// fchown(2) of the group alone; a simulated machine has no groups.
  static func setGroup(_ descriptor: Int32, _ group: UInt32, path: String) throws(HostError) {
    try attempt(.chown, path) {
      on { _ in
        0
      } else: {
        outcome(fchown(descriptor, uid_t.max, group))
      }
    }
  }

  /// fdatasync(2), or what stands for it.
  static func flushData(_ descriptor: Int32, path: String) throws(HostError) {
    try attempt(.fdatasync, path) {
      on {
        $0.synchronize(descriptor)
      } else: {
        Int(chost_flush(descriptor))
      }
    }
  }

  /// fsync(2); on Darwin F_FULLFSYNC, untested.
  static func flushAll(_ descriptor: Int32, path: String) throws(HostError) {
    #if canImport(Darwin)
      try attempt(.fsync, path) { Int(chost_flush(descriptor)) }
    #else
      try attempt(.fsync, path) {
        on {
          $0.synchronize(descriptor)
        } else: {
          outcome(fsync(descriptor))
        }
      }
    #endif
  }

  /// flock(2) without waiting: false when somebody else holds it.
  static func tryLock(
    _ descriptor: Int32, exclusive: Bool, path: String
  ) throws(HostError) -> Bool {
    do {
      try attempt(.flock, path) {
        on {
          $0.lock(descriptor, exclusive: exclusive)
        } else: {
          outcome(flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB))
        }
      }
      return true
    } catch {
      if error.code == EWOULDBLOCK { return false }
      throw error
    }
  }

  /// flock(2) to let go.
  static func unlock(_ descriptor: Int32, path: String) throws(HostError) {
    try attempt(.flock, path) {
      on {
        $0.unlock(descriptor)
      } else: {
        outcome(flock(descriptor, LOCK_UN))
      }
    }
  }
}
