/// Every verb there is, in the order in which help shows them.
package enum CommandList {
  package static let all: [any Command.Type] = [
    InitCommand.self,
    JoinCommand.self,
    MembersCommand.self,
    InviteCommand.self,
    RemoveCommand.self,
    LeaveCommand.self,
    BootstrapCommand.self,
    SendCommand.self,
    AckCommand.self,
    DeclineCommand.self,
    CounterCommand.self,
    WithdrawCommand.self,
    RatifyCommand.self,
    IncidentCommand.self,
    IncidentsCommand.self,
    ResumeCommand.self,
    ShutdownCommand.self,
    InboxCommand.self,
    WatchCommand.self,
    WaitCommand.self,
    LogCommand.self,
    ThreadCommand.self,
    ShowCommand.self,
    DecisionsCommand.self,
    ClaimCommand.self,
    ReleaseCommand.self,
    ClaimsCommand.self,
    DomainListCommand.self,
    DomainCheckCommand.self,
    HookPreCommitCommand.self,
    InstallGitHookCommand.self,
    UninstallGitHookCommand.self,
    StatusCommand.self,
    TopCommand.self,
    HeartbeatCommand.self,
    DaemonRunCommand.self,
    DaemonStatusCommand.self,
    DaemonStopCommand.self,
    DaemonInstallCommand.self,
    DaemonUninstallCommand.self,
    VerifyCommand.self,
    DoctorCommand.self,
    RepairAdoptCommand.self,
    ArchiveCommand.self,
    CardCommand.self,
    CardPublishCommand.self,
    CardCheckCommand.self,
    KeyShowCommand.self,
    KeyCreateCommand.self,
    KeyImportCommand.self,
    KeyRotateCommand.self,
    KeyRecoverCommand.self,
    KeyMoveCommand.self,
    KeyBackupCommand.self,
    KeyRestoreCommand.self,
    TrustListCommand.self,
    TrustShowCommand.self,
    TrustPinCommand.self,
    TrustPromoteCommand.self,
    TrustRevokeCommand.self,
    TrustFingerprintCommand.self,
    SASCommand.self,
    SASStartCommand.self,
    SASShowCommand.self,
    SASConfirmCommand.self,
    VersionCommand.self,
    HelpCommand.self,
    PlumbingCanonical.self,
    PlumbingVerify.self,
    PlumbingSign.self,
    PlumbingKeyID.self,
    PlumbingShortCode.self,
    PlumbingCeremonies.self,
  ]

  /// What each first word of a two-word name stands for.
  package static let nouns: [Noun] = [
    Noun(name: "daemon", summary: "Keep an agent present: beats, deadlines, wake-ups"),
    Noun(name: "domain", summary: "Show who decides where, and check paths against it"),
    Noun(name: "hook", summary: "Answer the hooks of other programs"),
    Noun(name: "install", summary: "Let other programs call deaddrop"),
    Noun(name: "uninstall", summary: "Take away what `install` made"),
    Noun(name: "card", summary: "Publish or check what an agent says of itself"),
    Noun(name: "key", summary: "Show, make, change, move or take over an agent's key"),
    Noun(name: "repair", summary: "Put private state right after it was lost"),
    Noun(name: "trust", summary: "Decide whom this agent believes"),
    Noun(
      name: "plumbing", summary: "Call one primitive over lines of input, for scripts and tests"),
  ]

  static func command(named name: String) -> (any Command.Type)? {
    all.first { $0.name == name }
  }

  static func noun(named name: String) -> Noun? {
    nouns.first { $0.name == name }
  }

  /// The commands of two words that begin with this one.
  static func verbs(of noun: String) -> [any Command.Type] {
    all.filter { $0.name.hasPrefix(noun + " ") }
  }

  /// The words that may stand first.
  static var firstWords: [String] {
    nouns.map(\.name) + all.map { $0.name }.filter { !$0.contains(" ") }
  }
}
