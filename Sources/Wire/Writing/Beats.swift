package import Host
package import Identity
package import WireFormat

/// A heartbeat that was checked: who beat, with which counter, and what it says.
package struct Beat: Sendable {
  package let handle: Handle
  package let n: Int
  package let message: Message

  /// The peer's own head and what it has verified and read of others: its receipts.
  package var seen: [Handle: Int] { seenHeads.mapValues(\.seq) }

  package var read: [Handle: Int] {
    var read: [Handle: Int] = [:]
    for member in message.body?.members?["read"]?.members?.members ?? [] {
      if let handle = Handle(member.key), let seq = member.value.int { read[handle] = seq }
    }
    return read
  }

  /// The heads that it says it has verified.
  package var seenHeads: [Handle: Head] {
    var heads: [Handle: Head] = [:]
    for member in message.body?.members?["seen"]?.members?.members ?? [] {
      if let handle = Handle(member.key), let head = Head(member.value) { heads[handle] = head }
    }
    return heads
  }

  /// Where it says its own log ends.
  package var head: Head? { message.body?.members?["head"].flatMap { Head($0) } }
}

extension Head {
  /// Nil unless the value is [seq, event_id].
  fileprivate init?(_ value: JSONValue) {
    guard let parts = value.elements, parts.count == 2, let seq = parts[0].int,
      let id = parts[1].text.flatMap(Bytes32.init(hex:))
    else { return nil }
    self.init(seq: seq, eventID: id)
  }
}

/// The beats of all agents: a file each, in which the newest complete line counts.
package enum Beats {
  /// A line this long is written whole where any append is.
  package static let lineByteLimit = 4096
  private static let fileByteLimit = 1 << 20

  package static func fileName(_ handle: Handle) -> String { "\(handle).jsonl" }

  /// The newest valid beat of an agent whose keys are these; nil when there is none.
  package static func newest(
    of handle: Handle, keys: [Bytes32], wire: Bytes32, _ shared: borrowing SharedDirectory
  ) throws(HostError) -> Beat? {
    let name = fileName(handle)
    // Right after the file was put aside its last beat is the newest one.
    if let beat = try newest(in: name, of: handle, keys: keys, wire: wire, shared) { return beat }
    return try newest(in: name + ".1", of: handle, keys: keys, wire: wire, shared)
  }

  private static func newest(
    in name: String, of handle: Handle, keys: [Bytes32], wire: Bytes32,
    _ shared: borrowing SharedDirectory
  ) throws(HostError) -> Beat? {
    guard let directory = try shared.beats() else { return nil }
    let file: OpenFile
    do {
      file = try OpenFile.open(name, in: directory, mode: .read)
    } catch {
      if error.isNotFound || error.isOfWrongKind || error.isForbidden { return nil }
      throw error
    }
    let status = try file.status()
    guard FilePolicy.anyOwner.refusal(of: status, user: Environment.effectiveUser) == nil else {
      return nil
    }
    let size = status.byteCount
    let start = max(0, size - Int64(4 * lineByteLimit))
    var lines = try file.read(at: start, count: Int(size - start)).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last LF is not complete, and what the window cut is not either.
    lines.removeLast()
    // An older beat appended again does not count: its counter is lower.
    return lines.compactMap { check(Array($0), handle, keys, wire) }.max { $0.n < $1.n }
  }

  private static func check(
    _ line: [UInt8], _ handle: Handle, _ keys: [Bytes32], _ wire: Bytes32
  ) -> Beat? {
    let span = line.span
    guard let envelope = try? Envelope.read(span), case .beat(let n) = envelope.place,
      envelope.wire == wire, envelope.kind == MessageType.heartbeat.kind,
      envelope.isFrom(handle, span), keys.contains(envelope.pk),
      EventID.of(span, envelope.fields) == envelope.eventID,
      LineSignature.holds(span, envelope, from: handle),
      let message = try? Message(span, envelope)
    else { return nil }
    return Beat(handle: handle, n: n, message: message)
  }

  /// Appends one beat without any lock on the shared file; gives its counter.
  ///
  ///     renameat beats.json          private: the counter is on disk before its beat is
  ///     openat   beats/HANDLE.jsonl  O_APPEND|O_CREAT|O_NOFOLLOW
  ///     fstat, pread                 a torn beat is ended with an LF of its own
  ///     write                        at most 4,096 bytes, once; a short one once more
  package static func append(
    _ body: JSONValue, wire: Bytes32, handle: Handle, with key: borrowing SigningKey,
    earlier keys: [Bytes32] = [], _ shared: borrowing SharedDirectory,
    _ state: borrowing PrivateState, clock: Int64
  ) throws(WireError) -> Int {
    try BeatCounters.change(state) { (counters) throws(WireError) in
      try state.requireInForce()
      // Without a counter, the own beats on the wire are the last memory of it.
      let last =
        counters[handle] > 0
        ? counters[handle] : try newestOwn(handle, keys + [key.publicKey.bytes], wire: wire, shared)
      let n = last + 1
      let draft = Draft(.heartbeat, subject: "beat", body: body, priority: .low)
      let object = draft.object(
        from: handle, pk: key.publicKey.bytes, wire: wire, place: .beat(n: n),
        at: Timestamp(microseconds: clock))
      let line = LineSignature.sign(object, as: handle, with: key) + [UInt8(ascii: "\n")]
      guard line.count < lineByteLimit else {
        throw .privateState(fileName(handle), "a beat of \(line.count) bytes, the limit is 4,096")
      }
      _ = counters.raise(handle, to: n)
      try counters.save(state)
      try WireError.lifting { () throws(HostError) in try write(line, handle, shared) }
      return n
    }
  }

  private static func newestOwn(
    _ handle: Handle, _ keys: [Bytes32], wire: Bytes32, _ shared: borrowing SharedDirectory
  ) throws(WireError) -> Int {
    try WireError.lifting { () throws(HostError) in
      try newest(of: handle, keys: keys, wire: wire, shared)?.n ?? 0
    }
  }

  private static func write(
    _ line: [UInt8], _ handle: Handle, _ shared: borrowing SharedDirectory
  ) throws(HostError) {
    let name = fileName(handle)
    let directory = try openForWriting(shared)
    let file = try OpenFile.open(
      name, in: directory, mode: .append, permissions: shared.sharing.ownFile)
    let status = try file.require(.own, named: name, in: directory)
    try shared.sharing.apply(shared.sharing.ownFile, to: file, status)
    let size = status.byteCount
    let first = try file.missingFeed(at: size) + line
    let written = try file.writeOnce(first)
    if written < first.count {
      // What came of it is ended and ignored.
      let feed = try file.missingFeed(at: size + Int64(written))
      let again = try file.writeOnce(feed + line)
      if again < feed.count + line.count {
        throw .tornWrite(file.path, wanted: feed.count + line.count, wrote: again)
      }
    }
    if size > fileByteLimit { try directory.rename(name, to: name + ".1") }
  }

  private static func openForWriting(
    _ shared: borrowing SharedDirectory
  ) throws(HostError) -> Directory {
    if let directory = try shared.beats() { return directory }
    return try shared.makeSubdirectory(SharedDirectory.beatsName)
  }
}
