import DeadDropKit
import Host
import Protocol
import Wire
import WireFormat

/// `deaddrop send --wait-ack`: what the recipients said, or that they did not.
enum AnswerWait {
  /// Stores the message, prints its receipt, and waits.
  static func report(
    _ outgoing: Session.Outgoing, _ limit: Duration, _ invocation: Invocation
  ) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      let recipients = try CommandFailure.lifting { () throws(KitError) in
        try session.recipients(of: outgoing)
      }
      let receipt = try CommandFailure.lifting { () throws(KitError) in
        try session.send(outgoing)
      }
      for item in receipt.report.items { try invocation.emit(item) }
      let answered: Answered
      do throws(CommandFailure) {
        answered = try wait(for: receipt.eventID, recipients, limit, &session, invocation)
      } catch {
        // What was printed stands: the message is stored.
        return Report(
          [.warning("not waited for: \(error.message)")], code: error.code)
      }
      return report(answered, receipt.eventID)
    }
  }

  private static func wait(
    for id: Bytes32, _ recipients: [Handle], _ limit: Duration, _ session: inout Session,
    _ invocation: Invocation
  ) throws(CommandFailure) -> Answered {
    var watch = FileWatch(session.shared.directory)
    return try CommandFailure.lifting { () throws(KitError) in
      try session.wait(
        for: id, by: recipients, upTo: limit,
        pause: { (pause) throws(KitError) in
          do throws(HostError) { _ = try watch.wait(upTo: pause) } catch { throw .host(error) }
          return true
        },
        tell: { news in
          // A reader of notes that has gone keeps nobody from waiting.
          for item in news.items { try? invocation.emit(item) }
        })
    }
  }

  private static func report(_ answered: Answered, _ id: Bytes32) -> Report {
    func report(_ words: String, _ word: String, _ code: ExitCode, _ who: [Handle]) -> Report {
      Report(
        [Line(words)],
        json: [
          "event_id": .string(id.hex), "answer": .string(word),
          "by": code == .refused && !who.isEmpty ? .strings(who.map(\.name)) : nil,
          "waits_for": code == .timedOut ? .strings(who.map(\.name)) : nil,
        ], code: code)
    }
    switch answered {
    case .acked: return report("acked", "ack", .done, [])
    case .refused(let peer, let verdict):
      return report("\(verdict.rawValue) of \(peer)", verdict.rawValue, .refused, [peer])
    case .settled(let status):
      let code: ExitCode = status == .reverted ? .timedOut : .refused
      return report("the proposal is \(status.rawValue)", status.rawValue, code, [])
    case .waiting(let peers):
      let names = peers.map(\.name).joined(separator: ", ")
      return report("no answer of \(names) in time", "none", .timedOut, peers)
    }
  }
}
