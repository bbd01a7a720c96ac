import Host
package import Wire
import WireFormat

/// What the operator wants of a daemon: `daemon.json` in the agent's private state.
package struct DaemonSettings: Equatable, Sendable {
  /// A line for sh(1), run for each message of a verified peer.
  package var onMessage: String?
  /// How long that may take, in seconds.
  package var onMessageSeconds = 30
  /// The file that the daemon's log goes to; nil is standard error.
  package var logPath: String?

  package static let name = "daemon.json"
  package static let secondsRange = 1...3_600

  package init() {}

  /// As saved; the defaults where nothing is.
  ///
  /// Throws `privateState` for what cannot be read.
  package static func load(_ state: borrowing PrivateState) throws(KitError) -> DaemonSettings {
    let object = try KitError.liftingWire { () throws(WireError) in try state.readObject(name) }
    var settings = DaemonSettings()
    guard let object else { return settings }
    func fail(_ what: String) -> KitError {
      .wire(.privateState("\(state.path)/\(name)", "\(what) is not what it must be"))
    }
    for member in object.members {
      switch member.key.string {
      case "on_message":
        guard let text = member.value.text?.string, !text.isEmpty else { throw fail("on_message") }
        settings.onMessage = text
      case "on_message_seconds":
        guard let seconds = member.value.int, secondsRange.contains(seconds) else {
          throw fail("on_message_seconds")
        }
        settings.onMessageSeconds = seconds
      case "log":
        guard let path = member.value.text?.string, path.hasPrefix("/") else { throw fail("log") }
        settings.logPath = path
      default: throw fail("\"\(member.key.string)\"")
      }
    }
    return settings
  }

  package func save(_ state: borrowing PrivateState) throws(KitError) {
    let object: JSONObject = [
      "on_message": onMessage.map { .string($0) },
      "on_message_seconds": .integer(onMessageSeconds), "log": logPath.map { .string($0) },
    ]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: true)
    }
  }
}
