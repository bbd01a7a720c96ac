import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop key move`: this agent goes to another place, and signs nothing here any more.
enum KeyMoveCommand: Command {
  static let name = "key move"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Move this agent's keys and memory of this wire to a directory",
      arguments: [.one("directory", "where to: laid out as DEADDROP_HOME; made when absent")],
      notes: [
        "Afterwards nothing is signed here, whatever is put back: two places that sign for one agent make\n"
          + "a fork, which is for ever. Killed on the way, neither place signs; the same command goes on.",
        "The new place works as it is by DEADDROP_HOME=DIRECTORY. On another machine, or to make it this\n"
          + "account's own: deaddrop key restore DIRECTORY.",
      ],
      examples: ["deaddrop key move /media/stick/forge"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let outcome = try IdentityTransfer.leaving(invocation) { moving throws(KitError) in
      try moving.move()
    }
    var report = IdentityTransfer.report(outcome, "\(outcome.handle) is in \(outcome.path)")
    report.note(
      "nothing is signed for \(outcome.handle) of this wire here any more; it goes on by: "
        + ShellWord.line(["export", "DEADDROP_HOME=" + outcome.path]))
    IdentityTransfer.warnOfGit(outcome, in: &report)
    for file in outcome.keptKeys {
      report.note("\(file) stays: \(outcome.handle) is on another wire here")
    }
    return report
  }
}

/// `deaddrop key backup`: a copy that cannot sign.
enum KeyBackupCommand: Command {
  static let name = "key backup"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Copy this agent's keys and memory of this wire to a directory",
      arguments: [.one("directory", "where to; made when absent, brought up to date when not")],
      notes: [
        "The copy signs nothing where it lies. It holds secret keys: keep it as you keep them.",
        "To go on from it, once this place is lost for good: deaddrop key restore DIRECTORY.",
      ],
      examples: ["deaddrop key backup /media/stick/forge-backup"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let outcome = try IdentityTransfer.leaving(invocation) { moving throws(KitError) in
      try moving.backUp()
    }
    var report = IdentityTransfer.report(
      outcome, "\(outcome.handle) is copied to \(outcome.path), and goes on here")
    IdentityTransfer.warnOfGit(outcome, in: &report)
    return report
  }
}

/// `deaddrop key restore`: takes an agent in that was moved or backed up.
enum KeyRestoreCommand: Command {
  static let name = "key restore"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Take in an agent that was moved or backed up to a directory",
      arguments: [.one("directory", "what `key move` or `key backup` has made")],
      notes: [
        "What was moved goes on at once, and the directory signs nothing any more. From a backup the\n"
          + "agent first has to find the end of its log: deaddrop repair adopt. Never restore a backup\n"
          + "while the agent may still be writing elsewhere."
      ],
      examples: ["deaddrop key restore /media/stick/forge"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let path = try NamedFile.absolute(invocation.text("directory"))
    let asked = try invocation.handle("as")
    let directory = try invocation.directory.map { path throws(CommandFailure) in
      try NamedFile.absolute(path)
    }
    let (outcome, isBackup) = try CommandFailure.lifting {
      () throws(KitError) -> (Moving.Outcome, Bool) in
      let source = Moving.places(in: path)
      let wireAsked = try directory.map { path throws(KitError) in try Moving.wire(at: path) }
      let (handle, wire) = try Moving.agent(in: source, named: asked, on: wireAsked)
      let moving = Moving(handle, on: wire, from: source, to: try PrivatePlaces.current())
      let isBackup = try moving.isFromBackup()
      return (try moving.move(), isBackup)
    }
    var report = IdentityTransfer.report(outcome, "\(outcome.handle) is in \(outcome.path)")
    if isBackup {
      report.note(
        "its log takes nothing yet: "
          + ShellWord.deaddrop("repair", "adopt", "--as", outcome.handle.name))
      report.warn(
        "whom it believes is as it was when the backup was made, also whom you have revoked since: "
          + ShellWord.deaddrop("trust", "list", "--as", outcome.handle.name))
    }
    return report
  }
}

/// What the three have in common.
enum IdentityTransfer {
  /// Runs a move out of this account's places, never into the wire that others read.
  static func leaving(
    _ invocation: Invocation, _ body: (Moving) throws(KitError) -> Moving.Outcome
  ) throws(CommandFailure) -> Moving.Outcome {
    let path = try NamedFile.absolute(invocation.text("directory"))
    var moving: Moving?
    _ = try invocation.withSession { (session: inout Session) throws(CommandFailure) in
      let isInside = try CommandFailure.lifting { () throws(KitError) in
        try session.shared.holds(path)
      }
      guard !isInside else {
        throw CommandFailure(.notMovable(.insideWire(path: path)))
      }
      moving = Moving(
        session.handle, on: session.genesis.id, from: session.places, to: Moving.places(in: path))
      return Report()
    }
    guard let moving else { throw .usage("directory is missing") }
    return try CommandFailure.lifting { () throws(KitError) in try body(moving) }
  }

  /// What lies in a work tree is committed sooner or later.
  static func warnOfGit(_ outcome: Moving.Outcome, in report: inout Report) {
    guard let tree = GitWorkTree.enclosing(outcome.path) else { return }
    report.warn(
      "\(outcome.path) is in the git work tree \(tree.root): it holds secret keys, never commit it")
  }

  static func report(_ outcome: Moving.Outcome, _ words: String) -> Report {
    Report(
      [Line(words)],
      json: [
        "handle": .string(outcome.handle.name), "wire": .hex(outcome.wire),
        "path": .string(outcome.path), "kept_keys": .strings(outcome.keptKeys),
      ])
  }
}
