package import Identity
package import WireFormat

/// The key that a member signs with from a seq on.
package struct KeySpan: Hashable, Sendable {
  package let fromSeq: Int
  package let pk: Bytes32

  package init(fromSeq: Int, pk: Bytes32) {
    self.fromSeq = fromSeq
    self.pk = pk
  }
}

/// The last line of a chain that links back to seq 1 without a break.
package struct Head: Hashable, Sendable {
  package var seq: Int
  package var eventID: Bytes32

  package static let none = Head(seq: 0, eventID: .zero)

  package init(seq: Int, eventID: Bytes32) {
    self.seq = seq
    self.eventID = eventID
  }
}

/// A part of a run that is a part of the chain.
package struct Segment: Sendable {
  package let run: Run
  package let seqs: ClosedRange<Int>
}

/// One writer's chain as its log proves it.
package struct Chain: Sendable {
  package let handle: Handle
  package internal(set) var head: Head
  package internal(set) var spans: [KeySpan]
  package internal(set) var segments: [Segment] = []
  /// Good lines after a gap, in the order of their seq: shown with that label, never folded.
  package internal(set) var beyond: [Run] = []
  /// The seq at which two histories differ; the chain folds up to the one before it.
  package internal(set) var forkSeq: Int?
  package internal(set) var faults: [FaultyLine] = []
  /// The key of the first valid seq 1, where nobody had named one.
  package internal(set) var adoptedKey: Bytes32?

  /// The key that seq 1 had to have.
  package internal(set) var openingKey: Bytes32?
  /// What this reader holds in private of a chain whose log no longer shows it; heads only rise.
  package internal(set) var remembered: Remembered?
  /// Set while going on from a known head: something was met that only a full read can judge.
  package internal(set) var needsFullRead = false

  /// The last seq that is folded.
  package var foldedThrough: Int { min(head.seq, (forkSeq ?? .max) - 1) }

  /// The key that the next line must have.
  package var key: Bytes32? { spans.last?.pk }

  package func key(at seq: Int) -> Bytes32? { spans.last { $0.fromSeq <= seq }?.pk }

  /// The kept lines that are folded, in chain order.
  package var facts: [KeptLine] {
    if let remembered { return remembered.facts.filter { $0.seq <= foldedThrough } }
    return segments.flatMap { segment in
      segment.run.kept.filter { segment.seqs.contains($0.seq) && $0.seq <= foldedThrough }
    }
  }
}

/// How a chain stands with a reader that may have known more of it.
package enum ChainVerdict: String, Sendable {
  case sound
  /// Lines are missing; what follows them is shown with this label.
  case gap
  /// Two histories were signed.
  case fork
  /// The log lost or changed lines that this reader had verified.
  case rollback
}

extension Chain {
  /// A reader's own memory of a chain: its last head, whose line is half of a later proof.
  package struct Remembered: Sendable {
    package let head: Head
    package let headLine: [UInt8]
    package let spans: [KeySpan]
    package let facts: [KeptLine]
    package let openingKey: Bytes32?

    package static let nothing = Remembered(
      head: .none, headLine: [], spans: [], facts: [], openingKey: nil)

    package init(
      head: Head, headLine: [UInt8], spans: [KeySpan], facts: [KeptLine], openingKey: Bytes32?
    ) {
      (self.head, self.headLine, self.spans) = (head, headLine, spans)
      (self.facts, self.openingKey) = (facts, openingKey)
    }
  }

  package var verdict: ChainVerdict {
    if forkSeq != nil { return .fork }
    if remembered != nil { return .rollback }
    return beyond.isEmpty ? .sound : .gap
  }

  /// Whether a line is in the chain; the scan must have kept it.
  func holds(_ head: Head) -> Bool {
    segments.contains { segment in
      segment.seqs.contains(head.seq)
        && segment.run.kept.contains { $0.envelope.eventID == head.eventID }
    }
  }

  /// The chain as a reader must take it that remembers a head of it.
  ///
  /// A log that still holds the remembered line is taken as it is. One that holds another line with
  /// that seq by the same key is a fork, any other a rollback; then what was remembered stands.
  ///
  /// What the members' decision on a recovery has cut off is remembered no more: it is the one way in
  /// which a head goes down.
  func reconciled(
    with known: Remembered, _ scan: LogScan, _ recoveries: [KeyDirectory.Recovery] = []
  ) -> Chain {
    guard known.head.seq > 0, !Mutant.on(.forgetHeads) else { return self }
    let isCutOff = recoveries.contains {
      $0.isFollowed(in: spans) && !$0.isFollowed(in: known.spans) && $0.seq < known.head.seq
    }
    if isCutOff { return self }
    let lines = scan.runs.flatMap(\.kept).filter { $0.seq == known.head.seq }
    if holds(known.head) { return self }
    let keys = Set(known.spans.map(\.pk))
    var kept = Chain(handle: handle, head: known.head, spans: known.spans)
    (kept.faults, kept.openingKey, kept.remembered) = (faults, known.openingKey, known)
    let hasRival = lines.contains {
      $0.envelope.eventID != known.head.eventID && keys.contains($0.envelope.pk)
    }
    if hasRival || forkSeq != nil { kept.forkSeq = min(forkSeq ?? .max, known.head.seq) }
    return kept
  }
}

extension KeyDirectory.Recovery {
  /// Whether a chain of these spans goes on behind the cut, with the key that was decided.
  package func isFollowed(in spans: [KeySpan]) -> Bool {
    spans.contains(KeySpan(fromSeq: seq + 1, pk: pk))
  }
}
