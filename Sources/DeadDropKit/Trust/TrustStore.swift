import Host
package import Wire
package import WireFormat

/// Whom this agent believes to be who they say, decided here and never by the wire.
///
/// Decides what is shown and answered, and never state. Missing means UNTRUSTED; a store that cannot
/// be read, or holds anything that this version does not know, is refused whole.
package struct TrustStore: Equatable, Sendable {
  /// By peer, in the order in which they were made; of those of one key the newest counts.
  package private(set) var pins: [Handle: [Pin]] = [:]

  private static let name = "trust.json"
  private static let version = 1

  package init() {}

  /// The file as it is now; a save puts another in its place.
  static func file(_ state: borrowing PrivateState) throws(KitError) -> FileStatus? {
    try KitError.lifting { () throws(HostError) in try state.directory.status(of: name) }
  }

  package static func load(_ state: borrowing PrivateState) throws(KitError) -> TrustStore {
    let object: JSONObject?
    do { object = try state.readObject(name) } catch {
      if case .privateState = error { throw .trustStore("\(state.path)/\(name)") }
      throw .wire(error)
    }
    guard let object else { return TrustStore() }
    guard let store = TrustStore(object) else { throw .trustStore("\(state.path)/\(name)") }
    return store
  }

  private init?(_ object: JSONObject) {
    guard object["version"]?.int == Self.version, let peers = object["peers"]?.members,
      object.members.count == 2
    else { return nil }
    for peer in peers.members {
      guard let handle = Handle(peer.key), let parts = peer.value.members,
        let items = parts["pins"]?.elements,
        parts.members.allSatisfy({ $0.key == "pins" || $0.key == "tier" })
      else { return nil }
      for item in items {
        guard let pin = Pin(item) else { return nil }
        pins[handle, default: []].append(pin)
      }
    }
  }

  package func save(_ state: borrowing PrivateState) throws(KitError) {
    var peers = JSONObject()
    for (handle, pins) in pins {
      // The tier is for people who look into the file; what counts is read from the pins.
      peers[Text(handle.name)] = .object([
        "pins": .array(pins.map(\.value)), "tier": .string(tier(of: handle).rawValue),
      ])
    }
    let object: JSONObject = ["version": .integer(Self.version), "peers": .object(peers)]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: true)
    }
  }
}

extension TrustStore {
  /// How far a peer is believed by any key that is good for lines still to come.
  package func tier(of handle: Handle) -> Tier {
    pins[handle]?.filter { $0.cut == nil }.map(\.tier).max() ?? .untrusted
  }

  /// The pin that makes a line of this key at this place believed.
  package func pin(of handle: Handle, _ pk: Bytes32, seq: Int) -> Pin? {
    pins[handle]?.last { $0.pk == pk && $0.covers(seq) }
  }

  package func isPinned(_ handle: Handle, _ pk: Bytes32, seq: Int) -> Bool {
    pin(of: handle, pk, seq: seq) != nil
  }

  /// Whether this key was ever believed to be the peer's, also if it is no more.
  func knows(_ handle: Handle, _ pk: Bytes32) -> Bool {
    pins[handle]?.contains { $0.pk == pk } ?? false
  }

  /// The earliest cut of a peer's keys; nil where none was revoked.
  package func cut(of handle: Handle) -> Head? {
    pins[handle]?.compactMap(\.cut).min { $0.seq < $1.seq }
  }

  /// Another peer whose key this is, or was, also if it is believed no more.
  package func holder(of pk: Bytes32, besides handle: Handle?) -> Handle? {
    pins.keys.sorted().first { $0 != handle && knows($0, pk) }
  }

  /// Whether a proof would make a key believed that is not: it is neither pinned nor revoked.
  func isOpen(to handle: Handle, _ pk: Bytes32, fromSeq: Int) -> Bool {
    let isRevoked = pins[handle]?.contains { $0.pk == pk && $0.cut != nil } ?? false
    return !isRevoked && !isPinned(handle, pk, seq: fromSeq)
  }

  /// Adds a pin by a proof; false when the key is pinned already, or was revoked by the operator.
  package mutating func pin(
    _ handle: Handle, _ pk: Bytes32, fromSeq: Int = 1, _ means: Means, by: Handle? = nil,
    ownSeq: Int = 0, at time: Timestamp
  ) -> Bool {
    guard isOpen(to: handle, pk, fromSeq: fromSeq) else { return false }
    let pin = Pin(pk: pk, fromSeq: fromSeq, means: means, by: by, ownSeq: ownSeq, at: time)
    pins[handle, default: []].append(pin)
    return true
  }

  /// Takes over what is said of an old key for the one that it has introduced.
  mutating func follow(
    _ handle: Handle, from old: Pin, to pk: Bytes32, fromSeq: Int, at time: Timestamp
  ) -> Bool {
    guard pin(handle, pk, fromSeq: fromSeq, .rotation, ownSeq: old.ownSeq, at: time) else {
      return false
    }
    change(handle, pk) { $0.tier = old.tier }
    return true
  }

  /// Adds a pin that the operator vouches for, in place of what was said of this key before.
  mutating func vouch(_ handle: Handle, _ pin: Pin) {
    pins[handle, default: []].removeAll { $0.pk == pin.pk }
    pins[handle, default: []].append(pin)
  }

  /// Believes nothing of a peer behind this line, whatever key it is by.
  package mutating func revoke(_ handle: Handle, behind cut: Head) {
    for index in pins[handle, default: []].indices {
      let old = pins[handle]?[index].cut
      if old.map({ $0.seq > cut.seq }) ?? true { pins[handle]?[index].cut = cut }
    }
  }

  /// Changes the pin of a key that is good for lines still to come.
  mutating func change(_ handle: Handle, _ pk: Bytes32, _ body: (inout Pin) -> Void) {
    for index in pins[handle, default: []].indices {
      guard var pin = pins[handle]?[index], pin.pk == pk, pin.cut == nil else { continue }
      body(&pin)
      pins[handle]?[index] = pin
    }
  }
}
