import Host
import Identity
package import WireFormat

/// What an agent remembers of its own writing on one wire.
package struct WriterRecord: Equatable, Sendable {
  /// The last line that was stored.
  package var head = Head.none
  /// Where that line stands in the log.
  package var place = LinePlace(number: 0, offset: 0, byteCount: -1)
  /// The timestamp of the last line.
  package var timestamp = Timestamp(microseconds: .min)
  /// The last line that can change the state: a reader of the own log needs none of those after it.
  package var factSeq = 0
  /// How often it was saved.
  fileprivate(set) var serial = 0

  package init() {}

  /// The clock, plus 1 µs only while it equals the writer's previous stamp; it orders nothing.
  package mutating func stamp(at clock: Int64) -> Timestamp {
    let now = clock == timestamp.microseconds ? clock &+ 1 : clock
    timestamp = Timestamp(microseconds: now)
    return timestamp
  }
}

/// The file of the writer's record, which is also the lock under which it writes.
///
/// Two records stand in it, 512 bytes each. A save overwrites the older one in place, so that a
/// kill or a power cut in the middle of it tears at most that one, which its check then tells; the
/// newest whole one counts. Faster than a new file at every append, and it cannot come back empty.
package struct WriterFile: ~Copyable {
  private let file: OpenFile
  /// What was saved last; nil when nothing ever was.
  package private(set) var record: WriterRecord?

  package static let name = "writer.jsonl"
  private static let slotByteCount = 512
  private static let slotCount = 2
  /// So often a save is durable: a power cut leaves at most twice as many lines to adopt.
  package static let syncInterval = 32

  /// Locks and reads it; it is unlocked when it goes.
  package static func lock(_ state: borrowing PrivateState) throws(WireError) -> WriterFile {
    let file = try state.lock(name)
    let record = try read(file)
    return WriterFile(file: file, record: record)
  }

  /// What stands there now, without waiting for anybody; nil when nothing was ever saved.
  package static func peek(_ state: borrowing PrivateState) throws(WireError) -> WriterRecord? {
    let found = try WireError.lifting { () throws(HostError) in
      let file = try OpenFile.find(name, in: state.directory)
      try file?.require(.secret)
      return file
    }
    guard let found else { return nil }
    return try read(found)
  }

  private static func read(_ file: borrowing OpenFile) throws(WireError) -> WriterRecord? {
    let bytes = try WireError.lifting { () throws(HostError) in
      try file.read(at: 0, count: slotByteCount * slotCount)
    }
    if bytes.isEmpty { return nil }
    var newest: WriterRecord?
    for slot in 0..<slotCount {
      let part = bytes.dropFirst(slot * slotByteCount).prefix(slotByteCount)
      guard let record = WriterRecord(slot: Array(part)) else { continue }
      if record.serial > newest?.serial ?? 0 { newest = record }
    }
    guard let newest else { throw .privateState(file.path, "damaged") }
    return newest
  }

  /// Puts a record in place of the older of the two.
  ///
  /// The first save makes the file itself durable.
  package mutating func save(
    _ record: WriterRecord, _ state: borrowing PrivateState
  ) throws(WireError) {
    let isFirst = self.record == nil
    var next = record
    next.serial = (self.record?.serial ?? 0) + 1
    let slot = next.slot(byteCount: Self.slotByteCount)
    try WireError.lifting { () throws(HostError) in
      if isFirst {
        // Both at once: no later save needs room on the disk.
        try file.overwrite(slot + slot, at: 0)
      } else {
        try file.overwrite(slot, at: Int64(next.serial % Self.slotCount * Self.slotByteCount))
      }
      if isFirst || next.serial.isMultiple(of: Self.syncInterval) { try file.synchronizeData() }
      if isFirst { try state.directory.synchronize() }
    }
    self.record = next
  }
}

extension WriterRecord {
  /// One line of JSON with a check of its own, filled up with spaces before its LF.
  fileprivate func slot(byteCount: Int) -> [UInt8] {
    var object = object
    object["check"] = .string(Self.check(object))
    var bytes = CanonicalWriter.bytes(of: object)
    bytes.reserveCapacity(byteCount)
    while bytes.count < byteCount - 1 { bytes.append(UInt8(ascii: " ")) }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private var object: JSONObject {
    [
      "event_id": .string(head.eventID.hex), "fact_seq": .integer(factSeq),
      "place": .array([
        .integer(place.number), .integer(Int(place.offset)), .integer(place.byteCount),
      ]),
      "save": .integer(serial), "seq": .integer(head.seq),
      "timestamp": .integer(Int(timestamp.microseconds)),
    ]
  }

  private static func check(_ object: JSONObject) -> String {
    String(SHA256Hasher.hash(CanonicalWriter.bytes(of: object)).hex.prefix(16))
  }

  /// Nil for a record that was torn, or is none.
  fileprivate init?(slot: [UInt8]) {
    guard var object = try? JSONParser.record(slot), let check = object["check"]?.text else {
      return nil
    }
    object["check"] = nil
    guard check == Text(Self.check(object)), let seq = object["seq"]?.int,
      let id = object["event_id"]?.text.flatMap(Bytes32.init(hex:)),
      let factSeq = object["fact_seq"]?.int, let serial = object["save"]?.int,
      let place = object["place"]?.elements?.compactMap(\.int), place.count == 3,
      let timestamp = object["timestamp"]?.int
    else { return nil }
    head = Head(seq: seq, eventID: id)
    self.place = LinePlace(number: place[0], offset: Int64(place[1]), byteCount: place[2])
    self.timestamp = Timestamp(microseconds: Int64(timestamp))
    (self.factSeq, self.serial) = (factSeq, serial)
  }
}
