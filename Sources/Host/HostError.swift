#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Why a file that could be opened is not one we use.
package enum FileRefusal: String, Sendable, CaseIterable {
  case notRegular, notDirectory, foreignOwner, hardLinked, writableByOthers, looseMode
  case symbolicLink, replaced

  /// The clause that follows the path in an error.
  package var words: String {
    switch self {
    case .notRegular: "not a regular file"
    case .notDirectory: "not a directory"
    case .foreignOwner: "owned by another account"
    case .hardLinked: "has more than one name"
    case .writableByOthers: "writable by other accounts"
    case .looseMode: "open to other accounts"
    case .symbolicLink: "a symbolic link"
    case .replaced: "replaced while it was opened"
    }
  }
}

/// Everything that can go wrong between this process and the system below it.
package enum HostError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system said no.
  case system(SystemError)
  /// The file at this path is not one that the policy allows.
  case refused(String, FileRefusal)
  /// Somebody else held the lock on this path for all of the time allowed; nil: nobody knows who.
  case locked(String, by: LockHolder?)
  /// A write at this path took only a part of the bytes.
  case tornWrite(String, wanted: Int, wrote: Int)
  /// The content at this path is more than the given number of bytes.
  case tooLarge(String, limit: Int)
  /// The name is empty, `.`, `..`, or holds a slash or NUL; or the path is empty or holds NUL.
  case badName(String)
  /// A program that was started had not ended after so many seconds, and was killed.
  case timedOut(String, seconds: Int64)

  /// One lowercase clause that names the thing and the place, without advice.
  package var description: String {
    switch self {
    case .system(let error): error.description
    case .refused(let path, let refusal): "\(path): \(refusal.words)"
    case .locked(let path, let holder): "\(path): \(LockHolder.words(holder))"
    case .tornWrite(let path, let wanted, let wrote):
      "write \(path): \(wrote) of \(wanted) bytes written"
    case .tooLarge(let path, let limit): "\(path): more than \(limit) bytes"
    case .badName(let name): "\"\(name)\": not a usable file name"
    case .timedOut(let program, let seconds): "\(program): not done after \(seconds) s"
    }
  }

  /// The error number of a failed system call; nil for our own refusals.
  package var code: Int32? {
    guard case .system(let error) = self else { return nil }
    return error.code
  }

  /// What stands there is no file, or not one that may be used: a link, a pipe, a directory.
  package var isOfWrongKind: Bool {
    if case .refused = self { return true }
    return code.map { [EISDIR, ENXIO, ELOOP, ENODEV, ENOTDIR].contains($0) } ?? false
  }

  /// This account may not do that (EACCES, EPERM).
  package var isForbidden: Bool { code == EACCES || code == EPERM }

  /// There is nothing of that name (ENOENT).
  package var isNotFound: Bool { code == ENOENT }

  /// There is already something of that name (EEXIST).
  package var isExists: Bool { code == EEXIST }

  /// The device or the quota has no room left (ENOSPC, EDQUOT).
  package var isFull: Bool { code == ENOSPC || code == EDQUOT }

  /// The terminal has gone (EIO).
  package var isHungUp: Bool { code == EIO }

  /// Nothing can be written there (EROFS).
  package var isReadOnly: Bool { code == EROFS }

  /// The reader of our output has gone (EPIPE).
  package var isBrokenPipe: Bool { code == EPIPE }
}
