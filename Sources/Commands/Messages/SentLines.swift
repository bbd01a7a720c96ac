import DeadDropKit
import Wire
import WireFormat

/// `deaddrop log --sent`: own messages, and how far each recipient has proven to have come.
enum SentLines {
  static func report(
    _ filter: Session.Filter, _ form: MessageForm, _ invocation: Invocation
  ) throws(CommandFailure) -> Report {
    for other in ["from", "follow", "refused"] where invocation.flag(other) {
      throw .usage("--sent is what this agent has written by now: without --\(other)")
    }
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let own = session.handle
      let (lines, receipts) = try CommandFailure.lifting { () throws(KitError) in
        var filter = filter
        filter.from = own
        var cursors = CursorSet()
        let lines = try session.history(filter, after: &cursors)
        return (lines, try session.receipts(of: lines))
      }
      var report = Report()
      for (line, receipts) in zip(lines, receipts) {
        report.items += session.answers([line], as: form)
          .map { ReceiptView.adding(receipts, to: $0) }
      }
      return report
    }
  }
}
