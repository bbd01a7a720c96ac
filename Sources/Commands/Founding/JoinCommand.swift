import DeadDropKit
import Host
import Identity
import Wire
import WireFormat

/// `deaddrop join`: brings this agent onto a wire.
enum JoinCommand: Command {
  static let name = "join"
  private static let byteLimit = 1 << 16

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Join a wire by an invite",
      arguments: [.one("invite", "the text that begins with dd1., or - to read it from stdin")],
      options: [.value("handle", "HANDLE", "the handle that the invite must be for")],
      notes: ["With - the secret in the invite does not stand in the list of processes."],
      examples: ["echo dd1.… | deaddrop join -"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    var text = try invocation.text("invite")
    if text == "-" {
      let bytes: [UInt8]
      do {
        bytes = try StandardStreams.readAllInput(limit: byteLimit)
      } catch { throw CommandFailure(error) }
      let words = String(decoding: bytes, as: UTF8.self).split { " \n\r\t".contains($0) }
      // The whole line that init printed may be piped in.
      text = String(words.last ?? "")
    }
    let asked = try invocation.handle(invocation.flag("handle") ? "handle" : "as")
    let invite: Invite
    do { invite = try Invite(text: text) } catch { throw CommandFailure(.invite(error)) }
    var directory = invocation.directory
    if let given = directory { directory = try NamedFile.absolute(given) }
    let outcome = try CommandFailure.lifting { () throws(KitError) in
      try Joining.join(invite, directory: directory, handle: asked)
    }
    return report(outcome)
  }

  private static func report(_ outcome: Joining.Outcome) -> Report {
    var report = Report(
      [
        "\(outcome.handle) is on wire \(outcome.wire.hex) in \(outcome.path)",
        "\(outcome.inviter) is VERIFIED by its invite",
      ],
      json: [
        "wire": .string(outcome.wire.hex), "path": .string(outcome.path),
        "handle": .string(outcome.handle.name), "inviter": .string(outcome.inviter.name),
        "event_id": .string(outcome.receipt.eventID.hex), "seq": .integer(outcome.receipt.seq),
        "receipt": .string("stored"),
      ])
    for note in outcome.receipt.notes { report.note(note) }
    return report
  }
}
