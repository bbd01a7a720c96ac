import Host
package import Wire
package import WireFormat

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
  /// Throws `daemonSettings` for what cannot be read.
  package static func load(_ state: borrowing PrivateState) throws(KitError) -> DaemonSettings {
    let object: JSONObject?
    do throws(WireError) { object = try state.readObject(name) } catch {
      if case .privateState(let path, let what) = error { throw .daemonSettings(path, what) }
      if case .host(let error) = error { throw .host(error) }
      throw .wire(error)
    }
    guard let object else { return DaemonSettings() }
    do { return try DaemonSettings(object) } catch {
      throw .daemonSettings(
        "\(state.path)/\(name)", "damaged: \(error.member) is not what it must be")
    }
  }

  /// The first member that is unknown, or not what it must be.
  struct Flaw: Error {
    let member: String
  }

  init(_ object: JSONObject) throws(Flaw) {
    for member in object.members {
      let name = member.key.string
      switch name {
      case "on_message":
        guard let text = member.value.text?.string, !text.isEmpty else { throw Flaw(member: name) }
        onMessage = text
      case "on_message_seconds":
        guard let seconds = member.value.int, Self.secondsRange.contains(seconds) else {
          throw Flaw(member: name)
        }
        onMessageSeconds = seconds
      case "log":
        guard let path = member.value.text?.string, path.hasPrefix("/") else {
          throw Flaw(member: name)
        }
        logPath = path
      default: throw Flaw(member: name)
      }
    }
  }

  /// As it is saved.
  package var object: JSONObject {
    [
      "on_message": onMessage.map { .string($0) },
      "on_message_seconds": .integer(onMessageSeconds), "log": logPath.map { .string($0) },
    ]
  }

  package func save(_ state: borrowing PrivateState) throws(KitError) {
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: true)
    }
  }
}
