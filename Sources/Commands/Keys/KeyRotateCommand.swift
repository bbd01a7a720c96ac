import DeadDropKit
import Identity
import WireFormat

/// `deaddrop key rotate`: a new key for this agent, introduced by its old one.
enum KeyRotateCommand: Command {
  static let name = "key rotate"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Give this agent a new key on this wire, introduced by the old one",
      notes: [
        "The chain goes on: what the old key signed stays good, and peers who had verified it take the\n"
          + "new one. From the next line on the new key alone signs. The sealing key is new as well; the\n"
          + "old one is kept, to open what was sealed to it.",
        "The file of the old key is erased, unless another wire of this agent needs it. On flash, in\n"
          + "snapshots and in backups it may live on. After a kill, the same command goes on.",
      ],
      examples: ["deaddrop key rotate"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let rotation = try session.rotateKey()
        var report = Report(
          [
            "\(session.handle, .strong) signs with \(rotation.new.hex)",
            "  instead of \(rotation.old.hex)", "  file \(rotation.file)",
          ],
          json: [
            "handle": .string(session.handle.name), "pk": .hex(rotation.new),
            "old_pk": .hex(rotation.old), "file": .string(rotation.file),
            "old_erased": .bool(rotation.isOldErased),
          ])
        for note in rotation.notes { report.note(note) }
        // Done again it would be another rotation.
        do { _ = try session.catchUp() } catch {
          report.warn("what follows from it is left to the next command: \(error)")
        }
        return report
      }
    }
  }
}
