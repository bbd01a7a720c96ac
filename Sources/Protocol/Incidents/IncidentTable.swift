import Identity
package import WireFormat

/// The incidents of a wire, who recorded that they were not acked, and what lifts them.
///
/// Each fact is kept under the id that it cites, held or not. Records of one writer on one incident
/// collapse into its first; of one writer's wakeups on one line the first counts.
package struct IncidentTable: Sendable {
  package private(set) var incidents: [Bytes32: Incident] = [:]
  /// By incident, then by who recorded it.
  package private(set) var records: [Bytes32: [Handle: UnackedRecord]] = [:]
  /// The incident that each record cites, also those that say nothing new.
  package private(set) var recorded: [Bytes32: Bytes32] = [:]
  /// By the line that they cite, then by author.
  package private(set) var wakeups: [Bytes32: [Handle: Wakeup]] = [:]
  package private(set) var pauses: [Bytes32: Pause] = [:]
  /// The place of an ack by who had answered the same message otherwise before.
  package private(set) var laterAcks: [Bytes32: [Handle: Int]] = [:]
  private let operatorKey: Bytes32?

  init(operatorKey: Bytes32?) { self.operatorKey = operatorKey }

  mutating func foldIncident(_ message: Message) -> Outcome {
    guard let incident = Incident(message) else { return .refused(.outsideChain) }
    if incident.code == Incident.Code.unacked, let re = incident.re {
      let record = UnackedRecord(
        eventID: incident.eventID, writer: incident.writer, seq: incident.seq)
      recorded[record.eventID] = re
      if let held = records[re]?[record.writer], held.seq <= record.seq { return .repeated }
      records[re, default: [:]][record.writer] = record
      return .folded
    }
    incidents[incident.eventID] = incident
    return .folded
  }

  mutating func foldWakeup(_ message: Message) -> Outcome {
    guard let re = message.re else { return .refused(.wakeupWithoutRe) }
    guard let seq = message.seq else { return .refused(.outsideChain) }
    let said = message.body?.members?["operator"]?.members
    let signature = operatorKey == nil ? nil : said?["sig"]?.text
    if let operatorKey {
      guard signature != nil, said?["pk"]?.text.flatMap(Bytes32.init(hex:)) == operatorKey else {
        return .refused(.wakeupNotByOperator)
      }
    }
    let wakeup = Wakeup(
      eventID: message.eventID, writer: message.from, seq: seq, signature: signature)
    if let held = wakeups[re]?[wakeup.writer], held.seq <= seq { return .repeated }
    wakeups[re, default: [:]][wakeup.writer] = wakeup
    return .folded
  }

  mutating func foldShutdown(_ message: Message) -> Outcome {
    guard let seq = message.seq else { return .refused(.outsideChain) }
    pauses[message.eventID] = Pause(
      eventID: message.eventID, writer: message.from, seq: seq, to: message.to,
      timestamp: message.timestamp, correlationID: message.correlationID)
    return .folded
  }

  /// Notes an ack of somebody whose answer to that message was another one.
  mutating func foldLaterAck(_ message: Message) {
    guard let re = message.re, let seq = message.seq else { return }
    if let held = laterAcks[re]?[message.from], held <= seq { return }
    laterAcks[re, default: [:]][message.from] = seq
  }

  /// The thread of an incident, of what a record cites, or of a pause.
  package func correlationID(of line: Bytes32) -> Text? {
    incidents[recorded[line] ?? line]?.correlationID ?? pauses[line]?.correlationID
  }

  /// The wakeups that cite one of these lines or a record of it, by that line.
  func wakeups(of lines: Set<Bytes32>) -> [Bytes32: [(cited: Bytes32, wakeup: Wakeup)]] {
    var found: [Bytes32: [(cited: Bytes32, wakeup: Wakeup)]] = [:]
    guard !lines.isEmpty else { return found }
    for (cited, byWriter) in wakeups {
      let line = recorded[cited] ?? cited
      guard lines.contains(line) else { continue }
      found[line, default: []] += byWriter.values.map { (cited, $0) }
    }
    return found
  }

  /// Whether a wakeup is what it must be to lift the line that it cites.
  func isValid(_ wakeup: Wakeup, citing line: Bytes32) -> Bool {
    guard let operatorKey else { return true }
    guard let signature = wakeup.signature else { return false }
    return OperatorSignature.holds(pk: operatorKey, signature: signature, over: line)
  }
}
