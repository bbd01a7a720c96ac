import DeadDropKit
import Identity
import Wire
import WireFormat

/// A line older than the wire as every verb shows it: labelled, since nothing of it is proven.
enum LegacyView {
  static func answer(_ line: LegacyLine, as form: MessageForm = .whole) -> ReportItem {
    let body = line.object[Field.body.key]
    let lines =
      form == .framed
      ? MessageFrame(line, standing: words(line), body: self.body(body)).lines()
      : [head(line)] + self.body(body)
    return .answer(lines, json: json(line, body))
  }

  /// A line that stood in `decisions.jsonl`.
  static func decision(_ line: LegacyLine) -> ReportItem {
    let content = line.object["decision"] ?? line.object[Field.body.key]
    var json = json(line, content)
    json["proven"] = .bool(false)
    return .answer([head(line)] + body(content), json: json)
  }

  private static func head(_ line: LegacyLine) -> Line {
    let id = line.eventID.map { String($0.hex.prefix(MessageView.shownDigits)) } ?? "-"
    let from = line.text(.from)?.string ?? line.object["proposer"]?.text?.string ?? "?"
    let type = line.type?.string ?? (line.file == decisionsFile ? "decision" : "?")
    let time =
      line.text(.timestamp)?.string
      ?? line.object["ratified_at"]?.text?.string ?? "?"
    let subject = line.text(.subject) ?? ""
    let label = "LEGACY " + words(line)
    return "\(id, .faint) \(from, .strong) \(type) \(time, .faint) \(label, .caution): \(subject)"
  }

  private static func body(_ value: JSONValue?) -> [Line] {
    guard let value, value != .string(""), value != .null else { return [] }
    return PeerText.body(value)
  }

  private static func words(_ line: LegacyLine) -> String {
    if line.file == decisionsFile { return "unproven" }
    return switch line.standing {
    case .unreadable: "unreadable"
    case .unsigned: "unsigned"
    case .unknownKey: "signed by unknown key"
    case .verified: "signed by listed key"
    case .refused(let fault): "signature refused: \(fault.rawValue)"
    }
  }

  private static let decisionsFile = "decisions.jsonl"

  private static func json(_ line: LegacyLine, _ body: JSONValue?) -> JSONObject {
    [
      "legacy": .bool(true), "standing": .string(words(line)),
      "event_id": line.eventID.map { .string($0.hex) } ?? .null, "file": .string(line.file),
      "line": .integer(line.number), "from": line.text(.from).map { .string($0) } ?? .null,
      "type": line.type.map { .string($0) } ?? .null,
      "timestamp": line.text(.timestamp).map { .string($0) } ?? .null,
      "subject": line.text(.subject).map { .string($0) } ?? .null, "body": body ?? .null,
      "correlation_id": line.text(.correlationID).map { .string($0) } ?? .null,
    ]
  }
}
