package import WireFormat

/// Why an agent is not moved, backed up or restored.
package enum MoveFault: Equatable, Sendable {
  /// The directory holds no agent, or not the one asked for.
  case noAgent(path: String, Handle?)
  /// It holds several, each given with its wire; the first stands for what to name.
  case severalAgents(path: String, [String], first: Handle)
  case notHeld(Handle, Bytes32, path: String)
  /// Old and new place are one.
  case samePlace(Handle)
  case inForce(Handle, path: String)
  /// What a backup would take the place of is none.
  case noBackup(Handle, path: String)
  /// The new place has a key of that name, and it is another one.
  case otherKey(Handle, file: String, from: String)
  /// A move was begun to a directory that is not the one at this path; `mark` says so at the old place.
  case otherMedium(path: String, mark: String)
  /// Whoever reads the wire would read the keys.
  case insideWire(path: String)
}

extension MoveFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noAgent(let path, let name):
      "\(path) holds no agent" + (name.map { " \($0)" } ?? "")
    case .severalAgents(let path, let agents, _):
      "\(path) holds several agents: \(agents.joined(separator: ", "))"
    case .notHeld(let handle, let wire, let path):
      "\(path) does not hold \(handle) on wire \(wire.hex.prefix(12))"
    case .samePlace(let handle): "\(handle) is there already"
    case .inForce(let handle, let path): "\(path) has \(handle) on this wire already, in force"
    case .noBackup(let handle, let path):
      "\(path) has \(handle) on this wire already, and no backup of it"
    case .otherKey(let handle, let file, _): "\(file) is another key of \(handle)"
    case .otherMedium(let path, _): "\(path) is not where this move was begun"
    case .insideWire(let path): "\(path) is in the wire's directory, which others read"
    }
  }
}
