/// What an opened file must be before we use it.
package struct FilePolicy: Equatable, Sendable {
  /// Whose file it may be.
  package enum OwnerRule: Sendable {
    case own, any
  }

  /// The kind it must be: a regular file or a directory.
  package var kind: FileKind
  /// Whose it may be.
  package var owner: OwnerRule
  /// Permission bits of which none may be set, such as `0o022`.
  package var forbiddenMode: UInt16

  /// A policy of one's own; a regular file is also refused when it has more than one name.
  package init(kind: FileKind = .regular, owner: OwnerRule, forbiddenMode: UInt16) {
    self.kind = kind
    self.owner = owner
    self.forbiddenMode = forbiddenMode
  }

  /// Our regular file that no other account can write.
  package static let own = FilePolicy(owner: .own, forbiddenMode: 0o022)
  /// Our regular file that no other account can read or write.
  package static let secret = FilePolicy(owner: .own, forbiddenMode: 0o077)
  /// Anybody's regular file, such as the log of a peer.
  package static let anyOwner = FilePolicy(owner: .any, forbiddenMode: 0)
  /// Our directory that no other account can enter.
  package static let privateDirectory = FilePolicy(
    kind: .directory, owner: .own, forbiddenMode: 0o077)

  /// Why a file of this status is refused to this user; nil when it is allowed.
  ///
  /// A regular file without any name passes: its replacement may have come while we opened it.
  package func refusal(of status: FileStatus, user: UInt32) -> FileRefusal? {
    if status.kind == .symbolicLink && kind != .symbolicLink { return .symbolicLink }
    if status.kind != kind { return kind == .directory ? .notDirectory : .notRegular }
    if owner == .own && status.owner != user { return .foreignOwner }
    if kind == .regular && status.links > 1 { return .hardLinked }
    let loose = status.mode & forbiddenMode
    if loose == 0 { return nil }
    // Of a secret nobody need know which way it is open.
    return forbiddenMode & 0o044 == 0 ? .writableByOthers : .looseMode
  }
}
