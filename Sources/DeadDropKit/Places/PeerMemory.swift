import Host
import Wire
import WireFormat

/// When this agent first saw each peer's newest beat, by a clock that stands while the machine
/// sleeps.
///
/// `peers.json` in its private state. A beat that is no newer than the one before changes nothing,
/// so a replay keeps nobody alive; another start of the machine, or a memory that is lost, lets the
/// silence of all start anew.
struct PeerMemory: Equatable {
  private struct Sight: Equatable {
    /// The counter of the beat; 0 where none was ever seen.
    let n: Int
    /// When it was first seen, in milliseconds.
    let milliseconds: Int
    /// The tier that it announced.
    let tier: Text
  }

  private var boot = ""
  private var sights: [Handle: Sight] = [:]

  private static let name = "peers.json"

  /// Takes note of a peer's newest beat; 0 stands for none.
  mutating func note(_ peer: Handle, n: Int, tier: Text, at moment: BootMoment) {
    if moment.boot != boot { (boot, sights) = (moment.boot, [:]) }
    if let held = sights[peer], held.n >= n, held.milliseconds <= moment.milliseconds { return }
    let newest = max(n, sights[peer]?.n ?? 0)
    sights[peer] = Sight(n: newest, milliseconds: moment.milliseconds, tier: tier)
  }

  /// The tier that a peer announced last; nil where it was never seen to beat.
  func tier(of peer: Handle) -> Text? {
    sights[peer].flatMap { $0.n > 0 ? $0.tier : nil }
  }

  /// How long a peer has shown nothing new; nil where it was not looked for.
  func silence(of peer: Handle, at moment: BootMoment) -> Int? {
    guard moment.boot == boot, let sight = sights[peer] else { return nil }
    return max(0, moment.milliseconds - sight.milliseconds)
  }
}

extension PeerMemory {
  static func load(_ state: borrowing PrivateState) throws(KitError) -> PeerMemory {
    let object: JSONObject?
    do { object = try state.readObject(name) } catch {
      guard case .privateState = error else { throw .wire(error) }
      return PeerMemory()
    }
    return object.flatMap { PeerMemory($0) } ?? PeerMemory()
  }

  private init?(_ object: JSONObject) {
    guard let boot = object["boot"]?.text, let peers = object["peers"]?.members else { return nil }
    self.boot = boot.string
    for member in peers.members {
      guard let handle = Handle(member.key), let sight = member.value.members,
        let n = sight["n"]?.int, let time = sight["since"]?.int, let tier = sight["tier"]?.text
      else { return nil }
      sights[handle] = Sight(n: n, milliseconds: time, tier: tier)
    }
  }

  func save(_ state: borrowing PrivateState) throws(KitError) {
    var peers = JSONObject()
    for (handle, sight) in sights {
      peers[Text(handle.name)] = .object([
        "n": .integer(sight.n), "since": .integer(sight.milliseconds), "tier": .string(sight.tier),
      ])
    }
    let object: JSONObject = ["boot": .string(boot), "peers": .object(peers)]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: false)
    }
  }
}
