import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop send`: signs and stores one message.
enum SendCommand: Command {
  static let name = "send"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Sign a message and store it in this agent's log",
      arguments: [
        .one("type", typeWords)
      ],
      options: [
        .values("to", "HANDLE", "a recipient; without any the message is for everyone"),
        .value("subject", "TEXT", "the title"),
        .value("re", "ID", "the message that this one answers"),
        .values("refs", "REF", "a path, git:SHA or URL that it is about"),
        .choice("priority", Priority.allCases.map(\.rawValue), "how urgent it is"),
        .flag("ack", "each recipient owes an answer"),
      ] + BodyInput.options + ProposalInput.options,
      notes: [
        "Prints the id and the receipt. `stored` means: signed, chained and on this disk.",
        "A body has at most 64 KiB, a message at most 64 refs.",
        "A proposal with --re ID counters the proposal ID. Who must ack it: the owners of its domains,\n"
          + "else all other members; with effects all other members.",
      ],
      examples: [
        "deaddrop send request --to scribe --subject \"review the parser\" --body \"by noon?\"",
        "deaddrop send proposal --subject port --body 8443 --domains net --until 30d",
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let outgoing = try outgoing(invocation)
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      let receipt = try CommandFailure.lifting { () throws(KitError) in
        try session.send(outgoing)
      }
      return receipt.report
    }
  }

  /// Not by way of a generic join: that would be a tenth of the command's whole work.
  private static var typeWords: String {
    var words = ""
    for type in Session.sendableTypes { words += words.isEmpty ? type.word : ", " + type.word }
    return words
  }

  private static func outgoing(
    _ invocation: Invocation
  ) throws(CommandFailure) -> Session.Outgoing {
    let word = try invocation.text("type")
    guard let type = Session.sendableTypes.first(where: { $0.word == word }) else {
      let nearest = NearestWord.nearest(to: word, in: Session.sendableTypes.map(\.word))
      throw .usage(
        "\"\(word)\" is no type to send: \(typeWords)",
        hint: nearest.map { "deaddrop send \($0)" })
    }
    let body = try ProposalInput.read(invocation, of: type)
    if Session.answeringTypes.contains(type), invocation.optionalText("re") == nil {
      throw .usage("\(word) answers a message: --re ID", hint: "deaddrop send \(word) --re ID")
    }
    let subject = invocation.optionalText("subject") ?? word
    var outgoing = Session.Outgoing(type, subject: Text(subject), body: body)
    outgoing.to = try invocation.handles("to")
    outgoing.refs = invocation.texts("refs").map { Text($0) }
    outgoing.asksForAck = invocation.flag("ack")
    if invocation.flag("re") { outgoing.re = try invocation.messageID("re") }
    if let text = invocation.optionalText("priority"), let priority = Priority(rawValue: text) {
      outgoing.priority = priority
    }
    return outgoing
  }
}

extension Receipt {
  /// What every verb that stores a message prints.
  var report: Report {
    var report = Report(
      ["\(eventID.hex) stored"],
      json: [
        "event_id": .string(eventID.hex), "seq": .integer(seq), "receipt": .string("stored"),
      ])
    for note in notes { report.note(note) }
    return report
  }
}
