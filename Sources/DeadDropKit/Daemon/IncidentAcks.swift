import Protocol
import WireFormat

extension Session {
  /// Acks, for this agent, the incidents of verified members that wait for it; as `body.by` says.
  ///
  /// It tells the others that the incident has arrived, and stops no clock but that one.
  mutating func ackIncidents(_ notes: inout [String]) throws(KitError) {
    let open = try waitingIncidents().filter {
      $0.status == .open && $0.missing.contains(handle) && isShown($0.incident)
    }
    guard !open.isEmpty else { return }
    for standing in open {
      let incident = standing.incident
      _ = try append(
        Draft(
          .ack, subject: "ack", body: .object(["by": .string("daemon")]),
          to: Recipients([incident.writer]) ?? .everyone, re: incident.eventID,
          correlationID: incident.correlationID))
      notes.append("acked incident \(incident.eventID.hex.prefix(12)) of \(incident.writer)")
    }
    var report = CatchUp()
    try read(into: &report)
  }
}
