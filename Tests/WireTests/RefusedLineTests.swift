import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A bad line never stops the lines after it")
struct RefusedLineTests {
  /// A founder's log of five lines.
  private func five() throws -> TestWire {
    var wire = try TestWire()
    try wire.join()
    for number in 2...5 { try wire.note("note \(number)", by: "ada") }
    return wire
  }

  /// Both audits find these faults in ada's log, and her chain reaches this seq.
  private func check(_ wire: TestWire, _ faults: [String], head: Int = 5) throws {
    for everySignature in [false, true] {
      let audit = try wire.audit(everySignature: everySignature)
      #expect(audit.faults(of: "ada") == faults)
      #expect(audit.bad.count == faults.count)
      #expect(audit.reading.chains["ada"]?.head.seq == head)
    }
  }

  @Test("no line of the reject vectors holds a place", arguments: RejectedLine.all)
  func rejected(line: RejectedLine) throws {
    var wire = try five()
    wire.insert(line.bytes, at: 2, of: "ada")
    let lines = line.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    try check(wire, lines.indices.map { "\(3 + $0) malformed" })
  }

  @Test("the reject vectors are whole")
  func whole() { #expect(RejectedLine.all.count >= 55) }

  enum Odd: CaseIterable {
    case empty
    case space
    case nul
    case nuls
    case carriageReturn
    case limit
    case limitAndOne
    case tenMegabytes
    case tenMegabytesOfNUL

    var bytes: [UInt8] {
      switch self {
      case .empty: []
      case .space: [0x20]
      case .nul: [0]
      case .nuls: [UInt8](repeating: 0, count: 5000)
      case .carriageReturn: [0x0D]
      case .limit: [UInt8](repeating: 0x61, count: 262_144)
      case .limitAndOne: [UInt8](repeating: 0x61, count: 262_145)
      case .tenMegabytes: [UInt8](repeating: 0x61, count: 10_000_000)
      case .tenMegabytesOfNUL: [UInt8](repeating: 0, count: 10_000_000)
      }
    }
  }

  @Test("bytes of no message between good lines are malformed", arguments: Odd.allCases, [0, 2, 5])
  func odd(_ odd: Odd, at index: Int) throws {
    var wire = try five()
    wire.insert(odd.bytes, at: index, of: "ada")
    try check(wire, ["\(index + 1) malformed"])
  }

  @Test("bytes behind the last LF are no line", arguments: Odd.allCases)
  func tail(_ odd: Odd) throws {
    var wire = try five()
    wire.tails["ada"] = odd.bytes
    try check(wire, [])
  }

  @Test("a torn line is no line, however much of it was written")
  func torn() throws {
    var wire = try five()
    let whole = try #require(wire.logs["ada"]?.last)
    wire.dropLine(4, of: "ada")
    for count in stride(from: 1, through: whole.count, by: 97) + [whole.count] {
      wire.tails["ada"] = Array(whole.prefix(count))
      try check(wire, [], head: 4)
    }
  }

  @Test("a torn line that was written over is malformed, and its seq comes again")
  func tornAndFinished() throws {
    var wire = try five()
    let torn = Array(try #require(wire.logs["ada"]?[3]).prefix(60))
    wire.insert(torn, at: 3, of: "ada")
    try check(wire, ["4 malformed"])
  }

  @Test("a line of the largest size is good, one byte more is none", arguments: [0, 1])
  func size(_ more: Int) throws {
    var wire = try TestWire()
    try wire.join()
    let empty = try wire.copyOfNote().count
    let subject = String(repeating: "s", count: 262_144 - empty + more)
    try wire.write(Draft(.feedback, subject: Text(subject), body: .string("")), by: "ada")
    #expect(wire.logs["ada"]?.last?.count == 262_144 + more)
    try wire.note(by: "ada")
    try check(wire, more == 0 ? [] : ["2 malformed", "3 gap"], head: more == 0 ? 3 : 1)
  }

  @Test("a body of the largest size is good, one byte more is none", arguments: [0, 1])
  func body(_ more: Int) throws {
    var wire = try TestWire()
    try wire.join()
    try wire.note(String(repeating: "b", count: 65_536 - 2 + more), by: "ada")
    try check(wire, more == 0 ? [] : ["2 malformed"], head: more == 0 ? 2 : 1)
  }

  @Test("64 refs are good, 65 are none", arguments: [64, 65])
  func refs(_ count: Int) throws {
    var wire = try TestWire()
    try wire.join()
    try wire.note(by: "ada") { $0["refs"] = .strings((0..<count).map { "r\($0)" }) }
    try check(wire, count == 64 ? [] : ["2 malformed"], head: count == 64 ? 2 : 1)
  }

  private static let required: [Text] = [
    "ack_required", "body", "correlation_id", "from", "kind", "pk", "prev", "priority", "refs",
    "seq", "subject", "timestamp", "to", "type", "v", "wire",
  ]

  @Test("a line without a required field is malformed and leaves a gap", arguments: required)
  func missing(field: Text) throws {
    var wire = try TestWire()
    try wire.join()
    try wire.note(by: "ada") { $0[field] = nil }
    try wire.note(by: "ada")
    try check(wire, ["2 malformed", "3 gap"], head: 1)
  }

  @Test("a beat in a log is malformed")
  func beat() throws {
    var wire = try five()
    let line = try wire.variant(of: 2, of: "ada") { object in
      (object["seq"], object["prev"], object["n"]) = (nil, nil, .integer(1))
    }
    wire.insert(line, at: 2, of: "ada")
    try check(wire, ["3 malformed"])
  }

  @Test("the same message in another spelling is not canonical")
  func spelling() throws {
    var wire = try five()
    let line = try #require(wire.logs["ada"]?[2])
    wire.insert(line + [0x20], at: 3, of: "ada")
    wire.insert(line + [0x0D], at: 4, of: "ada")
    try check(wire, ["4 not_canonical", "5 not_canonical"])
  }

  @Test("an altered byte is found, and what follows it is behind a gap")
  func altered() throws {
    var random = RandomSource("altered")
    let whole = try five()
    for _ in 0..<60 {
      var wire = whole
      let line = wire.logs["ada"]?[2] ?? []
      let offset = random.below(line.count)
      wire.alterByte(offset, ofLine: 2, of: "ada")
      let audit = try wire.audit(everySignature: true)
      let first = audit.faults(of: "ada").first
      #expect(first?.hasPrefix("3 ") == true, "byte \(offset)")
      #expect(audit.reading.chains["ada"]?.head.seq == (first == "3 bad_signature" ? 5 : 2))
    }
  }
}

extension TestWire {
  /// A note with an empty subject and body, as long as the next line of ada would be.
  fileprivate func copyOfNote() throws -> [UInt8] {
    var copy = self
    try copy.write(Draft(.feedback, subject: "", body: .string("")), by: "ada")
    return copy.logs["ada"]?.last ?? []
  }
}
