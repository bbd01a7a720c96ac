import DeadDropKit
import Identity
import Wire
import WireFormat

/// How a message is put before its reader.
enum MessageForm: Sendable {
  /// For eyes: one head line, then the body behind a bar.
  case whole
  /// The head line alone.
  case brief
  /// For a model: our facts, and the peer's text inside a fence.
  case framed
}

/// A message as every verb shows it, in each form.
enum MessageView {
  static let shownDigits = 12

  /// Nothing for a line whose content is refused.
  static func answer(
    _ line: ShownLine, tier: String, verdict: String, as form: MessageForm = .whole
  ) -> ReportItem? {
    guard let message = line.message else { return nil }
    let json = json(line, message, tier: tier)
    guard form == .framed else {
      return .answer(lines(line, message, isBrief: form == .brief), json: json)
    }
    let frame = MessageFrame(
      message, isAfterGap: line.isAfterGap, body: body(line, message), tier: tier, verdict: verdict)
    return .answer(frame.lines(), json: json)
  }

  private static func lines(_ line: ShownLine, _ message: Message, isBrief: Bool) -> [Line] {
    let id = String(message.eventID.hex.prefix(shownDigits))
    let time = message.timestamp.string.prefix(19)
    var head: Line =
      "\(id, .faint) \(message.from, .strong) \(message.type.word) \(String(time) + "Z", .faint)"
    if message.priority == .high { head = head + Line(" high", .caution) }
    if line.isAfterGap { head = head + Line(" gap", .bad) }
    if message.isSealed { head = head + Line(" sealed") }
    if message.ackRequired { head = head + Line(" ack wanted", .caution) }
    if let re = message.re { head = head + Line(" re \(re.hex.prefix(shownDigits))", .faint) }
    head = head + ": \(message.subject)"
    guard !isBrief else { return [head] }
    return [head] + body(line, message) + message.refs.map { "  ref \($0)" }
  }

  private static func body(_ line: ShownLine, _ message: Message) -> [Line] {
    switch message.type.known {
    // What machines read is on request: `show ID --json`, `card`.
    case .agentCard, .introduce, .keyAdd, .decision, .sasStart, .sasNonce, .sasOpen: return []
    default: break
    }
    guard let body = message.body else {
      return ["  (sealed: \(line.sealFault ?? .unavailable))"]
    }
    if body == .string("") || body == .null { return [] }
    return PeerText.body(body)
  }

  static func json(_ line: ShownLine, _ message: Message, tier: String) -> JSONObject {
    var object: JSONObject = [
      "event_id": .string(message.eventID.hex), "seq": .integer(line.seq),
      "from": .string(message.from.name), "type": .string(message.type.word),
      "kind": .integer(message.kind), "timestamp": .string(message.timestamp.string),
      "subject": .string(message.subject), "body": message.body ?? .null,
      "refs": .array(message.refs.map { .string($0) }),
      "priority": .string(message.priority.rawValue),
      "correlation_id": .string(message.correlationID), "to": message.to.value,
      "ack_required": .bool(message.ackRequired), "tier": .string(tier),
      "re": message.re.map { .string($0.hex) },
    ]
    if line.isAfterGap { object["gap"] = .bool(true) }
    if message.isSealed { object["sealed"] = .bool(true) }
    if let fault = line.sealFault { object["sealed_reason"] = .string(fault.rawValue) }
    return object
  }
}

extension Session {
  func answers(_ lines: [ShownLine], as form: MessageForm = .whole) -> [ReportItem] {
    lines.compactMap {
      guard isTrusted($0) else { return IntroductionView.answer($0) }
      return MessageView.answer(
        form == .brief ? $0 : opened($0), tier: tierLabel(of: $0),
        verdict: verdictLabel(of: $0.handle), as: form)
    }
  }
}

extension OptionSpec {
  /// The option of the verbs that show messages.
  static let frame = OptionSpec.flag("frame", "for a model: fence off what peers wrote, as data")
}

extension Invocation {
  /// The form that messages are wanted in.
  func messageForm() throws(CommandFailure) -> MessageForm {
    guard flag("frame") else { return .whole }
    guard !isJSON else { throw .usage("--frame is text for a model, --json is for programs") }
    return .framed
  }
}
