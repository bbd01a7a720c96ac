import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop claim`: a lease on a part of the project.
enum ClaimCommand: Command {
  static let name = "claim"
  private static let defaultSeconds = 1_800

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Claim paths or a name for a while, so that others keep off",
      arguments: [.manyOrNone("resource", "patterns of paths in the project")],
      options: [
        .flag("name", "the resource is a name, not paths"),
        .value("ttl", "TIME", "how long, at most 1d; 30m unless given"),
        .value("reason", "TEXT", "what for"),
        .value("renew", "ID", "make this claim of the agent longer instead"),
      ],
      notes: [
        "In a pattern * stands for anything within a segment, and a segment ** for any number of\n"
          + "segments; src/ is short for src/**. They are relative to the root\n"
          + "of the git work tree around the wire, else to the directory that holds it.",
        "Refused where another's claim overlaps it. One that expired more than 5 minutes ago is taken\n"
          + "over. Over git or a network file system a claim is advisory until both sides have synced.",
      ],
      examples: ["deaddrop claim 'src/net/**' --ttl 1h --reason \"new parser\""])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let seconds = try seconds(invocation)
    let reason = invocation.optionalText("reason").map { Text($0) }
    guard invocation.flag("renew") else {
      let request = Session.ClaimRequest(
        resource: try resource(invocation), seconds: seconds, reason: reason)
      return try invocation.withCaughtUpSession(isReader: false) {
        (session: inout Session) throws(CommandFailure) in
        report(
          try CommandFailure.lifting { () throws(KitError) in try session.claim(request) })
      }
    }
    let id = try invocation.messageID("renew")
    guard invocation.texts("resource").isEmpty else {
      throw .usage("a renewed claim stays on what it is: no RESOURCE with --renew")
    }
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      report(
        try CommandFailure.lifting { () throws(KitError) in
          try session.renewClaim(id, seconds: seconds, reason: reason)
        })
    }
  }

  private static func seconds(_ invocation: Invocation) throws(CommandFailure) -> Int {
    guard let duration = try invocation.duration("ttl") else { return defaultSeconds }
    let seconds = Int(duration.components.seconds)
    guard Claim.secondsRange.contains(seconds) else { throw .usage("--ttl is from 1s to 1d") }
    return seconds
  }

  private static func resource(_ invocation: Invocation) throws(CommandFailure) -> ClaimResource {
    let words = invocation.texts("resource")
    guard !words.isEmpty else { throw .usage("claim needs RESOURCE: patterns of paths") }
    if invocation.flag("name") {
      guard words.count == 1, let name = ClaimResource(.string(words[0])) else {
        throw .usage("--name takes one name of at most \(ClaimResource.byteLimit) bytes")
      }
      return name
    }
    let patterns = words.map(pattern)
    for (word, pattern) in zip(words, patterns) where PathPattern(Text(pattern)) == nil {
      throw .usage(
        "\"\(word)\" is no pattern: segments between single slashes, neither . nor .., at most "
          + "\(PathPattern.segmentLimit) of them and \(PathPattern.byteLimit) bytes")
    }
    guard let resource = ClaimResource(.strings(patterns)) else {
      throw .usage(
        "a claim has at most \(ClaimResource.patternLimit) patterns and "
          + "\(ClaimResource.byteLimit) bytes in all")
    }
    return resource
  }

  /// As people type paths: `./` in front says nothing, a slash at the end says all below it.
  private static func pattern(_ word: String) -> String {
    var pattern = word
    while pattern.hasPrefix("./") { pattern.removeFirst(2) }
    return pattern.hasSuffix("/") ? pattern + "**" : pattern
  }

  private static func report(_ taken: ClaimReceipt) -> Report {
    var report = taken.receipt.report
    report.items.removeFirst()
    report.items.insert(
      .answer(
        [
          "\(taken.receipt.eventID.hex) stored",
          "held: \(taken.resource.words, .strong) until \(taken.until.string)",
        ],
        json: [
          "event_id": .string(taken.receipt.eventID.hex), "seq": .integer(taken.receipt.seq),
          "receipt": .string("stored"), "resource": taken.resource.value,
          "until": .string(taken.until.string),
        ]), at: 0)
    for note in taken.notes { report.note(note) }
    return report
  }
}
