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
        .flag("seal", "let only its recipients read the body; see below"),
        .flag("ack-required", "say that an answer is wanted; of a proposal it always is"),
        .value("wait-ack", "TIME", "wait so long for the answers, such as 2m"),
        .value("wait-seen", "TIME", "wait so long until all recipients have seen it"),
      ] + BodyInput.options + ProposalInput.options,
      notes: [
        "Prints the id and the receipt. `stored` means: signed, chained and on this disk.",
        "A body has at most 64 KiB, a message at most 64 refs.",
        "A proposal with --re ID counters the proposal ID. Who must ack it: the owners of its domains,\n"
          + "else all other members; with effects all other members.",
        "With --seal subject, refs, recipients and the rough length of the body stay readable by all. Who\n"
          + "gets a recipient's sealing key, now or later, reads what was sealed to it: nothing expires. Other\n"
          + "accounts of this machine may see a --body while the command runs: better --body-file -.\n"
          + "Every recipient's key must be verified. A proposal is sealed to all members, without\n"
          + "--domains, --until and --effects; an ack and a correction are not sealed.",
        "With --wait-ack the message is stored in any case. Then: 0 when all recipients, of a proposal all\n"
          + "owners, have acked; 1 when one declined or countered; 5 when the time ran out.",
        "With --wait-seen it is stored as well. Then: 0 when each recipient's signed beat or answer shows\n"
          + "that its reader has verified the message; 5 when the time ran out, and who has not.",
      ],
      examples: [
        "deaddrop send request --to scribe --subject parser --body \"review it by noon?\"",
        "deaddrop send proposal --subject port --body 8443 --domains net --until 30d",
        "deaddrop send request --to scribe --subject lock --body \"may I?\" --wait-ack 2m",
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let outgoing = try outgoing(invocation)
    if let limit = try invocation.duration("wait-seen") {
      if invocation.flag("wait-ack") {
        throw .usage("an answer proves that it was seen: --wait-ack or --wait-seen, not both")
      }
      return try SeenWait.report(outgoing, limit, invocation)
    }
    if let limit = try invocation.duration("wait-ack") {
      return try AnswerWait.report(outgoing, limit, invocation)
    }
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
    if Session.answeringTypes.contains(type), invocation.flag("wait-ack") {
      throw .usage("\(word) is an answer: nobody acks it")
    }
    let subject = invocation.optionalText("subject") ?? word
    var outgoing = Session.Outgoing(type, subject: Text(subject), body: body)
    outgoing.to = try invocation.handles("to")
    outgoing.refs = invocation.texts("refs").map { Text($0) }
    outgoing.isSealed = invocation.flag("seal")
    outgoing.ackRequired = invocation.flag("ack-required") || invocation.flag("wait-ack")
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

  /// The same after what follows from it was settled, with what is to be said then.
  ///
  /// Whatever fails here takes nothing back: an error would say that nothing was stored.
  func report(
    settlingIn session: inout Session, mustSettle: Bool = false,
    _ words: (inout Session, inout Report) throws(KitError) -> Void = { _, _ in }
  ) -> Report {
    var report = report
    do {
      var news = try session.catchUp(mustSettle: mustSettle)
      // The look before it has told of these.
      news.broken = []
      // What settling simply did, whoever asks sees for itself.
      if news.failure != nil || news.isLeftOver || news.isUnsafe {
        report.add(news, of: session, isReader: false)
      }
      try words(&session, &report)
    } catch {
      report.warn("it is stored; what follows from it is left to the next command: \(error)")
    }
    return report
  }
}
