import DeadDropKit
import Host
import Wire
import WireFormat

/// `deaddrop send --wait-seen`: who has proven to have verified the message, and who has not.
enum SeenWait {
  /// Stores the message, prints its receipt, and waits.
  static func report(
    _ outgoing: Session.Outgoing, _ limit: Duration, _ invocation: Invocation
  ) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      // Before the message is there: no beat that answers it is missed.
      var wakes = WireWatch(session.shared.path, beats: true)
      let (recipients, receipt) = try CommandFailure.lifting { () throws(KitError) in
        (try session.audience(of: outgoing), try session.send(outgoing))
      }
      for item in receipt.report.items { try invocation.emit(item) }
      var faults = FaultMemory()
      do throws(KitError) {
        let missing = try session.waitUntilSeen(
          receipt, by: recipients, upTo: limit,
          pause: { (pause) throws(KitError) in
            do throws(HostError) { try wakes.wait(upTo: pause) } catch { throw .host(error) }
            return true
          },
          tell: { met in
            // A reader of notes that has gone keeps nobody from waiting.
            for item in faults.items(of: met, []) { try? invocation.emit(item) }
          })
        return report(receipt.eventID, missing, of: recipients)
      } catch {
        // What was printed stands: the message is stored.
        let failure = CommandFailure(error)
        return Report([.warning("not waited for: \(failure.message)")], code: failure.code)
      }
    }
  }

  private static func report(
    _ id: Bytes32, _ missing: [Handle], of recipients: [Handle]
  ) -> Report {
    let names = missing.map(\.name).joined(separator: ", ")
    let isSeen = missing.isEmpty
    return Report(
      [Line(isSeen ? "seen" : "not seen by \(names) in time")],
      json: [
        "event_id": .string(id.hex), "seen": .bool(isSeen),
        "by": .strings(recipients.filter { !missing.contains($0) }.map(\.name)),
        "waits_for": isSeen ? nil : .strings(missing.map(\.name)),
      ], code: isSeen ? .done : .timedOut)
  }
}
