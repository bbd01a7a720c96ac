package import WireFormat

/// Where a line stands in a log file.
package struct LinePlace: Hashable, Sendable {
  /// From 1.
  package let number: Int
  package let offset: Int64
  /// Its LF not counted.
  package let byteCount: Int

  /// Just past its LF.
  package var end: Int64 { offset + Int64(byteCount) + 1 }

  func renumbered(after lineCount: Int) -> LinePlace {
    LinePlace(number: number + lineCount, offset: offset, byteCount: byteCount)
  }
}

/// A line whose id and wire were checked, with what it says of itself.
package struct KeptLine: Sendable {
  package let place: LinePlace
  package let bytes: [UInt8]
  package let envelope: Envelope

  package var seq: Int { if case .chain(let seq, _) = envelope.place { seq } else { 0 } }
}

/// A line at fault, and why.
package struct FaultyLine: Hashable, Sendable {
  package let place: LinePlace
  package let fault: LineFault
  /// The key and place that it claims, where it got that far: a claim by a key that is not the
  /// writer's at that seq is `unknown_key` before it is anything else.
  let claim: Claim?

  struct Claim: Hashable {
    let pk: Bytes32
    let seq: Int
  }

  /// Whether it names this key and a seq beyond this one: a line of the writer that was damaged.
  package func claims(_ pk: Bytes32, beyond seq: Int) -> Bool {
    claim.map { $0.pk == pk && $0.seq > seq } ?? false
  }

  init(_ place: LinePlace, _ fault: LineFault, claim: Claim? = nil) {
    self.place = place
    self.fault = fault
    self.claim = claim
  }

  func renumbered(after lineCount: Int) -> FaultyLine {
    FaultyLine(place.renumbered(after: lineCount), fault, claim: claim)
  }
}
