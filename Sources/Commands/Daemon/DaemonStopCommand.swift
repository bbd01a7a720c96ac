import DeadDropKit
import Host
import Wire
import WireFormat

/// `deaddrop daemon stop`: ends the agent's daemon.
enum DaemonStopCommand: Command {
  static let name = "daemon stop"
  private static let patience: Duration = .seconds(10)

  static var spec: CommandSpec {
    CommandSpec(
      summary: "End the daemon of this agent",
      notes: [
        "It ends what it is writing and then itself. One that `deaddrop daemon install` made is there\n"
          + "again after the next login: `deaddrop daemon uninstall` takes it away for good."
      ],
      examples: ["deaddrop daemon stop"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withSession { (session: inout Session) throws(CommandFailure) in
      let state = "\(session.state.path)"
      let found = try CommandFailure.lifting { () throws(KitError) in
        try DaemonPresence.look(session.state)
      }
      guard let found else {
        return Report(["no daemon runs"], json: ["stopped": .bool(false)])
      }
      do throws(HostError) {
        try LockHolder(processID: found.processID, command: nil).terminate()
      } catch { throw CommandFailure(error) }
      let deadline = MonotonicClock.deadline(after: patience)
      while try CommandFailure.lifting({ () throws(KitError) in
        try DaemonPresence.look(session.state)
      }) != nil {
        guard MonotonicClock.now() < deadline else {
          throw CommandFailure(
            .timedOut,
            "process \(Int(found.processID)) does not end; it holds \(state)/daemon.lock",
            hint: ShellWord.deaddrop("daemon", "status", "--as", session.handle.name))
        }
        MonotonicClock.sleep(for: .milliseconds(20))
      }
      return Report(
        ["stopped process \(Int(found.processID))"],
        json: ["stopped": .bool(true), "pid": .integer(Int(found.processID))])
    }
  }
}
