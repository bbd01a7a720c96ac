import Host
package import WireFormat

/// The body of a message as the command line gives it: exactly one of three options.
package enum BodyInput {
  /// What a verb that takes a body declares.
  package static let options: [OptionSpec] = [
    .value("body", "TEXT", "the body as text"),
    .value("body-file", "FILE", "the text of a file as body; - is standard input"),
    .value("json-body", "JSON", "the body as any JSON value"),
  ]

  /// The body; a usage failure when there is none, more than one, or it breaks a rule.
  package static func read(_ invocation: Invocation) throws(CommandFailure) -> JSONValue {
    guard let body = try readIfGiven(invocation) else {
      throw .usage("a body is needed: one of \(names)")
    }
    return body
  }

  /// The body, or nil when none of the options is given.
  package static func readIfGiven(
    _ invocation: Invocation
  ) throws(CommandFailure) -> JSONValue? {
    let given = options.filter { invocation.flag($0.name) }
    guard given.count < 2 else { throw .usage("only one body can be sent: one of \(names)") }
    guard let option = given.first else { return nil }
    let text = try invocation.text(option.name)
    let body: JSONValue =
      switch option.name {
      case "body": .string(text)
      case "json-body": try json(text)
      default: .string(try file(text))
      }
    // The writer checks all its limits again; this one is told before anything is opened.
    let byteCount = CanonicalWriter.bytes(of: body).count
    guard byteCount <= ReaderLimits.bodyByteCount else {
      throw .usage(WriterLimits.Breach.bodyTooLarge(byteCount: byteCount).description)
    }
    return body
  }

  private static let names = options.map { "--" + $0.name }.joined(separator: ", ")

  private static func json(_ text: String) throws(CommandFailure) -> JSONValue {
    do {
      return try JSONParser.value(Array(text.utf8))
    } catch {
      throw .usage("--json-body is not JSON: \(error.reason.rawValue) at byte \(error.offset)")
    }
  }

  private static func file(_ path: String) throws(CommandFailure) -> Text {
    let limit = ReaderLimits.bodyByteCount
    let bytes: [UInt8]
    if path == "-" {
      bytes = try standardInput(limit: limit)
    } else {
      do {
        bytes = try NamedFile.read(path, limit: limit)
      } catch {
        // The file is whole and allowed, only too large.
        throw error.code == .refused ? tooLarge(path) : error
      }
    }
    let text = Text(utf8: bytes)
    guard Array(text.string.utf8) == bytes else { throw .usage("\(path) is not UTF-8 text") }
    return text
  }

  private static func standardInput(limit: Int) throws(CommandFailure) -> [UInt8] {
    do {
      return try StandardStreams.readAllInput(limit: limit)
    } catch {
      if case .tooLarge = error { throw tooLarge("standard input") }
      throw CommandFailure(error)
    }
  }

  private static func tooLarge(_ name: String) -> CommandFailure {
    .usage("\(name) is too large for a body, the limit is \(ReaderLimits.bodyByteCount) (64 KiB)")
  }
}
