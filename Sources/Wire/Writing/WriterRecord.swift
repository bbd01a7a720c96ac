package import WireFormat

/// What an agent remembers of its own writing on one wire.
package struct WriterRecord: Equatable, Sendable {
  /// The last line that was stored.
  package var head = Head.none
  /// Where that line stands in the log.
  package var place = LinePlace(number: 0, offset: 0, byteCount: -1)
  /// The timestamp of the last line.
  package var timestamp = Timestamp(microseconds: .min)
  /// Appends since this record was last fsynced.
  package var unsyncedCount = 0

  package static let name = "writer.json"
  package static let lockName = "writer.lock"

  package init() {}

  /// What was saved; nil when nothing ever was.
  package static func load(
    _ state: borrowing PrivateState
  ) throws(WireError) -> WriterRecord? {
    guard let object = try state.readObject(name) else { return nil }
    guard let seq = object["seq"]?.int,
      let id = object["event_id"]?.text.flatMap(Bytes32.init(hex:)),
      let place = object["place"]?.elements?.compactMap(\.int), place.count == 3,
      let timestamp = object["timestamp"]?.int, let unsynced = object["unsynced"]?.int
    else { throw .privateState("\(state.path)/\(name)", "damaged") }
    var record = WriterRecord()
    record.head = Head(seq: seq, eventID: id)
    record.place = LinePlace(number: place[0], offset: Int64(place[1]), byteCount: place[2])
    record.timestamp = Timestamp(microseconds: Int64(timestamp))
    record.unsyncedCount = unsynced
    return record
  }

  /// So often a save is durable: a power cut leaves at most twice as many lines to adopt.
  private static let syncInterval = 32

  package mutating func save(_ state: borrowing PrivateState) throws(WireError) {
    unsyncedCount += 1
    let isDurable = unsyncedCount >= Self.syncInterval
    if isDurable { unsyncedCount = 0 }
    let object: JSONObject = [
      "seq": .integer(head.seq), "event_id": .string(head.eventID.hex),
      "place": .array([
        .integer(place.number), .integer(Int(place.offset)), .integer(place.byteCount),
      ]),
      "timestamp": .integer(Int(timestamp.microseconds)), "unsynced": .integer(unsyncedCount),
    ]
    try state.write(object, to: Self.name, durable: isDurable)
  }

  /// The clock, plus 1 µs only while it equals the writer's previous stamp; it orders nothing.
  package mutating func stamp(at clock: Int64) -> Timestamp {
    let now = clock == timestamp.microseconds ? clock &+ 1 : clock
    timestamp = Timestamp(microseconds: now)
    return timestamp
  }
}
