import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What can stand in the place of a file that agents share.
package enum OddFile: String, CaseIterable, Sendable {
  /// A link to a file, or to a directory, elsewhere.
  case symbolicLink
  case pipe
  /// A device that can be read for ever.
  case device
  /// A directory; where a directory belongs, a file.
  case directory
  case socket
  /// A second name of a file elsewhere.
  case hardLink
  case removed
  case empty
  case half
  /// The same bytes in another file.
  case copy
  /// As many bytes, of which one is another.
  case altered

  /// The thing that was there before, to be put back.
  package struct Taken: Sendable {
    let path: String
    let aside: String
    let isInPlace: Bool

    /// Removes what stands there now, whatever it is, and puts back what stood there.
    package func putBack() {
      if isInPlace {
        guard let file = FileHandle(forWritingAtPath: path),
          let bytes = FileManager.default.contents(atPath: aside)
        else { return }
        try? file.truncate(atOffset: 0)
        try? file.write(contentsOf: bytes)
        try? file.close()
        unsafe unlink(aside)
      } else {
        // Where agents make a new one all the time, one removal may not be enough.
        for _ in 0..<1_000 {
          if unsafe unlink(path) != 0, unsafe rmdir(path) != 0 {
            try? FileManager.default.removeItem(atPath: path)
          }
          if unsafe rename(aside, path) == 0 { return }
        }
      }
    }
  }

  package struct NotPlanted: Error {
    package let kind: OddFile
    package let code: Int32
  }

  /// Takes the place of a file or directory, which is kept aside; nil where that may not be made.
  ///
  /// `outside` is a file, and beside it `<outside>.d` a directory, that links lead to. What changes
  /// only the bytes is done in place, so that the file stays the same one.
  package func take(placeOf path: String, outside: String) throws -> Taken? {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return nil
    }
    let aside = Self.aside(path)
    switch self {
    case .empty, .half, .altered:
      guard !isFolder.boolValue else { return nil }
      try changeInPlace(path, aside: aside)
      return Taken(path: path, aside: aside, isInPlace: true)
    case .hardLink where isFolder.boolValue: return nil
    default: break
    }
    guard unsafe rename(path, aside) == 0 else { throw NotPlanted(kind: self, code: errno) }
    let taken = Taken(path: path, aside: aside, isInPlace: false)
    do {
      if try plant(at: path, outside: outside, aside: aside, isFolder: isFolder.boolValue) {
        return taken
      }
    } catch let failure as NotPlanted where failure.code == EEXIST {
      // Somebody made a new one meanwhile: that is odd enough.
      return taken
    }
    taken.putBack()
    return nil
  }

  /// Outside of the wire, so that nothing there is seen in two places.
  private static func aside(_ path: String) -> String {
    let parts = path.split(separator: "/")
    let folder = parts.firstIndex(of: "_coordination").map { parts[..<$0] } ?? parts.dropLast()
    return "/" + folder.joined(separator: "/") + "/aside." + (parts.last.map(String.init) ?? "")
  }

  private func plant(
    at path: String, outside: String, aside: String, isFolder: Bool
  ) throws -> Bool {
    let code: Int32
    switch self {
    case .symbolicLink: code = unsafe symlink(isFolder ? outside + ".d" : outside, path)
    case .pipe: code = unsafe mkfifo(path, 0o600)
    case .device:
      code = unsafe mknod(path, S_IFCHR | 0o600, 0x105)
      // Only root may make one, and in a container not even root.
      if code != 0, errno == EPERM { return false }
    case .directory where isFolder:
      code = unsafe open(path, O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if code >= 0 { close(code) }
    case .directory: code = unsafe mkdir(path, 0o700)
    case .socket: code = unsafe mknod(path, S_IFSOCK | 0o600, 0)
    case .hardLink: code = unsafe link(outside, path)
    case .copy:
      try FileManager.default.copyItem(atPath: aside, toPath: path)
      code = 0
    case .removed, .empty, .half, .altered: code = 0
    }
    guard code >= 0 else { throw NotPlanted(kind: self, code: errno) }
    return true
  }

  private func changeInPlace(_ path: String, aside: String) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.write(to: URL(fileURLWithPath: aside))
    switch self {
    case .empty: bytes = Data()
    case .half: bytes = bytes.prefix(bytes.count / 2)
    default: if !bytes.isEmpty { bytes[bytes.count / 2] ^= 1 }
    }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: bytes)
    try file.close()
  }
}
