import Identity
import Wire
import WireFormat

/// The comparisons of codes that this agent takes part in, and the wrong codes typed so far.
///
/// `ceremonies.json` in its private state. One that cannot be read is refused whole: a guess that was
/// counted must not be forgotten.
struct CeremonyBook: Equatable {
  struct Entry: Equatable {
    var current: SASCeremony?
    /// Codes typed that were not the right one, since the last right one.
    var wrongCount = 0
    /// No code is taken before.
    var lockedUntil: Timestamp?

    var triesLeft: Int { max(0, CeremonyBook.tries - wrongCount) }
  }

  static let tries = 3
  static let lockSeconds: Int64 = 86_400

  private(set) var entries: [Handle: Entry] = [:]
  /// Nonces, promises and names of starts that were seen in ceremonies that are over.
  private(set) var used: Set<Bytes32> = []

  private static let name = "ceremonies.json"
  private static let version = 1

  subscript(_ peer: Handle) -> Entry {
    get { entries[peer] ?? Entry() }
    set { entries[peer] = newValue }
  }

  /// Ends what runs with a peer: none of its values counts in any later ceremony.
  mutating func end(_ peer: Handle, _ values: [Bytes32] = []) {
    guard let ceremony = self[peer].current else { return }
    used.formUnion(values + [ceremony.nonce, ceremony.commitment])
    if let start = ceremony.start { used.insert(start) }
    self[peer].current = nil
  }

  /// Counts a wrong code that was typed; the last one that is allowed closes the door.
  mutating func miss(_ peer: Handle, at now: Timestamp) {
    self[peer].wrongCount += 1
    if self[peer].triesLeft == 0 {
      self[peer].lockedUntil = now.adding(seconds: Self.lockSeconds)
      end(peer)
    }
  }

  /// Opens the door again when its time is over.
  mutating func unlock(_ peer: Handle, at now: Timestamp) {
    guard let until = self[peer].lockedUntil, until <= now else { return }
    (self[peer].lockedUntil, self[peer].wrongCount) = (nil, 0)
  }
}

extension CeremonyBook {
  static func load(_ state: borrowing PrivateState) throws(KitError) -> CeremonyBook {
    let path = "\(state.path)/\(name)"
    let object: JSONObject?
    do { object = try state.readObject(name) } catch {
      if case .privateState = error { throw .ceremonyBook(path) }
      throw .wire(error)
    }
    guard let object else { return CeremonyBook() }
    guard let book = CeremonyBook(object) else { throw .ceremonyBook(path) }
    return book
  }

  func save(_ state: borrowing PrivateState) throws(KitError) {
    var peers = JSONObject()
    for (handle, entry) in entries { peers[Text(handle.name)] = .object(entry.object) }
    let object: JSONObject = [
      "version": .integer(Self.version), "peers": .object(peers),
      "used": .strings(used.sorted().map(\.hex)),
    ]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: true)
    }
  }

  private init?(_ object: JSONObject) {
    guard object["version"]?.int == Self.version, let peers = object["peers"]?.members,
      let texts = object["used"]?.texts
    else { return nil }
    for peer in peers.members {
      guard let handle = Handle(peer.key), let entry = peer.value.members.flatMap({ Entry($0) })
      else { return nil }
      entries[handle] = entry
    }
    let values = texts.compactMap(Bytes32.init(hex:))
    guard values.count == texts.count else { return nil }
    used = Set(values)
  }
}

extension CeremonyBook.Entry {
  fileprivate var object: JSONObject {
    [
      "current": current.map { .object($0.object) }, "wrong": .integer(wrongCount),
      "locked_until": lockedUntil.map { .string($0.string) },
    ]
  }

  fileprivate init?(_ object: JSONObject) {
    guard let count = object["wrong"]?.int, count >= 0 else { return nil }
    wrongCount = count
    if let value = object["current"] {
      guard let ceremony = value.members.flatMap({ SASCeremony($0) }) else { return nil }
      current = ceremony
    }
    if let value = object["locked_until"] {
      guard let time = value.text.flatMap(Timestamp.init) else { return nil }
      lockedUntil = time
    }
  }
}
