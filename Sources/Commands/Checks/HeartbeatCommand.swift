import DeadDropKit
import Protocol
import WireFormat

/// `deaddrop heartbeat`: one beat.
enum HeartbeatCommand: Command {
  static let name = "heartbeat"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Write one signed beat: presence, receipts and debts",
      options: [
        .choice("state", Heartbeat.Activity.allCases.map(\.rawValue), "what the agent is doing"),
        .value("last-action", "TEXT", "what it did last"),
        .value("next-eta", "TEXT", "when it will do the next thing"),
        .flag("heads-down", "declare a multi-edit cycle: the fastest tier"),
        .flag("no-heads-down", "end it"),
      ],
      notes: [
        "A beat says what this agent has verified (seen) and was shown (read) of each peer, and what it\n"
          + "last said of itself: an option that is not given leaves that as it was.",
        "It announces the tier that this agent is in by then: T0_HEADS_DOWN while a counter or an\n"
          + "incident waits, or a multi-edit cycle is declared; T1_active; slower when nothing happens.",
      ],
      examples: ["deaddrop heartbeat --state busy --last-action \"parser tests\""])
  }

  /// Beats are written whole at once, so their texts are short.
  private static let textByteLimit = 200

  private static func short(
    _ name: String, _ invocation: Invocation
  ) throws(CommandFailure) -> String? {
    guard let text = invocation.optionalText(name) else { return nil }
    guard text.utf8.count <= textByteLimit else {
      throw .usage("--\(name) has \(text.utf8.count) bytes, the limit is \(textByteLimit)")
    }
    return text
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    var beat = Heartbeat()
    if let text = invocation.optionalText("state"), let state = Heartbeat.Activity(rawValue: text) {
      beat.activity = state
    }
    beat.lastAction = try short("last-action", invocation)
    beat.nextETA = try short("next-eta", invocation)
    switch (invocation.flag("heads-down"), invocation.flag("no-heads-down")) {
    case (true, true): throw .usage("--heads-down and --no-heads-down exclude each other")
    case (true, false): beat.headsDown = true
    case (false, true): beat.headsDown = false
    case (false, false): break
    }
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      let beat = try CommandFailure.lifting { () throws(KitError) in
        try session.announce(beat)
      }
      return Report(
        ["beat \(beat.n) in \(beat.tier.rawValue)"],
        json: ["n": .integer(beat.n), "tier": .string(beat.tier.rawValue)])
    }
  }
}
