import DeadDropKit
import Host
import Identity
import WireFormat

/// `deaddrop card publish`: puts a new card in the place of this agent's newest one.
enum CardPublishCommand: Command {
  static let name = "card publish"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Sign a new card for this agent in place of its newest one",
      options: [
        .value("name", "TEXT", "a name for people"),
        .value("host", "TEXT", "the machine it runs on"),
        .value("url", "URL", "where its A2A card lies, http or https"),
        .value("valid", "TIME", "until when its key is good, a UTC time or a span such as 365d"),
        .flag("no-expiry", "its key is good until it is rotated"),
      ],
      notes: [
        "What is not given stays as it was; an empty TEXT takes it away. Everybody who reads the wire can\n"
          + "read it. An expired card is still shown, and what its key signed stays good."
      ],
      examples: ["deaddrop card publish --name \"Forge of the parser\" --valid 365d"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    var change = CardChange()
    change.name = invocation.optionalText("name").map { Text($0) }
    change.host = invocation.optionalText("host").map { Text($0) }
    change.url = invocation.optionalText("url").map { Text($0) }
    if let until = try invocation.deadline("valid") { change.validUntil = until }
    if invocation.flag("no-expiry") {
      guard change.validUntil == nil else { throw .usage("--valid or --no-expiry, not both") }
      change.validUntil = .some(nil)
    }
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        try session.publishCard(change).report
      }
    }
  }
}
