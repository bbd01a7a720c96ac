import Host
package import WireFormat

/// Where this account keeps keys and private state: never on the wire.
package struct PrivatePlaces: Equatable, Sendable {
  /// Holds `<handle>.key` and `<handle>.seal`.
  package let keys: String
  /// Holds `<wire>/<handle>/`.
  package let states: String

  package init(keys: String, states: String) {
    (self.keys, self.states) = (keys, states)
  }

  /// `DEADDROP_HOME` moves both; else XDG_CONFIG_HOME and XDG_STATE_HOME, else their defaults in
  /// HOME.
  package static func current() throws(KitError) -> PrivatePlaces {
    if let home = Environment.value("DEADDROP_HOME") {
      return PrivatePlaces(keys: try absolute(home) + "/keys", states: home)
    }
    let home = Environment.value("HOME")
    guard let config = Environment.value("XDG_CONFIG_HOME") ?? home.map({ $0 + "/.config" }),
      let state = Environment.value("XDG_STATE_HOME") ?? home.map({ $0 + "/.local/state" })
    else { throw .noHome }
    return PrivatePlaces(
      keys: try absolute(config) + "/deaddrop/keys", states: try absolute(state) + "/deaddrop")
  }

  /// Those of the caller, else those of the environment.
  static func given(_ places: PrivatePlaces?) throws(KitError) -> PrivatePlaces {
    if let places { return places }
    return try current()
  }

  private static func absolute(_ path: String) throws(KitError) -> String {
    guard path.hasPrefix("/") else { throw .notAbsolute(path) }
    return path
  }

  package func state(wire: Bytes32, handle: Handle) -> String {
    "\(states)/\(wire.hex)/\(handle)"
  }

  /// The agents of this account that are on a wire.
  package func identities(on wire: Bytes32) throws(KitError) -> [Handle] {
    try KitError.lifting { () throws(HostError) in
      do throws(HostError) {
        let directory = try Directory.open("\(states)/\(wire.hex)", followLast: true)
        return try directory.names().compactMap { try? Handle($0) }
      } catch {
        if error.isNotFound { return [] }
        throw error
      }
    }
  }
}
