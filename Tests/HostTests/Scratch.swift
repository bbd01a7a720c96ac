import Host

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A directory of its own for one test, and the things Host itself never makes.
enum Scratch {
  /// Makes a private directory, runs the test in it and removes it with all that is in it.
  static func run(_ body: (borrowing Directory) throws -> Void) throws {
    let path = try make()
    defer { removeTree(path) }
    try body(Directory.open(path, followLast: false))
  }

  /// The error a body throws; nil when it throws none.
  static func failure(_ body: () throws(HostError) -> Void) -> HostError? {
    do {
      try body()
      return nil
    } catch {
      return error
    }
  }

  static func makePipe(_ name: String, in directory: borrowing Directory) {
    // SAFETY: strings lent for the length of the call, as in every call below.
    _ = unsafe mkfifo(directory.path + "/" + name, 0o600)
  }

  static func makeLink(to target: String, _ name: String, in directory: borrowing Directory) {
    _ = unsafe symlink(target, directory.path + "/" + name)
  }

  static func makeHardLink(_ old: String, _ new: String, in directory: borrowing Directory) {
    _ = unsafe link(directory.path + "/" + old, directory.path + "/" + new)
  }

  static func removeDirectory(_ name: String, in directory: borrowing Directory) throws {
    guard unsafe rmdir(directory.path + "/" + name) == 0 else { throw ScratchFailure.notRemoved }
  }

  /// Runs the body while there is a file of a name that no String can hold.
  static func withFile(
    bytesOfName name: [UInt8], in directory: borrowing Directory, _ body: () throws -> Void
  ) rethrows {
    let bytes = directory.path.utf8 + [UInt8(ascii: "/")] + name + [0]
    let path = bytes.map(CChar.init(bitPattern:))
    close(unsafe open(path, O_CREAT | O_WRONLY, 0o600))
    defer { _ = unsafe unlink(path) }
    try body()
  }

  private static func make() throws -> String {
    let base = Environment.value("TMPDIR") ?? "/tmp"
    var template = (Array((base + "/hosttests.XXXXXX").utf8) + [0]).map(CChar.init(bitPattern:))
    guard unsafe mkdtemp(&template) != nil else { throw ScratchFailure.noDirectory }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func removeTree(_ path: String) {
    if let directory = try? Directory.open(path, followLast: false) {
      for name in (try? directory.names()) ?? [] { removeTree(path + "/" + name) }
    }
    _ = unsafe remove(path)
  }

  private enum ScratchFailure: Error {
    case noDirectory, notRemoved
  }
}

extension Directory {
  /// Makes a file of these bytes, outside of what is tested.
  func put(_ name: String, _ text: String, permissions: UInt16 = 0o600) throws {
    let file = try OpenFile.open(name, in: self, mode: .createExclusive)
    try file.writeWhole(Array(text.utf8))
    try file.setPermissions(permissions)
  }

  /// The content of a file as text; nil when there is none.
  func text(_ name: String) throws -> String? {
    try readFile(name, limit: 1 << 20, policy: .anyOwner).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
