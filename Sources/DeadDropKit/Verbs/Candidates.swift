import Host
import Identity
import Protocol
import Wire
package import WireFormat

/// A chain on the shared disk whose key this wire does not know: nothing of it is folded or shown.
package struct Candidate: Equatable, Sendable {
  /// The name of its file in the directory.
  package let file: String
  /// Whom its first card is for, where it has a card that checks.
  package let handle: Handle?
  package let pk: Bytes32?
  package let byteCount: Int64
}

extension Session {
  /// At most so many are looked at: who can write here can plant any number.
  package static let candidateLimit = 32

  /// Logs that no table names, and first cards by other keys in logs that one does.
  ///
  /// Only for the operator's eyes; of a planted file no more than its first line is read. The count
  /// is of those that were not looked at.
  package func candidates() throws(KitError) -> (found: [Candidate], leftCount: Int) {
    let known = Set(reader.store.records.values.map(\.log)).union(genesis.legacy.keys)
    let names = try KitError.lifting { () throws(HostError) in try shared.directory.names() }
      .filter { LogName.isValid($0) && !known.contains($0) }.sorted()
    var found: [Candidate] = []
    for name in names.prefix(Self.candidateLimit) {
      if let candidate = stranger(in: name) { found.append(candidate) }
    }
    for (member, record) in reader.store.records.sorted(by: { $0.key < $1.key })
    where record.faultCount > 0 || record.verdict != .sound {
      found += rivals(of: member, record)
    }
    return (found, max(0, names.count - Self.candidateLimit))
  }

  private func stranger(in name: String) -> Candidate? {
    guard let file = try? shared.openIfReadable(name), let status = try? file.status(),
      let bytes = try? file.read(at: 0, count: ReaderLimits.lineByteCount + 1)
    else { return nil }
    let line = bytes.firstIndex(of: UInt8(ascii: "\n")).map { Array(bytes[..<$0]) } ?? []
    let card = FirstCard(line, wire: genesis.id)
    return Candidate(file: name, handle: card?.handle, pk: card?.pk, byteCount: status.byteCount)
  }

  /// The first cards in a member's log by keys that its chain has never had.
  private func rivals(of member: Handle, _ record: HeadRecord) -> [Candidate] {
    guard let file = try? shared.openLog(record.log, record.layout) else { return [] }
    var keys = Set(record.spans.map(\.pk))
    var found: [Candidate] = []
    _ = try? LineStream.forEachLine(of: file) { (place, line) throws(HostError) in
      guard let line, found.count < Self.candidateLimit,
        let envelope = try? Envelope.read(line), case .chain(1, _) = envelope.place,
        !keys.contains(envelope.pk),
        let card = FirstCard(line.bytes(in: 0..<line.count), wire: genesis.id),
        card.handle == member
      else { return }
      keys.insert(card.pk)
      found.append(
        Candidate(
          file: record.log, handle: member, pk: card.pk, byteCount: Int64(place.byteCount)))
    }
    return found
  }
}

/// A seq 1 that its key has signed, with the card that it must carry.
private struct FirstCard {
  let handle: Handle
  let pk: Bytes32

  init?(_ bytes: [UInt8], wire: Bytes32) {
    guard let envelope = try? Envelope.read(bytes.span), envelope.wire == wire,
      case .chain(1, .zero) = envelope.place, (try? PublicKey(checking: envelope.pk)) != nil,
      EventID.of(bytes.span, envelope.fields) == envelope.eventID,
      let message = try? Message(bytes.span, envelope),
      LineSignature.holds(bytes.span, envelope, from: message.from),
      let card = message.body?.members?["card"]?.members,
      (try? Card.check(card, handle: message.from, pk: message.pk)) != nil
    else { return nil }
    (handle, pk) = (message.from, message.pk)
  }
}

/// A key that a list of the older tools, found in the shared directory, names for a peer.
package struct Suggestion: Equatable, Sendable {
  package let handle: Handle
  package let pk: Bytes32
  /// Whether it is the key that the peer's chain is written with.
  package let isCurrent: Bool
}

extension Session {
  private static let listName = "trust.json"
  private static let listByteLimit = 1 << 20

  /// What a `trust.json` of the older tools on the wire says: shown, and obeyed nowhere.
  package func suggestions() -> [Suggestion] {
    guard
      let bytes = try? shared.directory.readFile(
        Self.listName, limit: Self.listByteLimit, policy: .anyOwner),
      let object = try? JSONParser.object(bytes), let list = LegacyTrust(object)
    else { return [] }
    var found: [Suggestion] = []
    for (peer, record) in reader.store.records.sorted(by: { $0.key < $1.key })
    where peer != handle {
      for pk in list.activeKeys(of: peer).prefix(8) {
        found.append(
          Suggestion(handle: peer, pk: pk, isCurrent: pk == record.spans.last?.pk))
      }
    }
    return found
  }
}
