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
  private let writer: LogWriter
  private let key: SigningKey
  private let shared: SharedDirectory
  private let state: PrivateState

  init(_ wire: BenchWire, as handle: Handle) throws {
    let shared = try SharedDirectory.open(wire.path)
    let genesis = try shared.genesis()
    guard let log = genesis.members.first(where: { $0.handle == handle })?.log else {
      throw BenchFailure("\(handle) is no member")
    }
    let key = try KeyStore(wire.places).signingKey(handle)
    let state = try PrivateState.open(wire.places.state(wire: genesis.id, handle: handle))
    writer = LogWriter(wire: genesis.id, handle: handle, log: log)
    self.key = key
    self.shared = shared
    self.state = state
  }

  /// Signs and stores one line durably; where fsync costs nothing, that costs nothing either.
  mutating func append(_ draft: Draft) throws -> Receipt {
    try writer.append(draft, with: key, shared, state, clock: WallClock.now())
  }

  /// Adds so many signed lines as fast as it goes, and one more by the library's own append.
  mutating func grow(by count: Int, _ draft: Draft) throws {
    var record = try WriterRecord.load(state) ?? WriterRecord()
    let file = try OpenFile.open(
      writer.log, in: shared.directory, mode: .append, permissions: 0o644)
    var block: [UInt8] = []
    for _ in 0..<count {
      let place = Envelope.Place.chain(seq: record.head.seq + 1, prev: record.head.eventID)
      let object = draft.object(
        from: writer.handle, pk: key.publicKey.bytes, wire: writer.wire, place: place,
        at: record.stamp(at: WallClock.now()))
      let line = LineSignature.sign(object, as: writer.handle, with: key)
      let envelope = try Envelope.read(line.span)
      record.head = Head(seq: record.head.seq + 1, eventID: envelope.eventID)
      block += line
      block.append(UInt8(ascii: "\n"))
      if block.count > 1 << 20 {
        try file.writeWhole(block)
        block.removeAll(keepingCapacity: true)
      }
    }
    try file.writeWhole(block)
    try record.save(state)
    // The place of the last line is not in the record: this finds it by reading the log once.
    _ = try append(draft)
  }
}
