import DeadDropKit
package import Host
package import Identity

/// Why a command did not do what was asked, as a person is told.
///
/// The wording: a lowercase clause without a period that names the thing and the place. The hint is
/// a command to paste. Text of peers may be part of either: the terminal escapes it.
package struct CommandFailure: Error, Equatable, Sendable {
  package var code: ExitCode
  /// Empty when there is nothing to tell, as when the reader of our output has gone.
  package var message: String
  package var hint: String?

  package init(_ code: ExitCode, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// A breach of a rule of the command line; without a hint the verb's help becomes it.
  package static func usage(_ rule: String, hint: String? = nil) -> CommandFailure {
    CommandFailure(.usage, rule, hint: hint)
  }
}

extension CommandFailure {
  /// The failure that a system error is, with the hint that fits its kind.
  package init(_ error: HostError) {
    switch error {
    case .system(let reason) where error.isFull && reason.path.hasPrefix("/"):
      // The file itself may be a temporary one, and gone.
      let directory = NamedFile.split(reason.path).parent
      self.init(.system, error.description, hint: ShellWord.line(["df", "-h", directory]))
    case .system(let reason) where error.isForbidden && reason.path.hasPrefix("/"):
      self.init(.system, error.description, hint: ShellWord.line(["ls", "-ld", reason.path]))
    case .system: self.init(.system, error.description)
    case .refused(let path, .looseMode):
      self.init(.unsafe, error.description, hint: ShellWord.line(["chmod", "go-rwx", path]))
    // Peers must go on reading what is shared.
    case .refused(let path, .writableByOthers):
      self.init(.unsafe, error.description, hint: ShellWord.line(["chmod", "go-w", path]))
    case .refused(let path, _):
      self.init(.unsafe, error.description, hint: ShellWord.line(["ls", "-ld", path]))
    case .locked(let path, _) where path.hasSuffix("/" + DaemonPresence.lockName):
      // The directory of the lock bears the name of the agent.
      let agent = NamedFile.split(NamedFile.split(path).parent).name
      self.init(
        .locked, error.description, hint: ShellWord.deaddrop("daemon", "status", "--as", agent))
    case .locked: self.init(.locked, error.description)
    case .tornWrite: self.init(.system, error.description)
    case .tooLarge: self.init(.refused, error.description)
    case .badName: self.init(.usage, error.description)
    case .timedOut: self.init(.timedOut, error.description)
    }
  }

  /// The failure that a key which cannot be used is.
  package init(_ error: IdentityError) {
    switch error {
    case .libraryUnavailable, .selfTestFailed, .outOfLockedMemory:
      self.init(.system, error.description)
    case .wrongSecretLength, .badPublicKey, .badSealingKey: self.init(.refused, error.description)
    }
  }
}
