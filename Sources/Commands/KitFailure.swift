package import DeadDropKit
import Identity
import Protocol
import Wire
import WireFormat

extension CommandFailure {
  /// Runs a verb of the kit, so that its error becomes words, a hint and an exit code.
  static func lifting<Value: ~Copyable>(
    _ body: () throws(KitError) -> Value
  ) throws(CommandFailure) -> Value {
    do { return try body() } catch { throw CommandFailure(error) }
  }

  /// The one table of what a person can do about each refusal.
  package init(_ error: KitError) {
    let words = error.description
    switch error {
    case .wire(let error): self.init(error)
    case .host(let error): self.init(error)
    case .identity(let error): self.init(error)
    case .draft: self.init(.usage, words, hint: ShellWord.deaddrop("help", "send"))
    case .noHome:
      self.init(.system, words, hint: "export DEADDROP_HOME=/path/to/a/private/directory")
    case .notAbsolute: self.init(.usage, words)
    case .nothingToAdopt(let path), .tooMuchToAdopt(let path, _):
      self.init(.refused, words, hint: ShellWord.line(["ls", "-l", path]))
    case .noWire: self.init(.usage, words, hint: "deaddrop init --handle forge --peer scribe")
    case .noIdentity:
      self.init(
        .refused, words,
        hint: "deaddrop join INVITE; or, after private state was lost: "
          + "deaddrop repair adopt --as HANDLE")
    case .severalIdentities(let handles):
      self.init(
        .usage, words,
        hint: "export DEADDROP_HANDLE=HANDLE, which is one of: "
          + handles.map(\.name).joined(separator: ", "))
    case .noSuchHandle: self.init(.usage, words, hint: ShellWord.deaddrop("help"))
    case .foreignHandle(let handle, _):
      self.init(
        .refused, words,
        hint: "ask a member for: deaddrop invite \(handle); or, if \(handle) has written here: "
          + "deaddrop repair adopt --as \(handle)")
    case .noKey(let handle, _):
      self.init(.system, words, hint: "deaddrop key import FILE --handle \(handle)")
    case .noKeyFile: self.init(.system, words)
    case .keyGone(let handle, _):
      self.init(.system, words, hint: ShellWord.deaddrop("doctor", "--as", handle.name))
    case .cardText: self.init(.usage, words, hint: "deaddrop help card publish")
    case .notRecoverable: self.init(.refused, words, hint: ShellWord.deaddrop("doctor"))
    case .nobodyRecovers(let handle, let peers):
      let others = peers.flatMap { ["--peer", $0.name] }
      self.init(
        .refused, words,
        hint: "go on with a new wire, in another directory: "
          + ShellWord.line(
            ["deaddrop", "init", "--handle", handle.name] + others + ["--dir", "DIR"]))
    case .notMovable(let fault): self = Self.moving(fault, words)
    case .notRatifiable(let id, _):
      self.init(.refused, words, hint: ShellWord.deaddrop("show", String(id.hex.prefix(12))))
    case .keyExists: self.init(.refused, words, hint: ShellWord.deaddrop("key", "show"))
    case .logExists(let path):
      self.init(
        .refused, words,
        hint: "to take it over: deaddrop init --adopt --handle HANDLE --peer PEER; or: "
          + ShellWord.line(["mv", path, path + ".old"]))
    case .wireExists: self.init(.refused, words, hint: ShellWord.deaddrop("status"))
    case .tables: self.init(.usage, words, hint: ShellWord.deaddrop("help", "init"))
    case .noSuchMessage, .severalMessages:
      self.init(.refused, words, hint: ShellWord.deaddrop("log"))
    case .heldBack(let handle):
      self.init(.refused, words, hint: ShellWord.deaddrop("trust", "sas", handle.name))
    case .settledAlready(let id, _), .answeredAlready(let id, _), .notAnOwner(let id, _),
      .proposedAlready(let id, _):
      self.init(
        .refused, words, hint: ShellWord.deaddrop("show", String(id.hex.prefix(12))))
    case .ownMessage, .foreignMessage, .notAProposal:
      self.init(.refused, words, hint: ShellWord.deaddrop("status"))
    case .notFounder(_, let founder):
      self.init(.refused, words, hint: "ask \(founder) for: deaddrop invite HANDLE")
    case .notAParty, .handleTaken, .keyTaken, .removed, .ended:
      self.init(.refused, words, hint: ShellWord.deaddrop("members"))
    case .operatorsKey: self.init(.refused, words, hint: ShellWord.deaddrop("help", "init"))
    case .ownRemoval: self.init(.refused, words, hint: ShellWord.deaddrop("leave"))
    case .nobodyLeft, .nobodyAnswers:
      self.init(.refused, words, hint: ShellWord.deaddrop("members"))
    case .otherKeyDecided(let handle, _):
      self.init(
        .refused, words,
        hint: ShellWord.line(["deaddrop", "key", "import", "FILE", "--handle", handle.name]))
    case .proposalFlaw: self.init(.usage, words, hint: ShellWord.deaddrop("help", "send"))
    case .notSealable, .sealedFromOwners:
      self.init(.usage, words, hint: ShellWord.deaddrop("help", "send"))
    case .cannotSeal(let peer, .noCard), .cannotSeal(let peer, .smallKey):
      self.init(.refused, words, hint: ShellWord.deaddrop("card", peer.name))
    case .cannotSeal(let peer, .unverified):
      self.init(.refused, words, hint: ShellWord.deaddrop("trust", "show", peer.name))
    case .cannotSeal(_, .noMember):
      self.init(.refused, words, hint: ShellWord.deaddrop("members"))
    case .noSealingKey(_, let path):
      self.init(.system, words, hint: "put the file back from a backup: " + path)
    case .notRecipients, .ownHandle: self.init(.usage, words, hint: ShellWord.deaddrop("members"))
    case .invite, .inviteExpired, .inviteUsed, .inviteMismatch, .inviteForOther:
      self = Self.invite(error, words)
    case .alreadyJoined(let handle):
      self.init(.refused, words, hint: ShellWord.deaddrop("status", "--as", handle.name))
    case .noCard(let handle):
      self.init(.refused, words, hint: ShellWord.deaddrop("invite", handle.name))
    case .otherKey(let peer, _):
      self.init(
        .refused, words,
        hint: "do not believe it before the digits are compared over another channel: "
          + ShellWord.deaddrop("trust", "fingerprint", peer.name))
    case .otherDigits(let peer, _):
      self.init(
        .refused, words,
        hint: "do not believe it; compare again over another channel: "
          + ShellWord.deaddrop("trust", "fingerprint", peer.name)
          + "; if they differ again, and you believed it: "
          + ShellWord.deaddrop("trust", "revoke", peer.name))
    case .sharedKey(let peer, _):
      self.init(
        .refused, words, hint: "ask \(peer) for: " + ShellWord.deaddrop("key", "rotate"))
    case .revokedBefore(let peer, _):
      self.init(
        .refused, words,
        hint: "what is believed: " + ShellWord.deaddrop("trust", "show", peer.name)
          + "; to believe all of it again: " + ShellWord.deaddrop("trust", "pin", peer.name))
    case .trustStore(let path):
      self.init(
        .unsafe, words,
        hint: ShellWord.line(["cat", path]) + "; to trust nobody and pin anew: "
          + ShellWord.line(["mv", path, path + ".damaged"]))
    case .ceremonyBook(let path):
      self.init(
        .unsafe, words,
        hint: ShellWord.line(["cat", path]) + "; to begin anew: "
          + ShellWord.line(["mv", path, path + ".damaged"]))
    case .wrongCode(let peer, 0), .comparingLocked(let peer, _):
      self.init(.refused, words, hint: ShellWord.deaddrop("trust", "fingerprint", peer.name))
    case .wrongCode(let peer, _), .codeNotReady(let peer):
      self.init(.refused, words, hint: ShellWord.deaddrop("trust", "sas", "show", peer.name))
    case .comparingAborted(let peer, _), .nothingToCompare(let peer):
      self.init(.refused, words, hint: ShellWord.deaddrop("trust", "sas", "start", peer.name))
    case .behindCut(let peer), .notAttested(let peer, _, _), .noSuchPlace(let peer, _, _):
      self.init(.refused, words, hint: ShellWord.deaddrop("trust", "show", peer.name))
    case .nothingToRevoke: self.init(.refused, words, hint: ShellWord.deaddrop("trust", "list"))
    case .notAdoptable: self.init(.unsafe, words, hint: ShellWord.deaddrop("doctor"))
    case .standstill(let cause, let operatorKey):
      let id = String(cause.cause.hex.prefix(12))
      let option = operatorKey == nil ? "--as-operator" : "--operator-key FILE"
      self.init(
        .safeMode, words, hint: "deaddrop incidents; the operator: deaddrop resume \(id) \(option)")
    case .nothingToLift: self.init(.refused, words, hint: ShellWord.deaddrop("incidents"))
    case .notTheOperator:
      self.init(.refused, words, hint: "the file of that key: --operator-key FILE")
    case .operatorUnsaid: self.init(.usage, words, hint: "if the operator wants it: --as-operator")
    case .noOperatorKey: self.init(.usage, words, hint: "deaddrop resume ID --as-operator")
    case .yearIsOpen: self.init(.refused, words, hint: ShellWord.deaddrop("archive", "--now"))
    case .notEvidence(let path): self.init(.refused, words, hint: ShellWord.line(["cat", path]))
    case .claimed(let claim):
      self.init(
        .refused, words,
        hint: GuardView.remedy(holder: claim.holder, claim.eventID))
    case .ownClaim(let claim):
      self.init(
        .refused, words,
        hint: ShellWord.deaddrop("claim", "--renew", String(claim.eventID.hex.prefix(12))))
    case .claimUnseen: self.init(.system, words, hint: ShellWord.deaddrop("claims"))
    case .contested, .noSuchClaim: self.init(.refused, words, hint: ShellWord.deaddrop("claims"))
    case .notInProject: self.init(.usage, words)
    case .git: self.init(.system, words)
    case .daemonSettings(let path, _):
      self.init(
        .system, words,
        hint: ShellWord.line(["cat", path]) + "; to begin anew: "
          + ShellWord.line(["mv", path, path + ".damaged"]))
    case .serviceNotOurs(let path, _):
      self.init(.refused, words, hint: ShellWord.line(["ls", "-l", path]))
    case .unwritable: self.init(.refused, words, hint: ShellWord.deaddrop("daemon", "run"))
    case .noServiceManager: self.init(.system, words, hint: ShellWord.deaddrop("daemon", "run"))
    case .hookNotOurs:
      self.init(.refused, words, hint: "add this line to it by hand: " + GitHook.line)
    }
  }

  private static func moving(_ fault: MoveFault, _ words: String) -> CommandFailure {
    // The directory that a command names is not where this account's own agents are.
    let own = try? PrivatePlaces.current().states
    let hint =
      switch fault {
      case .noAgent(let path, _), .notHeld(_, _, let path): ShellWord.line(["ls", "-l", path])
      case .severalAgents(let path, _, let first):
        "say which, and of which wire: "
          + ShellWord.deaddrop("key", "restore", path, "--as", first.name, "--dir", "WIRE")
      case .inForce(let handle, let path) where path == own:
        ShellWord.deaddrop("status", "--as", handle.name)
      case .inForce(_, let path): ShellWord.line(["export", "DEADDROP_HOME=" + path])
      case .samePlace(let handle): ShellWord.deaddrop("status", "--as", handle.name)
      case .noBackup(let handle, _):
        "to another directory: "
          + ShellWord.deaddrop("key", "backup", "DIRECTORY", "--as", handle.name)
      case .otherKey(let handle, _, let from) where from == own:
        "to another directory: "
          + ShellWord.deaddrop("key", "move", "DIRECTORY", "--as", handle.name)
      case .otherKey(_, _, let from):
        "use it where it is: " + ShellWord.line(["export", "DEADDROP_HOME=" + from])
      case .otherMedium(_, let mark):
        "put the same medium there; where that is lost and never signed: "
          + ShellWord.line(["rm", mark])
      case .insideWire:
        "name a directory outside of it: " + ShellWord.deaddrop("key", "move", "DIRECTORY")
      }
    return CommandFailure(.refused, words, hint: hint)
  }

  private static func invite(_ error: KitError, _ words: String) -> CommandFailure {
    switch error {
    case .inviteExpired(let to, let from, _):
      CommandFailure(.refused, words, hint: "ask \(from) for: deaddrop invite \(to)")
    case .inviteUsed(let handle, _):
      CommandFailure(
        .refused, words,
        hint: "ask the inviter for: deaddrop trust list; \(handle) has joined already")
    case .inviteForOther(let to, _):
      CommandFailure(.refused, words, hint: "deaddrop join INVITE --handle \(to)")
    default:
      CommandFailure(.refused, words, hint: "ask the inviter for a new one: deaddrop invite HANDLE")
    }
  }

  private init(_ error: WireError) {
    let words = error.description
    switch error {
    case .host(let error): self.init(error)
    case .noDirectory(let path):
      self.init(
        .usage, words,
        hint: ShellWord.deaddrop("init", "--handle", "forge", "--peer", "scribe", "--dir", path))
    case .notAWire(let path):
      self.init(
        .usage, words,
        hint: "put wire.json back from another copy; or, where there never was a wire: "
          + ShellWord.deaddrop("init", "--handle", "forge", "--peer", "scribe", "--dir", path))
    case .linkedDirectory(let path):
      self.init(
        .unsafe, words, hint: "export DEADDROP_DIR=\"$(readlink -f \(ShellWord.quoted(path)))\"")
    case .genesis:
      self.init(
        .unsafe, words,
        hint: "put wire.json back from another copy, then: deaddrop verify --outsider")
    case .unsafeDirectory(let path, .worldWritable):
      self.init(.unsafe, words, hint: ShellWord.line(["chmod", "o-w", path]))
    case .unsafeDirectory(let path, .foreignOwner):
      self.init(
        .unsafe, words,
        hint: "its owner, to share it: chgrp GROUP "
          + "\(ShellWord.quoted(path)) && chmod 3770 \(ShellWord.quoted(path))")
    case .wrongWire: self.init(.unsafe, words, hint: "ask the inviter for a new invite")
    case .notAMember: self.init(.refused, words, hint: ShellWord.deaddrop("status"))
    case .notJoined:
      self.init(.refused, words, hint: "run the same init again, or: deaddrop join INVITE")
    case .unsealable: self.init(.refused, words, hint: ShellWord.deaddrop("members"))
    case .lineTooLarge: self.init(.usage, words, hint: ShellWord.deaddrop("help", "send"))
    case .otherKey(let handle, _):
      self.init(
        .unsafe, words + "; it is not here: nothing is signed",
        hint: "put the key file back, or, where it is lost: "
          + ShellWord.deaddrop("key", "recover", "--cut", "SEQ", "--as", handle.name))
    case .notInForce(.moved, let path):
      self.init(.refused, words, hint: ShellWord.line(["export", "DEADDROP_HOME=" + path]))
    case .notInForce(.backup, let path):
      self.init(
        .refused, words,
        hint: "if that place is lost for good: deaddrop key restore DIRECTORY; else: "
          + ShellWord.line(["export", "DEADDROP_HOME=" + path]))
    case .notInForce(.unfinished, _), .notInForce(.moving, _):
      self.init(
        .refused, words, hint: "make the same deaddrop key move or deaddrop key restore again")
    case .ownLogBehind, .ownLogDiffers:
      let other =
        if case .ownLogDiffers = error { "; after a fork: deaddrop key recover" } else { "" }
      self.init(
        .unsafe, words + "; a restored backup or a copied key: nothing is signed",
        hint: "put the log back from another copy, then: deaddrop doctor" + other)
    case .ownLogAhead:
      self.init(
        .unsafe, words + "; lost private state or a copied key: nothing is signed",
        hint: "put the private state back, or, if nobody writes as this agent elsewhere: "
          + "deaddrop repair adopt")
    case .unsynced: self.init(.system, words, hint: ShellWord.deaddrop("doctor"))
    case .privateState: self.init(.system, words, hint: ShellWord.deaddrop("repair", "adopt"))
    }
  }
}
