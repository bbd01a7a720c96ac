import Host
import Identity
import Protocol
import WireFormat

/// How fast verified messages become state, and what each that can be cited costs in memory.
struct FoldRows {
  let bench: Bench

  func measure() throws -> [Row] {
    let count = bench.plan.size(1_000_000, quick: 100_000)
    let size = count >= 1_000_000 ? "10^6" : "10^5"
    var time = Row("fold/time", "fold of \(size) messages", .atMost(3), .seconds)
    var memory = Row("fold/memory", "memory of a citable message", .atMost(40), .plainBytes)
    var mix = try MessageMix()
    // What one batch needs beside the state is there before the first is counted.
    _ = try MessageMix().warm(Self.batch)
    let bytesBefore = try Self.residentByteCount()
    var state = WireState(mix.genesis)
    var parsing: Int64 = 0
    var folding: Int64 = 0
    var folded = 0
    while folded < count {
      let lines = try mix.next(min(Self.batch, count - folded))
      let start = MonotonicClock.now()
      let messages = try lines.map { try Message($0.bytes.span, $0.envelope) }
      let read = MonotonicClock.now()
      for message in messages { _ = state.fold(message) }
      folding += MonotonicClock.now() - read
      parsing += read - start
      folded += messages.count
    }
    let bytesAfter = try Self.residentByteCount()
    let start = MonotonicClock.now()
    let history = state.history
    let ratified = state.ratified(under: history).count
    let judging = MonotonicClock.now() - start
    guard ratified == mix.ratifiedCount else {
      throw BenchFailure("\(ratified) decisions count, not \(mix.ratifiedCount)")
    }
    time.measured = Measure([Double(folding + judging) / 1e9], .seconds)
    time.judged = time.measured
    time.notes = [
      "of which judging \(ratified) decisions \(Self.text(judging)); "
        + "reading the fields of all lines before it \(Self.text(parsing))"
    ]
    memory.measured = Measure(
      [Double(bytesAfter - bytesBefore) / Double(mix.citableCount)], .plainBytes)
    memory.judged = memory.measured
    memory.notes = ["\(mix.citableCount) proposals, answers, decisions and withdrawals in \(size)"]
    return [time, memory]
  }

  private static let batch = 5_000

  private static func text(_ nanoseconds: Int64) -> String {
    Unit.seconds.text(Double(nanoseconds) / 1e9)
  }

  /// The memory that this process has now; proc(5), /proc/self/statm.
  private static func residentByteCount() throws -> Int {
    let bytes = try Directory.open("/proc/self", followLast: true)
      .readFile("statm", limit: 256, policy: .anyOwner)
    let words = (bytes ?? []).split(separator: UInt8(ascii: " "))
    guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self)) else {
      throw BenchFailure("/proc/self/statm does not say how much memory is used")
    }
    return pages * 4_096
  }
}

/// Messages as two agents exchange them, unsigned: a fold is given what was verified.
///
/// Of eight, one is a proposal, one its answer, one what settles it, and five are of other types.
private struct MessageMix {
  let genesis: Genesis
  private(set) var citableCount = 0
  private(set) var ratifiedCount = 0
  private let handles: [Handle]
  private var seqs: [Int] = [0, 0]
  private var number = 0
  private var now = Timestamp(microseconds: 1_800_000_000_000_000)
  private var proposal = Bytes32.zero
  private var ack = Bytes32.zero

  init() throws {
    handles = [try Handle("forge"), try Handle("scribe")]
    let key = try SigningKey.generate()
    genesis = try Genesis(
      Genesis.make(
        founder: handles[0], key: key,
        members: handles.map { .init(handle: $0, log: LogName.make(for: $0, among: [])) },
        domains: [:], tiers: [:], nonce: SecureRandom.bytes(16), at: now))
  }

  /// A batch of another mix.
  func warm(_ count: Int) throws -> Int {
    var other = self
    return try other.next(count).map { try Message($0.bytes.span, $0.envelope) }.count
  }

  mutating func next(_ count: Int) throws -> [(bytes: [UInt8], envelope: Envelope)] {
    try (0..<count).map { _ in
      defer { number += 1 }
      return try next()
    }
  }

  private mutating func next() throws -> (bytes: [UInt8], envelope: Envelope) {
    let round = number / 8
    let proposer = round % 2
    switch number % 8 {
    case 0:
      citableCount += 1
      let body: JSONObject = ["text": .string(BenchText.long), "domains": .strings(["net"])]
      let line = try write(
        Draft(.proposal, subject: Text(BenchText.subject), body: .object(body)), by: proposer)
      proposal = line.envelope.eventID
      return line
    case 2:
      citableCount += 1
      let isNo = round % 20 == 7
      let draft = Draft(
        isNo ? .decline : .ack, subject: Text(BenchText.subject), body: .string("yes"),
        re: proposal)
      let line = try write(draft, by: 1 - proposer)
      ack = line.envelope.eventID
      return line
    case 5 where round % 20 != 7:
      citableCount += 1
      guard round % 20 != 11 else {
        let body: JSONValue = .object(["withdraw": .bool(true)])
        return try write(
          Draft(.correction, subject: "withdrawn", body: body, re: proposal), by: proposer)
      }
      ratifiedCount += 1
      let body: JSONValue = .object(["acks": .strings([ack.hex])])
      return try write(
        Draft(.decision, subject: Text(BenchText.subject), body: body, re: proposal), by: proposer)
    default:
      let types: [MessageType] = [.request, .feedback, .ship, .warning, .incident]
      return try write(
        Draft(
          types[number % 5], subject: Text(BenchText.subject), body: .string(BenchText.long)),
        by: number % 2)
    }
  }

  private mutating func write(
    _ draft: Draft, by index: Int
  ) throws -> (bytes: [UInt8], envelope: Envelope) {
    now = now.adding(seconds: 1)
    seqs[index] += 1
    var object = draft.object(
      from: handles[index], pk: genesis.founderKey, wire: genesis.id,
      place: .chain(seq: seqs[index], prev: .zero), at: now)
    object["event_id"] = .hex(EventID.of(object))
    object["public_key_id"] = .string("\(handles[index]):00000000")
    object["signature"] = .string(String(repeating: "A", count: 86) + "==")
    let bytes = CanonicalWriter.bytes(of: object)
    return (bytes, try Envelope.read(bytes.span))
  }
}
