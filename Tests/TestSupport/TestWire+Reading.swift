import Host
import Identity
package import Protocol
package import Wire
package import WireFormat

extension TestWire {
  /// The messages that a log's lines spell, whatever their place; lines that spell none are left
  /// out.
  package func messages(of handle: Handle) -> [Message] {
    (logs[handle] ?? []).compactMap { line in
      guard let envelope = try? Envelope.read(line.span) else { return nil }
      return try? Message(line.span, envelope)
    }
  }

  /// The ids of a log's lines.
  package func ids(of handle: Handle) -> [Bytes32] { messages(of: handle).map(\.eventID) }

  /// The state that all lines add up to, chain after chain.
  package var state: WireState {
    var state = WireState(genesis)
    for handle in handles {
      for message in messages(of: handle) { _ = state.fold(message) }
    }
    return state
  }

  /// The outcome of the last line of a chain, the others being folded.
  package func lastOutcome(of handle: Handle) -> Outcome? {
    var state = WireState(genesis)
    var outcome: Outcome?
    for message in messages(of: handle) { outcome = state.fold(message) }
    return outcome
  }

  package func write(to path: String) throws {
    try Scratch.write(genesisLine + [lineFeed], to: SharedDirectory.genesisName, in: path)
    for (handle, lines) in logs {
      guard let log = writers[handle]?.log else { continue }
      let bytes = lines.flatMap { $0 + [lineFeed] } + (tails[handle] ?? [])
      try Scratch.write(bytes, to: log, in: path)
    }
    guard !derived.isEmpty else { return }
    let bytes = derived.flatMap { $0 + [lineFeed] }
    try Scratch.write(bytes, to: SharedDirectory.decisionsName, in: path)
  }

  private var lineFeed: UInt8 { UInt8(ascii: "\n") }

  /// What a stranger finds who audits the files.
  package func audit(everySignature: Bool = false) throws -> Audit {
    try Scratch.run { path in
      try write(to: path)
      return try Audit.atPath(path, everySignature: everySignature)
    }
  }

  /// The chain of one writer as the files prove it.
  package func chain(of handle: Handle) throws -> Chain {
    let reading = try audit().reading
    guard let chain = reading.chains[handle] else { throw TestWireError.noWriter(handle) }
    return chain
  }
}

extension Audit {
  package static func atPath(
    _ path: String, everySignature: Bool = false, partByteCount: Int? = nil
  ) throws -> Audit {
    let shared = try SharedDirectory.open(path)
    var options = WireReading.Options()
    options.checksEverySignature = everySignature
    if let partByteCount { options.partByteCount = Int64(partByteCount) }
    return try Audit(shared, shared.checkedGenesis(), options)
  }

  /// Each bad line as `log:line reason`, in the order reported.
  package var badLines: [String] {
    bad.map { "\($0.file):\($0.line) \($0.reason.rawValue)" }
  }

  /// As `badLines`, of one log and without its name.
  package func faults(of handle: Handle) -> [String] {
    guard let log = reading.directory.entries[handle]?.log else { return [] }
    return bad.filter { $0.file == log }.map { "\($0.line) \($0.reason.rawValue)" }
  }
}
