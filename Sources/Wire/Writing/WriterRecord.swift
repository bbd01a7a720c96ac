import Host
package import Identity
package import WireFormat

/// What an agent remembers of its own writing on one wire.
package struct WriterRecord: Equatable, Sendable {
  /// The last line that was stored.
  package var head = Head.none
  /// Where that line stands in the log.
  package var place = LinePlace(number: 0, offset: 0, byteCount: -1)
  /// Where in the log the file begins that still grows: behind all that is archived.
  package internal(set) var base: Int64 = 0
  /// The timestamp of the last line.
  package var timestamp = Timestamp(microseconds: .min)
  /// The last line that can change the state: a reader of the own log needs none of those after it.
  package var factSeq = 0
  /// The key that the next line must have, and the first line that it signs; nil before any line,
  /// and in records that were made before keys changed: then it is the opening one.
  package var key: KeySpan?
  /// The key of the last recovery that this writer has gone on by, and its first place.
  package var recovered: KeySpan?
  /// The first digits of the keys of recoveries before it, the newest last.
  fileprivate(set) var earlierRecovered: [String] = []
  /// How often it was saved.
  fileprivate(set) var serial = 0

  package init() {}

  /// A record of a log that ends with this line, and whose growing file begins at `base`.
  package init(head: Head, end: LineStream.End, base: Int64 = 0) {
    self.head = head
    self.base = base
    // The next line goes to the end of the file, whatever stands between it and the own head.
    place = LinePlace(number: end.lineCount, offset: end.offset, byteCount: -1)
    factSeq = head.seq
  }

  /// Whether the members' decision has cut the chain before this record's line.
  ///
  /// Until the writer goes on behind the cut, what it remembers is what the decision left behind,
  /// also where it had changed its key there. It may cut behind an earlier one or before it. A chain
  /// that goes on by none but recoveries that the writer has left behind says nothing: that may be an
  /// older state of the log.
  package func isCutOff(by recoveries: [KeyDirectory.Recovery], in spans: [KeySpan]) -> Bool {
    let standing = recovered.map { spans.contains($0) ? $0.fromSeq : 0 } ?? 0
    return recoveries.contains {
      $0.isFollowed(in: spans) && (standing..<max(standing, head.seq)).contains($0.seq)
        && !hasGone(by: $0.pk)
    }
  }

  private func hasGone(by pk: Bytes32) -> Bool {
    recovered?.pk == pk || earlierRecovered.contains(Self.digits(of: pk))
  }

  /// Keeps which of these the chain goes on by.
  package mutating func follow(_ recoveries: [KeyDirectory.Recovery], in spans: [KeySpan]) {
    let followed = recoveries.filter { $0.isFollowed(in: spans) }.sorted { $0.seq < $1.seq }
    guard let newest = followed.last else { return }
    let passed = followed.dropLast().map(\.pk) + [recovered?.pk].compactMap { $0 }
    recovered = KeySpan(fromSeq: newest.seq + 1, pk: newest.pk)
    for pk in passed where !hasGone(by: pk) { earlierRecovered.append(Self.digits(of: pk)) }
    earlierRecovered = earlierRecovered.suffix(Self.earlierLimit)
  }

  /// Takes over what another record of the same log says of recoveries.
  mutating func keepRecoveries(of other: WriterRecord) {
    (recovered, earlierRecovered) = (other.recovered, other.earlierRecovered)
  }

  /// These fit the slot, with every number as long as it can be.
  private static let earlierLimit = 10
  fileprivate static let earlierDigits = 8

  private static func digits(of pk: Bytes32) -> String { String(pk.hex.prefix(earlierDigits)) }

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

  package static let name = "writer.txt"
  private static let slotByteCount = 512
  private static let slotCount = 2
  /// So often a save is durable: a power cut leaves at most twice as many lines to adopt.
  package static let syncInterval = 32

  /// Locks and reads it; it is unlocked when it goes.
  package static func lock(_ state: borrowing PrivateState) throws(WireError) -> WriterFile {
    let file = try state.lock(name, unless: .signUnlocked)
    try state.requireInForce()
    let record = try read(file)
    return WriterFile(file: file, record: record)
  }

  /// The same where a record that cannot be read is to be replaced.
  package static func lockForRepair(
    _ state: borrowing PrivateState
  ) throws(WireError) -> WriterFile {
    let file = try state.lock(name)
    try state.requireInForce()
    let record = (try? read(file)) ?? nil
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
    var slots = (0..<slotCount).map { slot in
      Array(bytes.dropFirst(slot * slotByteCount).prefix(slotByteCount))
    }
    slots.sort { WriterRecord.serial(of: $0) > WriterRecord.serial(of: $1) }
    for slot in slots {
      if let record = WriterRecord(slot: slot) { return record }
    }
    // The first save writes both at once: of one that was cut off nothing was ever used.
    let isWhole = bytes.count == slotByteCount * slotCount && bytes.contains { $0 != 0 }
    if !isWhole { return nil }
    throw .privateState(file.path, "damaged")
  }

  /// Puts a record in place of the older of the two.
  ///
  /// The first save makes the file itself durable, and so does one that replaces both.
  package mutating func save(
    _ record: WriterRecord, _ state: borrowing PrivateState, replacingBoth: Bool = false,
    durable: Bool = false
  ) throws(WireError) {
    let isFirst = self.record == nil || replacingBoth
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
      if isFirst || durable || next.serial.isMultiple(of: Self.syncInterval) {
        try file.synchronizeData()
      }
      if isFirst { try state.directory.synchronize() }
    }
    self.record = next
  }
}

extension WriterRecord {
  /// Words with single spaces between, a check of them at the end, filled up with spaces.
  ///
  ///     SAVE SEQ EVENT_ID LINE OFFSET BYTES TIMESTAMP FACT_SEQ BASE KEY_SEQ KEY
  ///     RECOVERED_SEQ RECOVERED_KEY EARLIER_RECOVERED CHECK
  fileprivate func slot(byteCount: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    for number in [serial, head.seq] { Self.append(String(number), to: &bytes) }
    Self.append(head.eventID.hex, to: &bytes)
    for number in [
      place.number, Int(place.offset), place.byteCount, Int(timestamp.microseconds), factSeq,
      Int(base),
    ] { Self.append(String(number), to: &bytes) }
    for span in [key, key == nil ? nil : recovered].compactMap({ $0 }) {
      Self.append(String(span.fromSeq), to: &bytes)
      Self.append(span.pk.hex, to: &bytes)
    }
    if key != nil, recovered != nil, !earlierRecovered.isEmpty {
      Self.append(earlierRecovered.joined(), to: &bytes)
    }
    bytes += Self.check(bytes).utf8
    while bytes.count < byteCount - 1 { bytes.append(UInt8(ascii: " ")) }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private static func append(_ word: String, to bytes: inout [UInt8]) {
    bytes += Array(word.utf8)
    bytes.append(UInt8(ascii: " "))
  }

  private static func check(_ bytes: [UInt8]) -> String {
    String(SHA256Hasher.hash(bytes).hex.prefix(16))
  }

  /// What a slot says of its age, for the order in which to look at them.
  fileprivate static func serial(of slot: [UInt8]) -> Int {
    var serial = 0
    for byte in slot.prefix(16) {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      serial = serial * 10 + Int(digit)
    }
    return serial
  }

  /// Nil for a record that was torn, or is none.
  fileprivate init?(slot: [UInt8]) {
    var words: [[UInt8]] = []
    var start = 0
    for index in slot.indices where slot[index] == UInt8(ascii: " ") && words.count < 15 {
      // What follows is filling.
      if index == start { break }
      words.append(Array(slot[start..<index]))
      start = index + 1
    }
    let covered = Array(slot[..<max(0, start - 17)])
    guard let check = words.popLast(), Array(Self.check(covered).utf8) == check else { return nil }
    // Before logs had archives there was no base, and no key before keys could change.
    if words.count == 8 { words.append(Array("0".utf8)) }
    if words.count == 14, let digits = words.popLast() {
      earlierRecovered = stride(from: 0, to: digits.count, by: Self.earlierDigits).map {
        String(decoding: digits[$0..<min($0 + Self.earlierDigits, digits.count)], as: UTF8.self)
      }
    }
    if words.count == 13 {
      guard let span = Self.span(words.suffix(2)) else { return nil }
      recovered = span
      words.removeLast(2)
    }
    if words.count == 11 {
      guard let span = Self.span(words.suffix(2)) else { return nil }
      key = span
      words.removeLast(2)
    }
    guard words.count == 9 else { return nil }
    let numbers = words.map { Int(String(decoding: $0, as: UTF8.self)) }
    guard
      let id = Bytes32(hex: Text(utf8: words[2])), let serial = numbers[0], let seq = numbers[1],
      let line = numbers[3], let offset = numbers[4], let byteCount = numbers[5],
      let timestamp = numbers[6], let factSeq = numbers[7], let base = numbers[8]
    else { return nil }
    head = Head(seq: seq, eventID: id)
    place = LinePlace(number: line, offset: Int64(offset), byteCount: byteCount)
    self.timestamp = Timestamp(microseconds: Int64(timestamp))
    (self.factSeq, self.serial, self.base) = (factSeq, serial, Int64(base))
  }

  private static func span(_ words: ArraySlice<[UInt8]>) -> KeySpan? {
    guard let seq = words.first, let hex = words.last,
      let from = Int(String(decoding: seq, as: UTF8.self)), let pk = Bytes32(hex: Text(utf8: hex))
    else { return nil }
    return KeySpan(fromSeq: from, pk: pk)
  }
}
