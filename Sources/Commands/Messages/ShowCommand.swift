import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop show`: one message, whole.
enum ShowCommand: Command {
  static let name = "show"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show one message, and what its peers have proven of it",
      arguments: [.one("id", "the message, by its event_id or the beginning of it")],
      options: [.frame, .flag("raw", "print the signed line as it stands in the log")],
      examples: ["deaddrop show 4e98b798b10f"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let id = try invocation.messageID("id")
    let form = try invocation.messageForm()
    if form == .framed, invocation.flag("raw") {
      throw .usage("--raw is the line as it stands, without a frame")
    }
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let older = try CommandFailure.lifting { () throws(KitError) in try session.legacyLine(id) }
      if let older {
        return invocation.flag("raw")
          ? raw(older.bytes, invocation) : Report([LegacyView.answer(older, as: form)])
      }
      let line = try CommandFailure.lifting { () throws(KitError) in try session.line(id) }
      if invocation.flag("raw") {
        // Of an unverified peer no word is shown, raw or not.
        guard session.isTrusted(line) else { throw CommandFailure(.heldBack(line.handle)) }
        return raw(line.bytes, invocation)
      }
      let standing = try CommandFailure.lifting { () throws(KitError) in
        try session.standing(of: line.eventID)
      }
      let receipts = try CommandFailure.lifting { () throws(KitError) in
        try session.receipts(of: [line]).first ?? []
      }
      guard case .answer(var lines, var json) = session.answers([line], as: form).first else {
        return Report()
      }
      lines.append("  id \(line.eventID.hex) seq \(line.seq)")
      if let standing {
        lines.append(StandingView.line(standing))
        StandingView.add(standing, to: &json)
      }
      return Report([ReceiptView.adding(receipts, to: .answer(lines, json: json))])
    }
  }

  private static func raw(_ bytes: [UInt8], _ invocation: Invocation) -> Report {
    // Exact bytes go to files and pipes; what is looked at or is JSON is escaped.
    let isExact = invocation.width == nil && !invocation.isJSON
    return Report([.exact(isExact ? bytes : JSONText.escaped(bytes))])
  }
}
