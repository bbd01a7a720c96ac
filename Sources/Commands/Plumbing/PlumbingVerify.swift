import Host
import Identity
import WireFormat

/// `deaddrop plumbing verify`: a verdict on each message of v3.0 or v3.1.
enum PlumbingVerify: Command {
  static let name = "plumbing verify"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Judge each message of v3.0 or v3.1 by a list of keys",
      options: [
        .value("trust", "FILE", "the keys, as a trust.json of v3.1 has them", isRequired: true),
        .flag("base64", "each line is a message in base64"),
        .choice("scheme", ["3.0", "3.1"], "the version of all; else each message shows its own"),
      ],
      notes: [
        """
        Input: one message a line. Output: one JSON object a line, in the same order:
          {"event_id":"HEX","valid":true}     for v3.0 the id is computed
          {"reason":"WORD","valid":false}     the first check that failed
        """,
        """
        Reasons, in the order of the checks: not_base64, malformed, missing_field,
        event_id_mismatch, from_mismatch, unknown_key, inactive_key, bad_signature
        """,
        "Exits 0 when every line was judged, whatever the verdicts are.",
      ],
      examples: ["deaddrop plumbing verify --trust trust.json < messages.jsonl"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let trust = try trust(invocation.text("trust"))
    let isBase64 = invocation.flag("base64")
    let scheme = invocation.optionalText("scheme").flatMap(LegacyScheme.init(rawValue:))
    try InputLines.read { (line, _) throws(CommandFailure) in
      try invocation.emit(.data(verdict(line, trust, scheme, isBase64: isBase64)))
    }
    return Report()
  }

  private static func trust(_ path: String) throws(CommandFailure) -> LegacyTrust {
    let bytes = try NamedFile.read(path, limit: 16 * 1024 * 1024)
    let object: JSONObject
    do {
      object = try JSONParser.record(bytes)
    } catch {
      let place = "\(error.reason.rawValue) at byte \(error.offset)"
      throw CommandFailure(.refused, "\(path): no JSON object: \(place)")
    }
    guard let trust = LegacyTrust(object) else {
      throw CommandFailure(.refused, "\(path): no trust list of v3.1: \"agents\" is no object")
    }
    return trust
  }

  private static func verdict(
    _ line: InputLine, _ trust: LegacyTrust, _ scheme: LegacyScheme?, isBase64: Bool
  ) -> JSONObject {
    guard !line.isCut else { return refusal(LegacyFault.malformed.rawValue) }
    guard let bytes = isBase64 ? Base64.decode(line.bytes) : line.bytes else {
      return refusal("not_base64")
    }
    switch LegacySignature.check(bytes, trust: trust, scheme: scheme) {
    case .valid(let id): return ["valid": .bool(true), "event_id": .string(id.hex)]
    case .invalid(let fault): return refusal(fault.rawValue)
    }
  }

  private static func refusal(_ reason: String) -> JSONObject {
    ["valid": .bool(false), "reason": .string(reason)]
  }
}
