import DeadDropKit
import Host
import Identity
import Protocol
import Wire
import WireFormat

/// One agent that writes to its log through the library, its key and directories open.
///
/// The one place of the runner that knows how the library appends.
struct Writing: ~Copyable {
  private var log: OpenLog
  private let key: SigningKey
  private let shared: SharedDirectory
  private let state: PrivateState

  /// Locks the log for as long as this lives; without `synchronizes` nothing is durable.
  init(_ wire: BenchWire, as handle: Handle, synchronizes: Bool = true) throws {
    let shared = try SharedDirectory.open(wire.path)
    let genesis = try shared.genesis()
    guard let name = genesis.members.first(where: { $0.handle == handle })?.log else {
      throw BenchFailure("\(handle) is no member")
    }
    let key = try KeyStore(wire.places).signingKey(handle)
    let state = try PrivateState.open(wire.places.state(wire: genesis.id, handle: handle))
    log = try LogWriter(wire: genesis.id, handle: handle, log: name)
      .open(by: key.publicKey.bytes, shared, state, synchronizes: synchronizes)
    self.key = key
    self.shared = shared
    self.state = state
  }

  /// Signs and stores one line.
  mutating func append(_ draft: Draft) throws -> Receipt {
    try log.append(draft, with: key, shared, state, clock: WallClock.now())
  }

  /// Adds so many lines.
  mutating func grow(by count: Int, _ draft: Draft) throws {
    for _ in 0..<count { _ = try append(draft) }
  }
}
