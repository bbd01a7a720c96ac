package import WireFormat

/// Consecutive lines of a log by one key, each linked to the one before it and the last one signed.
///
/// The signature of the last line proves content, author and order of all: every hash is inside the
/// next.
package struct Run: Sendable {
  package let pk: Bytes32
  package let firstSeq: Int
  package let firstPrev: Bytes32
  package private(set) var firstPlace: LinePlace
  package internal(set) var lastSeq: Int
  package internal(set) var lastID: Bytes32
  package internal(set) var lastPlace: LinePlace
  /// The lines that the reader asked to keep.
  package internal(set) var kept: [KeptLine] = []
  /// Lines that hold their place and whose content is refused.
  package internal(set) var contentFaults: [FaultyLine] = []

  init(_ place: LinePlace, _ envelope: Envelope, seq: Int, prev: Bytes32) {
    (pk, firstSeq, firstPrev, firstPlace) = (envelope.pk, seq, prev, place)
    (lastSeq, lastID, lastPlace) = (seq, envelope.eventID, place)
  }

  func continues(_ envelope: Envelope, seq: Int, prev: Bytes32) -> Bool {
    envelope.pk == pk && seq == lastSeq + 1 && (prev == lastID || Mutant.on(.acceptUnlinked))
  }

  func continues(_ next: Run) -> Bool {
    next.pk == pk && next.firstSeq == lastSeq + 1 && next.firstPrev == lastID
  }

  /// Takes the lines of a run that continues this one.
  mutating func append(_ next: Run) {
    (lastSeq, lastID, lastPlace) = (next.lastSeq, next.lastID, next.lastPlace)
    kept += next.kept
    contentFaults += next.contentFaults
  }

  /// Makes line numbers that count from 1 in a part of a file count in the whole.
  mutating func renumber(after lineCount: Int) {
    firstPlace = firstPlace.renumbered(after: lineCount)
    lastPlace = lastPlace.renumbered(after: lineCount)
    kept = kept.map {
      KeptLine(
        place: $0.place.renumbered(after: lineCount), bytes: $0.bytes, envelope: $0.envelope)
    }
    contentFaults = contentFaults.map { $0.renumbered(after: lineCount) }
  }

  mutating func append(_ place: LinePlace, _ envelope: Envelope) {
    lastSeq += 1
    (lastID, lastPlace) = (envelope.eventID, place)
  }

  /// Takes the last line back; false when it was the only one.
  mutating func dropLast(prev: Bytes32, place: LinePlace?) -> Bool {
    guard lastSeq > firstSeq, let place else { return false }
    if kept.last?.seq == lastSeq { kept.removeLast() }
    if contentFaults.last?.place == lastPlace { contentFaults.removeLast() }
    lastSeq -= 1
    (lastID, lastPlace) = (prev, place)
    return true
  }

  /// The place in the file of a line by its seq, as far as its number goes.
  func lineNumber(of seq: Int) -> Int { firstPlace.number + seq - firstSeq }
}
