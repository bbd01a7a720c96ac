import DeadDropKit
import Host
import Identity
import Wire
import WireFormat

extension Invocation {
  /// Opens the wire and the agent that the command line names, for the length of the closure.
  func withSession(
    _ body: (inout Session) throws(CommandFailure) -> Report
  ) throws(CommandFailure) -> Report {
    var session: Session
    do {
      session = try Session.open(directory: directory, as: handle)
    } catch { throw CommandFailure(error) }
    return try body(&session)
  }

  /// The same after everything new was verified and settled; what that met is added to the report.
  ///
  /// A verb that reads ends with the code for what is not safe; one that stores warns.
  func withCaughtUpSession(
    isReader: Bool = true, _ body: (inout Session) throws(CommandFailure) -> Report
  ) throws(CommandFailure) -> Report {
    try withSession { (session: inout Session) throws(CommandFailure) in
      let catchUp = try CommandFailure.lifting { () throws(KitError) in try session.catchUp() }
      var report = try body(&session)
      report.add(catchUp, of: session, isReader: isReader)
      return report
    }
  }

  func requiredHandle(_ name: String) throws(CommandFailure) -> Handle {
    guard let handle = try handle(name) else { throw .usage("\(name) is missing") }
    return handle
  }

  /// The id, or the beginning of one, of at least four hex digits.
  func messageID(_ name: String) throws(CommandFailure) -> String {
    let text = try text(name)
    guard (4...64).contains(text.utf8.count), text.utf8.allSatisfy({ Hex.value($0) != nil }) else {
      throw .usage(
        "\(name) is an event_id or its first 4 to 64 lower-case hex digits, not \"\(text)\"")
    }
    return text
  }
}

extension Report {
  /// Adds what reading met, and for a verb that reads the code for what is not safe.
  mutating func add(_ catchUp: CatchUp, of session: borrowing Session, isReader: Bool) {
    items += catchUp.items
    let lost = session.losses
    items += lost.map { .warning($0) }
    if isReader, catchUp.isUnsafe || !lost.isEmpty, code == .done { code = .unsafe }
  }
}

extension Session {
  /// What cannot be shown any more, because it is not what was verified.
  var losses: [String] {
    changedLogs.map { ReportItem.words(ofChanged: $0) }
      + lostHistories.map {
        "\($0): its lines older than the wire were changed, none is shown: deaddrop verify"
      }
  }
}

extension CatchUp {
  private static let shownLimit = 5

  /// What reading met and settling did, for standard error.
  var items: [ReportItem] {
    var items = notes.map { $0.hasPrefix("ALARM") ? ReportItem.warning($0) : .note($0) }
    for line in bad.prefix(Self.shownLimit) {
      items.append(.warning("\(line.file):\(line.line): \(line.reason.rawValue)"))
    }
    if bad.count > Self.shownLimit {
      items.append(.warning("\(bad.count - Self.shownLimit) more lines at fault: deaddrop verify"))
    }
    if !bad.isEmpty, broken.isEmpty {
      items.append(.note("what is at fault and what helps: deaddrop doctor"))
    }
    for (handle, log, verdict) in broken {
      items.append(.warning("\(log): \(Self.words(verdict, handle)): deaddrop doctor"))
    }
    return items
  }

  private static func words(_ verdict: ChainVerdict, _ handle: Handle) -> String {
    switch verdict {
    case .sound: "sound"
    case .gap: "gap: lines of \(handle) are missing; what follows is shown with that label"
    case .fork: "fork: \(handle) signed two histories; nothing from there on counts"
    case .rollback: "rollback: lines of \(handle) that were verified here are gone or changed"
    }
  }
}
