import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Both audits come to one state, whatever befell the files")
struct AuditAgreementTests {
  private static let seeds = 220
  private static let seedsInACase = 20

  @Test("of random damaged wires", arguments: 0..<(seeds / seedsInACase))
  func agreement(block: Int) throws {
    for seed in block * Self.seedsInACase..<(block + 1) * Self.seedsInACase {
      var random = RandomSource("damage \(seed)")
      var wire = try WireGenerator.wire(random, steps: 8)
      for _ in 0..<(1 + random.below(5)) { try wire.damage(&random) }
      try Scratch.run { path in
        try wire.write(to: path)
        let byChain = try Audit.atPath(path)
        let byLine = try Audit.atPath(path, everySignature: true)
        try #require(byChain.decisions == byLine.decisions, "wire \(seed)")
        let renderings = [byChain, byLine].map(\.reading.state.rendering)
        try #require(renderings[0] == renderings[1], "wire \(seed)")
        try #require(byChain.reading.heads == byLine.reading.heads, "wire \(seed)")
        try #require(byChain.reading.folded == byLine.reading.folded, "wire \(seed)")
        try #require(byLine.unseenSignatures == 0)
        try #require(isSaid(byChain.bad, in: byLine.bad), "wire \(seed)")
        try #require(hasOneReasonALine(byChain.bad) && hasOneReasonALine(byLine.bad))
      }
    }
  }

  @Test("however small the parts in which the logs are read", arguments: 0..<5)
  func parts(block: Int) throws {
    for seed in block * Self.seedsInACase..<(block + 1) * Self.seedsInACase {
      var random = RandomSource("parts \(seed)")
      var wire = try WireGenerator.wire(random, steps: 6)
      for _ in 0..<(1 + random.below(5)) { try wire.damage(&random) }
      try Scratch.run { path in
        try wire.write(to: path)
        for everySignature in [false, true] {
          let whole = try Audit.atPath(path, everySignature: everySignature)
          for size in [1 + random.below(40), 1 + random.below(3_000)] {
            let parts = try Audit.atPath(
              path, everySignature: everySignature, partByteCount: size)
            try #require(parts.bad == whole.bad, "wire \(seed), parts of \(size)")
            try #require(parts.reading.heads == whole.reading.heads)
            try #require(parts.reading.folded == whole.reading.folded)
            try #require(parts.reading.state.rendering == whole.reading.state.rendering)
            try #require(parts.lineCount == whole.lineCount)
            try #require(parts.unseenSignatures == whole.unseenSignatures)
          }
        }
      }
    }
  }

  /// Whoever looks at more signatures reports as many lines, and others only for their signature.
  private func isSaid(_ some: [Audit.BadLine], in all: [Audit.BadLine]) -> Bool {
    let places = Set(some.map(\.place))
    return places.isSubset(of: all.map(\.place))
      && all.allSatisfy { places.contains($0.place) || $0.reason == .badSignature }
  }

  private func hasOneReasonALine(_ bad: [Audit.BadLine]) -> Bool {
    Set(bad.map(\.place)).count == bad.count
  }

  @Test("the damage is of every kind")
  func coverage() throws {
    var reasons: Set<LineFault> = []
    for seed in 0..<(16 * TestWire.damageKinds) {
      var random = RandomSource("kind of damage \(seed)")
      var wire = try WireGenerator.wire(random, steps: 4)
      try wire.damage(&random, kind: seed % TestWire.damageKinds)
      reasons.formUnion(try wire.audit(everySignature: true).bad.map(\.reason))
    }
    let all: Set<LineFault> = [
      .malformed, .notCanonical, .wrongWire, .unknownKey, .eventIDMismatch, .badSignature, .gap,
      .fork, .critUnknown, .kindMismatch,
    ]
    #expect(all.isSubset(of: reasons), "\(all.subtracting(reasons)) never came")
  }
}

extension Audit.BadLine {
  fileprivate var place: String { "\(file):\(line)" }
}

extension TestWire {
  fileprivate static let damageKinds = 13

  /// One thing that can befall a log, by its number or any.
  fileprivate mutating func damage(_ random: inout RandomSource, kind: Int? = nil) throws {
    let written = handles.filter { !(logs[$0] ?? []).isEmpty }
    guard !written.isEmpty else { return }
    let handle = random.pick(written)
    let count = logs[handle]?.count ?? 0
    let index = random.below(count)
    let line = logs[handle]?[index] ?? []
    switch kind ?? random.below(Self.damageKinds) {
    case 0: if count > 1 { dropLine(index, of: handle) }
    case 1: swapLines(index, random.below(count), of: handle)
    case 2: alterByte(random.below(max(line.count, 1)), ofLine: index, of: handle)
    case 3: insert(Array(line.prefix(40)), at: index, of: handle)
    case 4: insert(line + [0x20], at: index, of: handle)
    case 5: repeatLines(index..<min(count, index + 4), of: handle)
    case 6: tails[handle] = Array(line.prefix(100))
    case 7: try? spoilKeyID(index, of: handle)
    case 8: insertVariant(at: index, of: handle, in: index + 1)
    case 9:
      insertVariant(at: index, of: handle, in: index) { $0["wire"] = .string(Bytes32.zero.hex) }
    case 10:
      let key = try TestKey("mallory")
      insertVariant(at: index, of: handle, in: count, key: key)
    case 11: try replaceTail(of: handle, random.once(in: 2))
    default: try? spoilSignature(index, of: handle)
    }
  }

  private mutating func insertVariant(
    at index: Int, of handle: Handle, in place: Int, key: TestKey? = nil,
    _ change: (inout JSONObject) -> Void = { $0["subject"] = .string("second") }
  ) {
    guard let line = try? variant(of: index, of: handle, key: key, change) else { return }
    insert(line, at: place, of: handle)
  }

  /// Adds two lines, the first with a content that is refused.
  private mutating func replaceTail(of handle: Handle, _ isKind: Bool) throws {
    try note(by: handle) { object in
      if isKind { object["kind"] = .integer(1) } else { object["crit"] = .strings(["novel"]) }
    }
    try note(by: handle)
  }
}
