#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The kinds of system call that can fail, named for error words and for fault plans.
///
/// One case can stand for a family: `stat` is fstat(2) and fstatat(2), `read` is read(2) and
/// pread(2).
package enum SystemCall: String, Sendable, CaseIterable {
  case open, stat, read, write, fsync, fdatasync, flock, poll, rename, unlink, chmod, chown
  case mkdir, readdir, statfs, inotify, getrandom, getcwd, setrlimit, prctl, signal
  case truncate = "ftruncate"
  case pipe, fcntl, ioctl, tcsetattr, timerfd
  case spawn = "posix_spawn"
  case kill, realpath
  case wait = "waitpid"
}

/// A system call that failed, where, and with which error number.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was tried.
  package let call: SystemCall
  /// The file or directory it was tried on, as far as known; empty when there is none.
  package let path: String
  /// The error number of errno(3).
  package let code: Int32

  /// An error as the system reported it, or as a test makes it up.
  package init(call: SystemCall, path: String, code: Int32) {
    self.call = call
    self.path = path
    self.code = code
  }

  /// One lowercase clause, such as `open /x/y: no such file or directory`.
  ///
  /// The path stands as it is: whoever prints it escapes control characters.
  package var description: String {
    path.isEmpty ? "\(call.rawValue): \(words)" : "\(call.rawValue) \(path): \(words)"
  }

  private var words: String {
    #if FAULTS
      if code == Self.crashCode { return "the fault plan killed the process" }
    #endif
    return Self.phrases[code] ?? "errno \(code)"
  }

  private static let phrases: [Int32: String] = [
    EACCES: "permission denied",
    EBADF: "bad file descriptor",
    EDQUOT: "disk quota exceeded",
    EEXIST: "file exists",
    EFBIG: "file too large",
    EINVAL: "invalid argument",
    EIO: "input/output error",
    EISDIR: "is a directory",
    ECHILD: "no child processes",
    ELOOP: "too many symbolic links",
    EMFILE: "too many open files",
    EMLINK: "too many links",
    ENAMETOOLONG: "file name too long",
    ENFILE: "too many open files in system",
    ENODEV: "no such device",
    ENOENT: "no such file or directory",
    ENOLCK: "no locks available",
    ENOMEM: "out of memory",
    ENOSPC: "no space left on device",
    ENOSYS: "function not implemented",
    ENOTDIR: "not a directory",
    ENOTEMPTY: "directory not empty",
    ENOTSUP: "operation not supported",
    ENXIO: "no such device or address",
    EPERM: "operation not permitted",
    EPIPE: "broken pipe",
    ESRCH: "no such process",
    EROFS: "read-only file system",
    ESTALE: "stale file handle",
    ETXTBSY: "text file busy",
    EWOULDBLOCK: "resource temporarily unavailable",
    EXDEV: "invalid cross-device link",
  ]
}
