import DeadDropKit
import Host
import Wire
import WireFormat

/// `deaddrop wait`: blocks until something is unread.
enum WaitCommand: Command {
  static let name = "wait"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Wait until something is unread, and print the digest of it",
      options: [
        .value("timeout", "TIME", "wait no longer than this, such as 10m; else without end"),
        .choice("for", Wanted.allCases.map(\.rawValue), "what to wait for; any unless given"),
      ],
      notes: [
        "What is unread already counts. Marks nothing as read: read it before the next wait.",
        "ack is an answer to a message of this agent: an ack, a decline or a counter. The digest is that\n"
          + "of inbox --digest: all that is unread, whatever was waited for.",
        "Ends with 0 when something came, with 5 when the time ran out.",
      ],
      examples: ["deaddrop wait --timeout 10m", "deaddrop wait --for ack --timeout 2m --json"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let limit = try invocation.duration("timeout")
    let wanted = invocation.optionalText("for").flatMap { Wanted(rawValue: $0) } ?? .any
    let name = try invocation.sessionName()
    return try invocation.withSession { (session: inout Session) throws(CommandFailure) in
      var wakes = WireWatch(session.shared.path)
      var faults = FaultMemory()
      var isUnsafe = false
      let digest = try CommandFailure.lifting { () throws(KitError) in
        try session.waitForUnread(
          wanted, session: name, upTo: limit,
          pause: { (pause) throws(KitError) in
            do throws(HostError) { try wakes.wait(upTo: pause) } catch { throw .host(error) }
            return !StandardStreams.isOutputGone
          },
          tell: { met in
            isUnsafe = isUnsafe || met.isUnsafe
            // A reader of notes that has gone keeps nobody from waiting.
            for item in faults.items(of: met, []) { try? invocation.emit(item) }
          })
      }
      guard let digest, let answer = DigestView.answer(digest, for: session.handle) else {
        throw CommandFailure(
          .timedOut, wanted == .any ? "nothing came in time" : "no \(wanted.rawValue) came in time",
          hint: ShellWord.deaddrop("status", "--as", session.handle.name))
      }
      var report = Report([answer])
      for log in session.changedLogs { report.items.append(.changedLog(log)) }
      if isUnsafe || !session.changedLogs.isEmpty { report.code = .unsafe }
      return report
    }
  }
}
