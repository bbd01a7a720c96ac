import Identity
package import WireFormat

/// What a piece of evidence proves to somebody who has nothing else.
package enum EvidenceFinding: Equatable, Sendable {
  /// One key signed two lines that cannot stand in one chain.
  case fork(signer: Bytes32, seq: Int)
  /// The key signed this line as this place of its chain on the wire.
  case signed(signer: Bytes32, seq: Int)
  /// The bytes are refused, for this reason, by whoever looks at them.
  case refused(LineFault)
  /// The bytes are a good line; why it was refused lay in the wire around it.
  case needsWire
  /// It does not show what it says.
  case nothing(String)

  /// Whether the evidence bears out its reason, as far as it can without the wire.
  package var holds: Bool { if case .nothing = self { false } else { true } }

  /// Judges the lines by themselves; a key counts as it is named in the line that it signs.
  package init(_ evidence: Evidence) {
    let lines = evidence.exhibits.map {
      SignedLine.read($0.bytes, wire: evidence.wire, handle: evidence.handle)
    }
    guard !lines.isEmpty else {
      self = .nothing("it holds no line")
      return
    }
    switch evidence.reason {
    case ChainVerdict.fork.rawValue: self = Self.fork(lines)
    case ChainVerdict.rollback.rawValue: self = Self.signed(lines[0])
    default: self = Self.refused(lines[0], for: evidence.reason)
    }
  }

  private static func fork(_ lines: [Result<SignedLine, LineFault>]) -> EvidenceFinding {
    guard let (first, second) = rivals(in: lines),
      case (.success(let one), .success(let other)) = (lines[first], lines[second])
    else {
      return .nothing("no two of its lines are signed by one key and exclude each other")
    }
    return .fork(signer: one.pk, seq: min(one.seq, other.seq))
  }

  private static func rivals(in lines: [Result<SignedLine, LineFault>]) -> (Int, Int)? {
    for (first, one) in lines.enumerated() {
      for second in lines.indices.dropFirst(first + 1) {
        if let one = try? one.get(), let other = try? lines[second].get(), one.excludes(other) {
          return (first, second)
        }
      }
    }
    return nil
  }

  /// The two of these lines that prove a fork, if any do.
  static func rivals(
    in exhibits: [Evidence.Exhibit], wire: Bytes32, handle: Handle
  ) -> [Evidence.Exhibit]? {
    rivals(in: exhibits.map { SignedLine.read($0.bytes, wire: wire, handle: handle) })
      .map { [exhibits[$0.0], exhibits[$0.1]] }
  }

  private static func signed(_ line: Result<SignedLine, LineFault>) -> EvidenceFinding {
    switch line {
    case .success(let line): .signed(signer: line.pk, seq: line.seq)
    case .failure(let fault): .nothing("its line is \(fault.rawValue)")
    }
  }

  private static func refused(
    _ line: Result<SignedLine, LineFault>, for reason: String
  ) -> EvidenceFinding {
    switch line {
    case .failure(let fault) where fault.rawValue == reason: .refused(fault)
    case .failure(let fault): .nothing("its line is \(fault.rawValue), not \(reason)")
    case .success(let line) where line.contentFault?.rawValue == reason:
      .refused(line.contentFault ?? .malformed)
    case .success:
      switch LineFault(rawValue: reason) {
      case nil: .nothing("no such reason")
      case .unknownKey, .gap, .notDerived: .needsWire
      default: .nothing("its line is good")
      }
    }
  }
}

/// A line of one handle whose id, wire and signature were checked by the key that it names.
struct SignedLine {
  let pk: Bytes32
  let seq: Int
  let prev: Bytes32
  let eventID: Bytes32
  let contentFault: LineFault?

  /// Whether both cannot stand in one chain: one seq and two ids, or a link to another line.
  func excludes(_ other: SignedLine) -> Bool {
    guard pk == other.pk else { return false }
    if seq == other.seq { return eventID != other.eventID }
    if other.seq == seq + 1 { return other.prev != eventID }
    return seq == other.seq + 1 && prev != other.eventID
  }
}

extension SignedLine {
  /// A line of another handle has an unknown key: two chains of one key exclude nothing.
  static func read(
    _ bytes: [UInt8], wire: Bytes32, handle: Handle
  ) -> Result<SignedLine, LineFault> {
    Result { () throws(LineFault) in
      let line = bytes.span
      let envelope = try Envelope.read(line)
      guard case .chain(let seq, let prev) = envelope.place else { throw .malformed }
      guard envelope.wire == wire else { throw .wrongWire }
      guard EventID.of(line, envelope.fields) == envelope.eventID else { throw .eventIDMismatch }
      guard (try? PublicKey(checking: envelope.pk)) != nil, envelope.isFrom(handle, line) else {
        throw .unknownKey
      }
      guard LineSignature.holds(line, envelope, from: handle) else { throw .badSignature }
      return SignedLine(
        pk: envelope.pk, seq: seq, prev: prev, eventID: envelope.eventID,
        contentFault: envelope.contentFault(line))
    }
  }
}
