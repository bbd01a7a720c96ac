package import Host
package import Identity
package import Protocol
package import WireFormat

/// What keeps a wire from being read or written at all; a line at fault is not among these.
package enum WireError: Error, Equatable, Sendable {
  case host(HostError)
  case noDirectory(String)
  /// The directory is a symbolic link, which could be turned to another wire.
  case linkedDirectory(String)
  /// The directory has no `wire.json`.
  case notAWire(String)
  case genesis(String, Genesis.Fault)
  /// The directory may be changed by accounts that are no members.
  case unsafeDirectory(String, UnsafeDirectory)
  case wrongWire(String, expected: Bytes32, found: Bytes32)
  case notAMember(Handle)
  /// A chain begins with a card, which `init` and `join` write.
  case notJoined(Handle)
  /// The next line of the own chain must have another key than the one given.
  case otherKey(Handle, Bytes32)
  /// The identity is in force elsewhere: what is here signs nothing.
  case notInForce(NotInForce, String)
  case lineTooLarge(byteCount: Int)
  /// Nothing was written, for a reader's key cannot be sealed to.
  case unsealable(IdentityError)
  /// The writer's own log does not hold the last line that this writer stored.
  case ownLogBehind(log: String, seq: Int)
  /// The writer's own log holds lines by its key that its private state does not know.
  case ownLogAhead(log: String, seq: Int, known: Int)
  /// The writer's own log holds other lines than this writer stored.
  case ownLogDiffers(log: String, seq: Int)
  /// An append whose durability is unknown: the line may or may not outlive a power cut.
  case unsynced(HostError)
  case privateState(String, String)

  /// Why private state does not speak for its agent.
  package enum NotInForce: String, Sendable {
    case moved = "this agent was moved to"
    case moving = "a move was begun and not finished, to"
    case backup = "this is a backup of"
    case unfinished = "not everything has come yet from"
  }

  package enum UnsafeDirectory: String, Sendable {
    case worldWritable = "writable by every account"
    case foreignOwner = "owned by another account"
  }
}

extension WireError {
  /// Runs what touches the system, so that its error is told as this module's.
  package static func lifting<Value: ~Copyable>(
    _ body: () throws(HostError) -> Value
  ) throws(WireError) -> Value {
    do { return try body() } catch { throw .host(error) }
  }
}

extension WireError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .host(let error): error.description
    case .noDirectory(let path): "\(path): no such directory"
    case .linkedDirectory(let path): "\(path): a symbolic link"
    case .notAWire(let path): "\(path): no wire.json, not a wire"
    case .genesis(let path, let fault): "\(path)/wire.json: \(fault)"
    case .unsafeDirectory(let path, let why): "\(path): \(why.rawValue)"
    case .wrongWire(let path, let expected, let found):
      "\(path): this is wire \(found.hex.prefix(12)), not \(expected.hex.prefix(12))"
    case .notAMember(let handle): "\(handle) is not a member of this wire"
    case .notJoined(let handle): "\(handle) has not published its card, which opens its log"
    case .otherKey(let handle, let pk):
      "the next line of \(handle) must be signed with the key \(pk.hex.prefix(12))"
    case .notInForce(let why, let path): "nothing is signed here: \(why.rawValue) \(path)"
    case .lineTooLarge(let count):
      WriterLimits.Breach.lineTooLarge(byteCount: count).description
    case .unsealable(let error): "not sealed: \(error)"
    case .ownLogBehind(let log, let seq):
      "\(log): line \(seq), which this agent stored, is gone"
    case .ownLogAhead(let log, let seq, let known):
      "\(log): reaches line \(seq), this machine's state knows \(known)"
    case .ownLogDiffers(let log, let seq):
      "\(log): line \(seq) is not the one that this agent stored"
    case .unsynced(let error): "stored, but not proven durable: \(error)"
    case .privateState(let path, let what): "\(path): \(what)"
    }
  }
}
