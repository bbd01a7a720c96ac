package import Host

/// Which accounts write in a wire's directory, told by its permissions.
///
/// Several accounts share one through a group: setgid gives each new file to that group, sticky lets
/// nobody remove or rename another's. There the permissions of files are set whatever the umask, so
/// that a private one does not hide an agent from its peers.
package struct Sharing: Equatable, Sendable {
  /// Whether a group writes here.
  package let isByGroup: Bool
  private let mode: UInt16

  /// What `init --group` gives to the directory.
  package static let groupMode: UInt16 = 0o3770

  init(_ status: FileStatus) {
    mode = status.mode
    isByGroup = Self.isByGroup(mode)
  }

  private static func isByGroup(_ mode: UInt16) -> Bool { mode & 0o3030 == 0o3030 }

  /// Why a directory of this status is no place for this account to write; nil when it is one.
  package static func refusal(
    of status: FileStatus, user: UInt32
  ) -> WireError.UnsafeDirectory? {
    if status.mode & 0o002 != 0, status.mode & 0o1000 == 0 { return .worldWritable }
    if status.owner == user || status.owner == 0 || isByGroup(status.mode) { return nil }
    return .foreignOwner
  }

  /// Of what one account writes and all read: a log, a beat file, a copy.
  package var ownFile: UInt16 { isByGroup ? 0o640 | forOthers : 0o644 }

  /// Of what all append to: the derived files.
  package var commonFile: UInt16 { isByGroup ? 0o660 | forOthers : 0o664 }

  /// Of the directories in it.
  var subdirectory: UInt16 { mode }

  /// Who may enter may read.
  private var forOthers: UInt16 { mode & 0o005 == 0o005 ? 0o004 : 0 }

  /// Lets the group at a file of this account that a umask has closed.
  ///
  /// What belongs to another is left alone, and so is all where no group shares.
  package func apply(
    _ permissions: UInt16, to file: borrowing OpenFile, _ status: FileStatus
  ) throws(HostError) {
    guard isByGroup, status.owner == Environment.effectiveUser,
      status.mode & permissions != permissions
    else { return }
    try file.setPermissions(permissions)
  }
}

extension SharedDirectory {
  /// Opens a directory of the wire, made like the wire's own where there is none.
  package func makeSubdirectory(_ name: String) throws(HostError) -> Directory {
    try Self.make(name, in: directory, sharing.subdirectory)
  }

  /// Whoever may make a log in the wire may make one there.
  static func make(
    _ name: String, in parent: borrowing Directory, _ mode: UInt16
  ) throws(HostError) -> Directory {
    do {
      try parent.createSubdirectory(name, permissions: mode & 0o777)
    } catch {
      if error.isExists { return try parent.openSubdirectory(name) }
      throw error
    }
    let made = try parent.openSubdirectory(name)
    let status = try made.status()
    // Somebody quicker may have put another directory there, which is theirs.
    if status.mode != mode, status.owner == Environment.effectiveUser {
      try made.setPermissions(mode)
    }
    return made
  }
}
