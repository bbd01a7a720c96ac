import Host
import Identity
package import WireFormat

/// How far one session was shown one chain.
///
/// Ranges, not one number: lines beyond a gap are shown before those that fill it, and none is
/// skipped.
package struct Cursor: Equatable, Sendable {
  /// Ascending, apart from each other; in a sound chain one range from 1.
  package private(set) var shown: [ClosedRange<Int>] = []
  /// Where the range from 1 ends, so that reading can go on from there.
  package private(set) var head = Head.none
  package private(set) var end = LineStream.End()
  /// The keys with which the chain went on behind a cut, of those that what was shown lies behind.
  private var recovered: [Bytes32] = []
  /// The first line that was passed unshown because nothing of it counted then.
  package private(set) var hidden: Int?

  package init() {}

  /// A cursor behind all lines of a sound chain.
  package init(through record: HeadRecord) {
    guard record.head.seq > 0 else { return }
    shown = [1...record.head.seq]
    head = record.head
    end = .init(offset: record.headPlace.end, lineCount: record.headPlace.number)
    recovered = record.followedRecoveries.map(\.pk)
  }

  /// One that has passed a chain up to a line, whether or not that was shown.
  package init(past line: ShownLine) {
    (shown, head, end) = ([1...line.seq], Head(seq: line.seq, eventID: line.eventID), line.end)
  }

  /// Forgets that a line and those behind it were passed.
  package mutating func rewind(before seq: Int) {
    keep(through: seq - 1)
    hidden = nil
  }

  private mutating func keep(through seq: Int) {
    shown = shown.compactMap { range in
      range.lowerBound > seq ? nil : range.lowerBound...min(range.upperBound, seq)
    }
    if head.seq > seq { (head, end) = (.none, .init()) }
  }

  /// Forgets what was shown of lines that a recovery has cut off since: others have their places.
  mutating func follow(_ recoveries: [KeyDirectory.Recovery]) {
    for recovery in recoveries.sorted(by: { $0.seq < $1.seq })
    where !recovered.contains(recovery.pk) {
      recovered.append(recovery.pk)
      keep(through: recovery.seq)
    }
  }

  package func contains(_ seq: Int) -> Bool {
    let index = position(of: seq)
    return index < shown.count && shown[index].contains(seq)
  }

  /// The first range that does not end before this seq.
  private func position(of seq: Int) -> Int {
    var low = 0
    var high = shown.count
    while low < high {
      let middle = (low + high) / 2
      if shown[middle].upperBound < seq { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Marks a line as shown, or as passed where nothing of it counts; `end` is where it ends.
  package mutating func mark(
    _ seq: Int, eventID: Bytes32, end place: LineStream.End, isHidden: Bool = false
  ) {
    if isHidden { hidden = min(hidden ?? seq, seq) }
    guard !contains(seq) else { return }
    let index = position(of: seq)
    let joinsBefore = index > 0 && shown[index - 1].upperBound == seq - 1
    let joinsAfter = index < shown.count && shown[index].lowerBound == seq + 1
    let first = joinsBefore ? shown[index - 1].lowerBound : Mutant.on(.gapsShown) ? 1 : seq
    let last = joinsAfter ? shown[index].upperBound : seq
    shown.replaceSubrange(
      (joinsBefore ? index - 1 : index)..<(joinsAfter ? index + 1 : index), with: [first...last])
    if shown[0].lowerBound == 1, shown[0].upperBound == seq {
      head = Head(seq: seq, eventID: eventID)
      end = place
    }
  }

  /// The last seq up to which everything was shown.
  package var contiguous: Int { shown.first?.lowerBound == 1 ? shown[0].upperBound : 0 }
}

extension HeadRecord {
  /// Those with whose key the chain goes on.
  fileprivate var followedRecoveries: [KeyDirectory.Recovery] {
    recoveries.filter { $0.isFollowed(in: spans) }
  }
}

/// The cursors of one session, by writer.
package struct CursorSet: Equatable, Sendable {
  package var cursors: [Handle: Cursor] = [:]

  package init() {}

  package static let directoryName = "cursors"

  /// The cursors as they were saved, less what the members' recoveries cut off since.
  package static func load(
    _ state: borrowing PrivateState, session: String, following records: [Handle: HeadRecord] = [:]
  ) throws(WireError) -> CursorSet {
    var set = try load(state, session: session)
    set.follow(records)
    return set
  }

  /// Forgets what the members' recoveries have cut off since.
  package mutating func follow(_ records: [Handle: HeadRecord]) {
    for (handle, record) in records where !record.recoveries.isEmpty {
      cursors[handle]?.follow(record.followedRecoveries)
    }
  }

  private static func load(
    _ state: borrowing PrivateState, session: String
  ) throws(WireError) -> CursorSet {
    var set = CursorSet()
    let bytes: [UInt8]?
    do {
      let directory = try state.subdirectory(directoryName)
      bytes = try directory.readFile("\(session).json", limit: 1 << 28, policy: .secret)
    } catch { throw .host(error) }
    guard let bytes else { return set }
    // A cursor that cannot be read shows again; it never hides.
    guard let object = try? JSONParser.record(bytes) else { return set }
    for member in object.members {
      guard let handle = Handle(member.key), let cursor = Cursor(member.value) else { continue }
      set.cursors[handle] = cursor
    }
    return set
  }

  /// How far any session was shown each chain without a gap: what a beat says of it.
  package static func furthest(
    _ state: borrowing PrivateState, following records: [Handle: HeadRecord] = [:]
  ) throws(WireError) -> [Handle: Int] {
    let names = try WireError.lifting { () throws(HostError) in
      try state.subdirectory(directoryName).names()
    }
    var furthest: [Handle: Int] = [:]
    for name in names where name.hasSuffix(".json") && !name.hasPrefix(".") {
      let set = try load(state, session: String(name.dropLast(5)), following: records)
      for (writer, cursor) in set.cursors {
        furthest[writer] = max(furthest[writer] ?? 0, cursor.contiguous)
      }
    }
    return furthest
  }

  /// Heads must have been saved durably before this moves past them.
  package func save(
    _ state: borrowing PrivateState, session: String
  ) throws(WireError) {
    var object = JSONObject()
    for (handle, cursor) in cursors { object[Text(handle.name)] = cursor.value }
    do {
      let directory = try state.subdirectory(Self.directoryName)
      try directory.replaceFile(
        "\(session).json", with: CanonicalWriter.bytes(of: object), permissions: 0o600,
        durable: true)
    } catch { throw .host(error) }
  }
}

extension Cursor {
  fileprivate var value: JSONValue {
    .object([
      "shown": .array(
        shown.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) }),
      "event_id": .string(head.eventID.hex), "seq": .integer(head.seq),
      "end": .array([.integer(Int(end.offset)), .integer(end.lineCount)]),
      "hidden": hidden.map { .integer($0) },
      "recovered": recovered.isEmpty ? nil : .array(recovered.map { .hex($0) }),
    ])
  }

  fileprivate init?(_ value: JSONValue) {
    guard let object = value.members, let ranges = object["shown"]?.elements,
      let id = object["event_id"]?.text.flatMap(Bytes32.init(hex:)), let seq = object["seq"]?.int,
      let end = object["end"]?.elements?.compactMap(\.int), end.count == 2
    else { return nil }
    for range in ranges {
      guard let bounds = range.elements?.compactMap(\.int), bounds.count == 2,
        bounds[0] >= 1, bounds[0] <= bounds[1]
      else { return nil }
      shown.append(bounds[0]...bounds[1])
    }
    head = Head(seq: seq, eventID: id)
    recovered = object["recovered"]?.texts?.compactMap { Bytes32(hex: $0) } ?? []
    hidden = object["hidden"]?.int
    self.end = .init(offset: Int64(end[0]), lineCount: end[1])
  }
}
