import DeadDropKit
import Host
import Identity
import WireFormat

/// `deaddrop plumbing sign`: signs each line of input as v3.0 or v3.1 does.
enum PlumbingSign: Command {
  static let name = "plumbing sign"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Sign each message of the input as v3.0 or v3.1 does",
      options: [
        .value("key", "FILE", "the raw 32 bytes of a seed, mode 0600", isRequired: true),
        .value("handle", "H", "the name for the key id; any text", isRequired: true),
        .choice("scheme", ["3.0", "3.1"], "the version to sign for, 3.1 unless given"),
      ],
      notes: [
        """
        Input: one JSON object a line, in any spelling. Output: its canonical line with
        event_id (v3.1 only), public_key_id and signature set; every other field stays.
        No limit of the v3.2 writer applies.
        """,
        "A line that cannot be read ends it: exit 1, after the lines before it.",
      ],
      examples: ["deaddrop plumbing sign --key forge.seed --handle forge < drafts.jsonl"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let handle = try invocation.text("handle")
    guard !handle.isEmpty else { throw .usage("--handle is empty") }
    let scheme = invocation.optionalText("scheme").flatMap(LegacyScheme.init(rawValue:)) ?? .v31
    let path = try NamedFile.absolute(invocation.text("key"))
    let key = try CommandFailure.lifting { () throws(KitError) in
      try KeyStore.signingKey(at: path)
    }
    try InputLines.read { (line, number) throws(CommandFailure) in
      let object = try object(line, number)
      let signed = LegacySignature.sign(object, handle: handle, key: key, scheme: scheme)
      try invocation.emit(.exact(signed))
    }
    return Report()
  }

  private static func object(
    _ line: InputLine, _ number: Int
  ) throws(CommandFailure) -> JSONObject {
    do {
      return try JSONParser.object(line.bytes)
    } catch {
      let place = "\(error.reason.rawValue) at byte \(error.offset)"
      throw CommandFailure(.refused, "line \(number) cannot be read: \(place)")
    }
  }
}
