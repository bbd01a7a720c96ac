import Host
package import Identity
package import WireFormat

/// What a reader remembers of one chain between two commands.
package struct HeadRecord: Equatable, Sendable {
  package var log: String
  package var head: Head
  package var spans: [KeySpan]
  package var openingKey: Bytes32?
  package var recoveries: [KeyDirectory.Recovery]
  package var verdict: ChainVerdict
  package var forkSeq: Int?
  /// Lines at fault when the log was last read whole, and since.
  package var faultCount: Int
  /// The line of the head: half of a proof, should another one turn up.
  package var headLine: [UInt8]
  /// Where it stood.
  package var headPlace: LinePlace
  /// The hash of what stands between the head's line and the end, where that is little: lines that
  /// were refused, in whose place good ones may come.
  package var tail: Bytes32?
  /// How far the log was read; a hint, like the next.
  package var end: LineStream.End
  /// The files that it was read from.
  package var layout: LogLayout

  /// Whether the lines from here on can be read without the ones before.
  var isContinuable: Bool { verdict == .sound && head.seq > 0 }

  /// Waits until the log that was read is on disk; false where another log is in its place by now.
  ///
  /// A head that is saved must not be ahead of the disk: a power cut would convict its writer.
  func synchronizeLog(_ shared: borrowing SharedDirectory) throws(HostError) -> Bool {
    guard let file = try shared.openLog(log, layout, from: headPlace.offset),
      file.layout.extends(layout)
    else { return false }
    try file.synchronizeData()
    return true
  }
}

extension HeadRecord {
  var object: JSONObject {
    [
      "log": .string(log), "seq": .integer(head.seq), "event_id": .string(head.eventID.hex),
      "spans": .array(
        spans.map { .object(["from": .integer($0.fromSeq), "pk": .string($0.pk.hex)]) }),
      "opening_key": openingKey.map { .string($0.hex) }, "verdict": .string(verdict.rawValue),
      "recoveries": .array(
        recoveries.map {
          .object([
            "seq": .integer($0.seq), "event_id": .string($0.eventID.hex), "pk": .string($0.pk.hex),
          ])
        }),
      "fork_seq": forkSeq.map { .integer($0) }, "faults": .integer(faultCount),
      "line": .string(Text(utf8: headLine)),
      "place": .array([
        .integer(headPlace.number), .integer(Int(headPlace.offset)), .integer(headPlace.byteCount),
      ]),
      "end": .array([.integer(Int(end.offset)), .integer(end.lineCount)]),
      // Most logs are one file from its first line on, and every command reads this.
      "file": layout.isSimple ? layout.live.fileValue : nil,
      "files": layout.isSimple ? nil : .array(layout.parts.map(\.value)),
      "start": layout.isSimple
        ? nil
        : .array([.integer(Int(layout.start.offset)), .integer(layout.start.lineCount)]),
      "tail": tail.map { .hex($0) },
    ]
  }

  init?(_ object: JSONObject) {
    guard let log = object["log"]?.text?.string, let seq = object["seq"]?.int,
      let id = object["event_id"]?.text.flatMap(Bytes32.init(hex:)),
      let spans = object["spans"]?.elements?.compactMap({ KeySpan($0) }),
      let verdict = object["verdict"]?.text.flatMap({ ChainVerdict(rawValue: $0.string) }),
      let faults = object["faults"]?.int, let line = object["line"]?.text,
      let place = object["place"]?.elements?.compactMap(\.int), place.count == 3,
      let end = object["end"]?.elements?.compactMap(\.int), end.count == 2,
      let layout = LogLayout(object, log)
    else { return nil }
    self.init(
      log: log, head: Head(seq: seq, eventID: id), spans: spans,
      openingKey: object["opening_key"]?.text.flatMap(Bytes32.init(hex:)),
      recoveries: object["recoveries"]?.elements?.compactMap { .init($0) } ?? [], verdict: verdict,
      forkSeq: object["fork_seq"]?.int, faultCount: faults, headLine: line.utf8,
      headPlace: LinePlace(number: place[0], offset: Int64(place[1]), byteCount: place[2]),
      tail: object["tail"]?.text.flatMap(Bytes32.init(hex:)),
      end: .init(offset: Int64(end[0]), lineCount: end[1]), layout: layout)
  }
}

extension LogLayout {
  /// One file without lines that are older than the wire.
  fileprivate var isSimple: Bool {
    archived.isEmpty && start.offset == 0 && live.start.offset == 0
  }

  /// Reads `files`, or the one `file` of a log that has no archive.
  fileprivate init?(_ object: JSONObject, _ log: String) {
    guard let values = object["files"]?.elements else {
      guard let live = LogPart(log, .init(), object["file"]) else { return nil }
      self.init(archived: [], live: live)
      return
    }
    let parts = values.compactMap { LogPart($0) }
    guard parts.count == values.count, let live = parts.last else { return nil }
    self.init(archived: parts.dropLast(), live: live)
    let bounds = object["start"]?.elements?.compactMap(\.int) ?? []
    if bounds.count == 2 { start = .init(offset: Int64(bounds[0]), lineCount: bounds[1]) }
  }
}

extension LogPart {
  fileprivate var fileValue: JSONValue { .strings([String(device), String(inode)]) }

  fileprivate var value: JSONValue {
    .object([
      "file": fileValue, "name": .string(name),
      "start": .array([.integer(Int(start.offset)), .integer(start.lineCount)]),
    ])
  }

  fileprivate init?(_ value: JSONValue) {
    guard let object = value.members, let name = object["name"]?.text?.string,
      let start = object["start"]?.elements?.compactMap(\.int), start.count == 2
    else { return nil }
    self.init(
      name, .init(offset: Int64(start[0]), lineCount: start[1]), object["file"])
  }

  fileprivate init?(_ name: String, _ start: LineStream.End, _ file: JSONValue?) {
    guard let file = file?.texts?.compactMap({ UInt64($0.string) }), file.count == 2 else {
      return nil
    }
    self.init(name, start: start, device: file[0], inode: file[1])
  }
}

extension KeyDirectory.Recovery {
  init?(_ value: JSONValue) {
    guard let object = value.members, let seq = object["seq"]?.int,
      let eventID = object["event_id"]?.text.flatMap(Bytes32.init(hex:)),
      let pk = object["pk"]?.text.flatMap(Bytes32.init(hex:))
    else { return nil }
    self.init(seq: seq, eventID: eventID, pk: pk)
  }
}

extension KeySpan {
  init?(_ value: JSONValue) {
    guard let from = value.members?["from"]?.int,
      let pk = value.members?["pk"]?.text.flatMap(Bytes32.init(hex:))
    else { return nil }
    self.init(fromSeq: from, pk: pk)
  }
}
