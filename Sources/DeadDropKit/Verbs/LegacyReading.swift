import Host
import Identity
import Protocol
package import Wire
package import WireFormat

extension Session {
  /// The private list of older keys, in the shape of a v3.1 `trust.json`.
  static let legacyTrustName = "legacy-trust.json"

  /// The lines older than the wire, files interleaved by what they say of their time.
  ///
  /// They are the founder's word: nothing where the founder's key is not verified.
  package mutating func legacyLines() throws(KitError) -> [LegacyLine] {
    guard !genesis.legacy.isEmpty, isTrusted(genesis.founder, genesis.founderKey, seq: 1) else {
      return []
    }
    let trust = try legacyTrust()
    let history = try KitError.lifting { () throws(HostError) in
      try LegacyHistory(shared, genesis, trust: trust, keeps: true)
    }
    lostHistories = history.lost
    var rest = Dictionary(grouping: history.lines, by: \.file)
      .sorted { $0.key < $1.key }.map { $0.value[...] }
    var merged: [LegacyLine] = []
    while let next = rest.indices.min(by: { Self.time(rest[$0]) < Self.time(rest[$1]) }) {
      if let line = rest[next].popFirst() { merged.append(line) }
      if rest[next].isEmpty { rest.remove(at: next) }
    }
    return merged
  }

  private static func time(_ queue: ArraySlice<LegacyLine>) -> Text {
    queue.first?.text(.timestamp) ?? ""
  }

  private func legacyTrust() throws(KitError) -> LegacyTrust? {
    do {
      return try state.readObject(Self.legacyTrustName).flatMap { LegacyTrust($0) }
    } catch { throw .wire(error) }
  }

  /// Those that are no lines of `decisions.jsonl`.
  private mutating func legacyMessages() throws(KitError) -> [LegacyLine] {
    try legacyLines().filter { $0.file != SharedDirectory.decisionsName }
  }

  /// Those of them that a filter wants.
  package mutating func legacyHistory(_ filter: Filter) throws(KitError) -> [LegacyLine] {
    try legacyMessages().filter { line in
      if let from = filter.from, !line.isFrom(from) { return false }
      if let type = filter.type, line.type != Text(type.word) { return false }
      if let since = filter.since, line.text(.timestamp) ?? "" < Text(since.string) { return false }
      guard let text = filter.text else { return true }
      return line.bytes.holds(Array(text.utf8))
    }
  }

  /// What older tools have written down as decided, of which nothing is proven.
  package mutating func legacyDecisions() throws(KitError) -> [LegacyLine] {
    try legacyLines().filter { $0.file == SharedDirectory.decisionsName }
  }

  /// The older line whose id begins so; nil where there is none.
  package mutating func legacyLine(_ prefix: String) throws(KitError) -> LegacyLine? {
    let found = try legacyMessages().filter { $0.eventID?.hex.hasPrefix(prefix) ?? false }
    guard let first = found.first else { return nil }
    let count = found.count + (try lines { $0.eventID.hex.hasPrefix(prefix) }).count
    guard count == 1 else { throw .severalMessages(prefix, count: count) }
    return first
  }

  /// The older lines of one conversation.
  package mutating func legacyThread(_ correlationID: Text) throws(KitError) -> [LegacyLine] {
    try legacyMessages().filter { $0.text(.correlationID) == correlationID }
  }
}

extension LegacyLine {
  fileprivate func isFrom(_ handle: Handle) -> Bool {
    text(.from) == Text(handle.name) || text(.from) == Text(handle.did)
  }
}
