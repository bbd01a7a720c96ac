import Host
import Identity
import WireFormat

/// `deaddrop plumbing canonical`: the canonical form of each line of input.
enum PlumbingCanonical: Command {
  static let name = "plumbing canonical"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Print the canonical form of each JSON object of the input",
      options: [.flag("base64", "each line is a document in base64, so it may hold LF")],
      notes: [
        """
        Input: one document a line. Output: one JSON object a line, in the same order:
          {"canonical":"BASE64","ok":true,"sha256":"HEX"}  the bytes and their SHA-256
          {"offset":N,"ok":false,"reason":"WORD"}          the first fault and its byte
        """,
        "Reasons: not_base64, "
          + Malformation.Reason.allCases[..<4].map(\.rawValue).joined(separator: ", ") + ",\n"
          + Malformation.Reason.allCases[4..<9].map(\.rawValue).joined(separator: ", ") + ",\n"
          + Malformation.Reason.allCases[9...].map(\.rawValue).joined(separator: ", "),
        "Exits 0 when every line was answered, whatever the answers are.",
      ],
      examples: [#"printf '{"b":1,"a":2.50}\n' | deaddrop plumbing canonical"#])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let isBase64 = invocation.flag("base64")
    try InputLines.read { (line, _) throws(CommandFailure) in
      try invocation.emit(.data(answer(line, isBase64: isBase64)))
    }
    return Report()
  }

  private static func answer(_ line: InputLine, isBase64: Bool) -> JSONObject {
    guard !line.isCut else { return refusal("too_long", ReaderLimits.lineByteCount) }
    guard let bytes = isBase64 ? Base64.decode(line.bytes) : line.bytes else {
      return refusal("not_base64", 0)
    }
    do {
      let canonical = CanonicalWriter.bytes(of: try JSONParser.object(bytes))
      return [
        "ok": .bool(true), "canonical": .string(Base64.encode(canonical)),
        "sha256": .string(SHA256Hasher.hash(canonical).hex),
      ]
    } catch {
      return refusal(error.reason.rawValue, error.offset)
    }
  }

  private static func refusal(_ reason: String, _ offset: Int) -> JSONObject {
    ["ok": .bool(false), "reason": .string(reason), "offset": .integer(offset)]
  }
}
