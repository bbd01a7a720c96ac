package import WireFormat

/// What a proposal says beside its text, as the command line gives it.
package enum ProposalInput {
  /// What a verb that proposes declares beside the options of a body.
  package static let options: [OptionSpec] = [
    .values("domains", "NAME", "of a proposal: a domain that it touches"),
    .value("until", "TIME", "of a proposal: how long it is to hold, a UTC time or a span"),
    .value("fallback", "TEXT", "of a proposal: what you do if nobody answers"),
    .value("effects", "FILE", "of a proposal: JSON of what it changes in the wire's tables"),
  ]

  /// The body of a message of this type: with any of these options {text, …}, else as it is given.
  ///
  /// A usage failure where they stand beside another type or beside a body in JSON.
  package static func read(
    _ invocation: Invocation, of type: MessageType
  ) throws(CommandFailure) -> JSONValue {
    let given = options.first { invocation.flag($0.name) }
    guard let given else { return try BodyInput.read(invocation) }
    guard type == .proposal else { throw .usage("--\(given.name) is for proposals") }
    guard !invocation.flag("json-body") else {
      throw .usage("--\(given.name) and --json-body: put it into the JSON")
    }
    let domains = invocation.texts("domains").flatMap { $0.split(separator: ",").map(String.init) }
    let object: JSONObject = [
      "text": try BodyInput.read(invocation),
      "domains": domains.isEmpty ? nil : .strings(domains),
      "until": try invocation.deadline("until").map { .string($0.string) },
      "fallback": invocation.optionalText("fallback").map { .string($0) },
      "effects": try effects(invocation),
    ]
    return .object(object)
  }

  /// Their shape is checked with that of the whole proposal, before it is signed.
  private static func effects(_ invocation: Invocation) throws(CommandFailure) -> JSONValue? {
    guard let path = invocation.optionalText("effects") else { return nil }
    let bytes = try NamedFile.read(path, limit: ReaderLimits.bodyByteCount)
    do {
      return .object(try JSONParser.record(bytes))
    } catch {
      throw .usage("\(path) is not a JSON object: \(error.reason.rawValue) at byte \(error.offset)")
    }
  }
}
