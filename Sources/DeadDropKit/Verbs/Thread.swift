import Protocol
package import Wire
import WireFormat

/// A message at its place in a conversation.
package struct ThreadEntry: Sendable {
  package let line: ShownLine
  /// 0 for what answers nothing that is here, else one more than what it answers.
  package let depth: Int
  /// Where it stands, if it is a proposal.
  package let standing: ProposalStanding?
}

extension Session {
  /// The same with the lines of it that are older than the wire, of which the message may be one.
  package mutating func wholeThread(
    _ prefix: String
  ) throws(KitError) -> (older: [LegacyLine], entries: [ThreadEntry]) {
    let older = try legacyLine(prefix)
    if let older, let root = older.text(.correlationID) {
      return (try legacyThread(root), try thread(of: root))
    }
    let root = try find(prefix).correlationID
    return (try legacyThread(root), try thread(of: root))
  }

  /// The conversation that a message is of: each message before its answers, these oldest first.
  package mutating func thread(_ prefix: String) throws(KitError) -> [ThreadEntry] {
    try thread(of: find(prefix).correlationID)
  }

  private mutating func thread(of root: Text) throws(KitError) -> [ThreadEntry] {
    var cursors = CursorSet()
    let lines = try history(Filter(), after: &cursors).filter { $0.message?.correlationID == root }
    var standings: [Bytes32: ProposalStanding] = [:]
    for standing in try proposals() { standings[standing.proposal.eventID] = standing }
    let ids = Set(lines.map(\.eventID))
    var roots: [ShownLine] = []
    var answers: [Bytes32: [ShownLine]] = [:]
    for line in lines {
      if let re = line.message?.re, ids.contains(re) {
        answers[re, default: []].append(line)
      } else {
        roots.append(line)
      }
    }
    // A stack and no recursion: how deep it goes is up to the peers.
    var stack = roots.reversed().map { (line: $0, depth: 0) }
    var entries: [ThreadEntry] = []
    while let (line, depth) = stack.popLast() {
      entries.append(ThreadEntry(line: line, depth: depth, standing: standings[line.eventID]))
      for answer in (answers[line.eventID] ?? []).reversed() { stack.append((answer, depth + 1)) }
    }
    return entries
  }
}
