import Host
package import Wire
package import WireFormat

/// Whom this agent believes to be who they say, decided here and never by the wire.
///
/// Decides what is shown and answered, and never state. Missing means UNTRUSTED; unreadable too.
package struct TrustStore: Equatable, Sendable {
  package enum Tier: String, Sendable {
    case untrusted = "UNTRUSTED"
    case verified = "VERIFIED"
  }

  /// How a key came to be believed.
  package enum Means: String, Sendable {
    case invite
    /// The other agent of the same person, made in the same act.
    case local
    case introduction
    case rotation
    case operatorPin = "operator"
  }

  package struct Pin: Equatable, Sendable {
    package let pk: Bytes32
    /// The first seq that it is good for.
    package let fromSeq: Int
    package let means: Means
    /// Who introduced it.
    package let by: Handle?
    package let at: Timestamp
  }

  package private(set) var pins: [Handle: [Pin]] = [:]

  private static let name = "trust.json"
  private static let version = 1

  package init() {}

  /// The file as it is now; a save puts another in its place.
  static func file(_ state: borrowing PrivateState) throws(KitError) -> FileStatus? {
    try KitError.lifting { () throws(HostError) in try state.directory.status(of: name) }
  }

  package static func load(_ state: borrowing PrivateState) throws(KitError) -> TrustStore {
    var store = TrustStore()
    let object: JSONObject?
    do { object = try state.readObject(name) } catch {
      if case .privateState = error { throw .trustStore("\(state.path)/\(name)") }
      throw .wire(error)
    }
    guard let object else { return store }
    guard object["version"]?.int == version, let peers = object["peers"]?.members else {
      throw .trustStore("\(state.path)/\(name)")
    }
    for peer in peers.members {
      guard let handle = Handle(peer.key), let items = peer.value.members?["pins"]?.elements else {
        throw .trustStore("\(state.path)/\(name)")
      }
      for item in items {
        guard let pin = Pin(item) else { throw .trustStore("\(state.path)/\(name)") }
        store.pins[handle, default: []].append(pin)
      }
    }
    return store
  }

  package func save(_ state: borrowing PrivateState) throws(KitError) {
    var peers = JSONObject()
    for (handle, pins) in pins {
      peers[Text(handle.name)] = .object([
        "pins": .array(pins.map(\.value)), "tier": .string(tier(of: handle).rawValue),
      ])
    }
    let object: JSONObject = ["version": .integer(Self.version), "peers": .object(peers)]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: true)
    }
  }

  package func tier(of handle: Handle) -> Tier {
    pins[handle]?.isEmpty == false ? .verified : .untrusted
  }

  package func isPinned(_ handle: Handle, _ pk: Bytes32, seq: Int) -> Bool {
    pins[handle]?.contains { $0.pk == pk && $0.fromSeq <= seq } ?? false
  }

  /// Adds a pin; false when the key is pinned already.
  package mutating func pin(
    _ handle: Handle, _ pk: Bytes32, fromSeq: Int = 1, _ means: Means, by: Handle? = nil,
    at time: Timestamp
  ) -> Bool {
    guard !isPinned(handle, pk, seq: fromSeq) else { return false }
    pins[handle, default: []].append(
      Pin(pk: pk, fromSeq: fromSeq, means: means, by: by, at: time))
    return true
  }
}

extension TrustStore.Pin {
  fileprivate var value: JSONValue {
    .object([
      "pk": .string(pk.hex), "from_seq": .integer(fromSeq), "how": .string(means.rawValue),
      "by": by.map { .string($0.name) }, "at": .string(at.string),
    ])
  }

  fileprivate init?(_ value: JSONValue) {
    guard let object = value.members, let pk = object["pk"]?.text.flatMap(Bytes32.init(hex:)),
      let fromSeq = object["from_seq"]?.int, let at = object["at"]?.text.flatMap(Timestamp.init),
      let means = object["how"]?.text.flatMap({ TrustStore.Means(rawValue: $0.string) })
    else { return nil }
    self.init(
      pk: pk, fromSeq: fromSeq, means: means, by: object["by"]?.text.flatMap { Handle($0) }, at: at)
  }
}
