import DeadDropKit
import Host
import Wire
import WireFormat

/// `deaddrop trust sas`: compares codes with a peer, on a terminal.
enum SASCommand: Command {
  static let name = "trust sas"
  private static let pause: Duration = .seconds(2)

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Compare a code with a peer's person, and verify its keys by that",
      arguments: [.one("peer", "with whom")],
      notes: [
        "Both sides run it. When each has its code, say yours to the other person over a way that the\n"
          + "host of the wire does not carry, and type the one that you hear. Only the same keys on both\n"
          + "sides give the same code; who sits in between has one guess in 549,755,813,888.",
        "Ctrl-C leaves it where it is; the same command goes on. Three wrong codes lock comparing with\n"
          + "this peer for 24 hours. For scripts: trust sas start, trust sas show, trust sas confirm.",
      ],
      examples: ["deaddrop trust sas scribe"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let peer = try invocation.requiredHandle("peer")
    guard Environment.isTerminal(0) else {
      throw .usage(
        "trust sas asks on a terminal, and standard input is none",
        hint: ShellWord.deaddrop("trust", "sas", "start", peer.name))
    }
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try awaitCode(peer, &session, invocation)
      try invocation.emit(.answer(["the code that the person at \(peer) says:"], json: nil))
      return try ask(peer, &session, invocation)
    }
  }

  /// Goes on whenever the peer has, until the code is there.
  private static func awaitCode(
    _ peer: Handle, _ session: inout Session, _ invocation: Invocation
  ) throws(CommandFailure) {
    var standing = try CommandFailure.lifting { () throws(KitError) in
      try session.startComparing(peer)
    }
    try invocation.emit(SASView.item(standing, own: session.handle, isAsked: true))
    guard standing.code == nil else { return }
    var watch = FileWatch(session.shared.directory)
    while standing.code == nil {
      do throws(HostError) { _ = try watch.wait(upTo: pause) } catch { throw CommandFailure(error) }
      standing = try CommandFailure.lifting { () throws(KitError) in
        _ = try session.catchUp()
        return try session.showCode(peer)
      }
    }
    try invocation.emit(SASView.item(standing, own: session.handle, isAsked: true))
  }

  /// Takes lines until one is the code, the tries are used up, or nobody types any more.
  private static func ask(
    _ peer: Handle, _ session: inout Session, _ invocation: Invocation
  ) throws(CommandFailure) -> Report {
    while let text = try InputLines.first() {
      let digits: String
      do throws(CommandFailure) { digits = try SASView.digits(text) } catch {
        try invocation.emit(.warning(error.message))
        continue
      }
      do throws(KitError) {
        return SASView.confirmed(peer, try session.confirmCode(peer, digits), session)
      } catch {
        guard case .wrongCode(_, triesLeft: 1...) = error else { throw CommandFailure(error) }
        try invocation.emit(.warning(error.description))
      }
    }
    throw CommandFailure(
      .refused, "no code was typed", hint: ShellWord.deaddrop("trust", "sas", peer.name))
  }
}
